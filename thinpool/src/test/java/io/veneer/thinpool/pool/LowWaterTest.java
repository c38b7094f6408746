// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import static io.veneer.thinpool.pool.PoolFixture.BLOCK;
import static io.veneer.thinpool.pool.PoolFixture.MIB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.OutOfMetadataSpaceException;
import io.veneer.thinpool.PoolListener;
import io.veneer.thinpool.PoolMode;
import io.veneer.thinpool.PoolStatus;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who listens hears once that data or metadata runs low, and again when it does so again. */
class LowWaterTest {
  private static final int LOW = 50;
  private static final int BLOCKS = 512;

  private final List<String> heard = new ArrayList<>();
  private final PoolFixture f =
      new PoolFixture(
          PoolFixture.options(BLOCKS).withLowWater((long) LOW * BLOCK).withMetadata(2 * MIB));

  @AfterEach
  void close() {
    f.close();
  }

  private PoolListener noting() {
    return new PoolListener() {
      @Override
      public void lowWater(PoolStatus status) {
        heard.add(
            (status.isLowOnData() ? "data" : "") + (status.isLowOnMetadata() ? " nodes" : ""));
      }

      @Override
      public void modeChanged(PoolMode before, PoolStatus status) {
        heard.add("mode " + status.mode());
      }
    };
  }

  private void fillData(int blocks) {
    f.create("disk", BLOCKS);
    f.fill("disk", 0, blocks, 1);
    f.pool.tend();
  }

  private void fillMetadata() {
    for (int i = 0; !f.pool.status().isLowOnMetadata(); i++) {
      f.create("small" + i, 256);
    }
    f.pool.tend();
  }

  @Test
  void isHeardOnceWhenLessThanTheMarkIsFree() {
    f.pool.addListener(noting());
    fillData(BLOCKS - LOW);
    assertEquals(List.of(), heard);
    f.fill("disk", BLOCKS - LOW, 1, 1);
    f.pool.tend();
    f.pool.tend();
    f.fill("disk", BLOCKS - LOW + 1, 5, 1);
    f.pool.tend();
    assertEquals(List.of("data"), heard);
  }

  @Test
  void isHeardAgainAfterThereWasRoom() {
    f.pool.addListener(noting());
    fillData(BLOCKS - LOW + 1);
    f.discard("disk", 0, 10);
    f.pool.tend();
    f.fill("disk", 0, 10, 2);
    f.pool.tend();
    assertEquals(List.of("data", "data"), heard);
  }

  @Test
  void metadataIsHeardOfWhileDataIsLow() {
    f.pool.addListener(noting());
    fillData(BLOCKS - LOW + 1);
    fillMetadata();
    f.pool.tend();
    assertEquals(List.of("data", "data nodes"), heard);
  }

  @Test
  void dataIsHeardOfWhileMetadataIsLow() {
    f.pool.addListener(noting());
    fillMetadata();
    fillData(BLOCKS - LOW + 1);
    assertEquals(List.of(" nodes", "data nodes"), heard);
  }

  @Test
  void whoComesLaterHearsOfAPoolThatIsLowAlready() {
    fillData(BLOCKS - LOW + 1);
    f.pool.addListener(noting());
    f.pool.tend();
    f.pool.addListener(noting());
    f.pool.tend();
    f.pool.tend();
    assertEquals(List.of("data", "data"), heard);
  }

  @Test
  void theEndIsNoChangeOfMode() {
    f.pool.addListener(noting());
    f.create("disk", BLOCKS);
    f.pool.close();
    f.pool.tend();
    assertEquals(List.of(), heard);
  }

  @Test
  void blocksKeptForADeviceAreNotFree() {
    f.pool.addListener(noting());
    f.create("kept", BLOCKS - LOW + 1);
    f.pool.transact(
        list -> {
          list.setGuarantee("kept", true);
          return null;
        });
    f.pool.tend();
    assertEquals(List.of("data"), heard);
    f.fill("kept", 0, 100, 1);
    f.pool.tend();
    assertEquals(List.of("data"), heard);
  }

  @Test
  void metadataIsLowBeforeAnythingIsRefused() {
    assertFalse(f.pool.status().isLowOnMetadata());
    assertThrows(
        OutOfMetadataSpaceException.class,
        () -> {
          for (int i = 0; true; i++) {
            f.create("small" + i, 256);
          }
        });
    assertTrue(f.pool.status().isLowOnMetadata());
  }

  @Test
  void whoFailsKeepsNothingFromTheOthers() {
    f.pool.addListener(
        new PoolListener() {
          @Override
          public void lowWater(PoolStatus status) {
            throw new IllegalStateException("a listener that must not throw");
          }
        });
    f.pool.addListener(noting());
    fillData(BLOCKS - LOW + 1);
    f.pool.tend();
    assertEquals(List.of("data"), heard);
  }
}
