// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.thin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.host.HostProgram;
import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.DeviceInfo;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.Requirement;
import io.veneer.thinpool.file.CrashHistory;
import io.veneer.thinpool.file.CrashState;
import io.veneer.thinpool.file.RecordingPoolFiles;
import io.veneer.thinpool.pool.ThinPool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A power cut while the base volume is made leaves the whole of it or none, and whoever asks next
 * gets a whole one, with nothing besides.
 */
class BaseVolumeCrashTest {
  private static final VolumeOptions OPTIONS = VolumeOptions.ext4(4 << 20);
  private static final int POINTS = 8;

  @TempDir Path scratch;
  private final RecordingPoolFiles files = RecordingPoolFiles.create();

  @BeforeEach
  void require() {
    Requirement.skipUnless(HostProgram.find("mkfs.ext4").isPresent(), "no program mkfs.ext4");
  }

  @Test
  void leavesTheWholeOrNone() throws IOException {
    ThinPool.create(files, PoolOptions.ofSize(64L << 20).withLowWater(0));
    CrashHistory history;
    byte[] whole;
    try (ThinPool pool = ThinPool.open(files)) {
      files.forgetHistory();
      base(pool).prepare();
      history = files.history();
      whole = content(pool).orElseThrow();
    }
    int complete = 0;
    int step = Math.max(1, history.length() / POINTS);
    for (int point = 0; point <= history.length(); point++) {
      boolean near = point > history.length() - POINTS || point % step == 0;
      for (CrashState state : near ? history.statesAt(point, point, 1) : List.<CrashState>of()) {
        complete += check(state, whole, point == history.length()) ? 1 : 0;
      }
    }
    assertTrue(complete > 0);
    try (Stream<Path> left = Files.list(scratch)) {
      assertEquals(List.of(), left.toList());
    }
  }

  /** Another file system than the first: its identifier and its times differ. */
  private boolean check(CrashState state, byte[] whole, boolean returned) throws IOException {
    try (ThinPool pool = ThinPool.open(state.open())) {
      Optional<byte[]> found = content(pool);
      found.ifPresent(content -> assertArrayEquals(whole, content, state.toString()));
      assertTrue(found.isPresent() || !returned, state.toString());
      Files.write(base(pool).image(), new byte[8 << 20]); // as a killed process left it
      base(pool).prepare();
      Files.deleteIfExists(base(pool).image());
      assertEquals(1, pool.devices().size(), () -> state + " " + pool.devices());
      if (found.isEmpty()) {
        requireSound(content(pool).orElseThrow());
      }
      return found.isPresent();
    }
  }

  private void requireSound(byte[] content) throws IOException {
    assertEquals(OPTIONS.sizeBytes(), content.length);
    Path copy = Files.write(scratch.resolve("copy"), content);
    assertEquals(Optional.empty(), HostProgram.require("e2fsck").run("-f", "-n", copy.toString()));
    Files.delete(copy);
  }

  private BaseVolume base(ThinPool pool) {
    return new BaseVolume(pool, OPTIONS, scratch);
  }

  private static Optional<byte[]> content(ThinPool pool) {
    for (DeviceInfo device : pool.devices()) {
      if (!device.name().endsWith("unfinished")) {
        assertTrue(device.sealed(), device.toString());
        ByteBuffer bytes = ByteBuffer.allocate((int) device.sizeBytes());
        try (BlockDevice open = pool.openDeviceReadOnly(device.name())) {
          open.read(0, bytes);
        }
        return Optional.of(bytes.array());
      }
    }
    return Optional.empty();
  }
}
