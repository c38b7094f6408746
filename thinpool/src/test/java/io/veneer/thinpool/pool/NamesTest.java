// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import static io.veneer.thinpool.pool.PoolFixture.MIB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.DeviceExistsException;
import io.veneer.thinpool.NoSuchDeviceException;
import io.veneer.thinpool.PoolException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What devices can be called, and what can be kept with them. */
class NamesTest {
  private static final String GRINNING = "\uD83D\uDE00";

  private final PoolFixture f = PoolFixture.ofBlocks(1024);

  @AfterEach
  void close() {
    f.close();
  }

  private void setAttributes(String name, Map<String, String> attributes) {
    f.pool.transact(
        list -> {
          list.setAttributes(name, attributes);
          return null;
        });
  }

  @Test
  void namesAndAttributesOfAnyScriptComeBack() {
    List<String> names =
        List.of("a", "with space", "sch\u00f6n", "\u65e5\u672c", GRINNING, "sha256:ab/c..", "-");
    for (String name : names) {
      f.create(name, 256);
      setAttributes(name, Map.of(name, name + name, "empty", ""));
    }
    f.reopen();
    assertEquals(names.stream().sorted().toList(), f.names());
    for (String name : names) {
      Map<String, String> expected = Map.of(name, name + name, "empty", "");
      assertEquals(expected, f.pool.device(name).attributes());
    }
  }

  @Test
  void nameMayHave255BytesAndNoMore() {
    f.create("x".repeat(255), 256);
    f.create("\u00f6".repeat(127) + "x", 256);
    f.reopen();
    assertEquals(2, f.names().size());
    assertThrows(PoolException.class, () -> f.create("x".repeat(256), 256));
    assertThrows(PoolException.class, () -> f.create("\u00f6".repeat(128), 256));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\nb", "a\u0000", "\u007f", "\u0085", "\uD800", "a\uDC00b"})
  void namesThatNoToolCouldPrintAreRefused(String name) {
    PoolException refused = assertThrows(PoolException.class, () -> f.create(name, 256));
    assertEquals(PoolException.Severity.REQUEST, refused.severity());
    f.create("disk", 256);
    assertThrows(PoolException.class, () -> f.pool.renameDevice("disk", name));
    assertThrows(PoolException.class, () -> f.pool.createSnapshot(name, "disk"));
    assertEquals(List.of("disk"), f.names());
  }

  @Test
  void namesAreUnique() {
    f.create("disk", 256);
    f.create("other", 256);
    DeviceExistsException refused =
        assertThrows(DeviceExistsException.class, () -> f.create("disk", 256));
    assertTrue(refused.getMessage().contains("name=disk"), refused.getMessage());
    assertThrows(DeviceExistsException.class, () -> f.pool.createSnapshot("disk", "other"));
    assertThrows(DeviceExistsException.class, () -> f.pool.renameDevice("other", "disk"));
  }

  @Test
  void unknownNamesSayWhichAndWhere() {
    NoSuchDeviceException refused =
        assertThrows(NoSuchDeviceException.class, () -> f.pool.openDevice("nobody"));
    assertTrue(refused.getMessage().contains("name=nobody pool=memory"), refused.getMessage());
    assertThrows(NoSuchDeviceException.class, () -> f.pool.removeDevice("nobody"));
    assertThrows(NoSuchDeviceException.class, () -> f.pool.renameDevice("nobody", "a"));
    assertThrows(NoSuchDeviceException.class, () -> f.pool.createSnapshot("a", "nobody"));
    assertThrows(NoSuchDeviceException.class, () -> f.pool.usage("nobody"));
    assertThrows(NoSuchDeviceException.class, () -> f.pool.resizeDevice("nobody", MIB));
  }

  @Test
  void renamedDeviceGoesByItsNewNameAlsoWhileOpen() {
    f.create("disk", 256);
    try (var device = f.device("disk")) {
      f.pool.renameDevice("disk", "new");
      assertEquals("new", device.name());
    }
    f.pool.renameDevice("new", "new");
    f.reopen();
    assertEquals(List.of("new"), f.names());
  }

  @Test
  void attributesOf64KibComeBackAndChange() {
    f.create("disk", 256);
    Map<String, String> large = new HashMap<>();
    for (int i = 0; i < 60; i++) {
      large.put("key" + i, "v".repeat(1000) + i);
    }
    setAttributes("disk", large);
    f.reopen();
    assertEquals(large, f.pool.device("disk").attributes());
    setAttributes("disk", Map.of("only", "one"));
    f.reopen();
    assertEquals(Map.of("only", "one"), f.pool.device("disk").attributes());
  }

  @Test
  void attributesMayHaveExactly64Kib() {
    f.create("disk", 256);
    int overhead = 8 + 3;
    Map<String, String> most = Map.of("key", "\u00f6".repeat((65_536 - overhead) / 2));
    setAttributes("disk", most);
    f.reopen();
    assertEquals(most, f.pool.device("disk").attributes());
    Map<String, String> tooMany = Map.of("key", "x".repeat(65_536 - overhead + 1));
    assertThrows(PoolException.class, () -> setAttributes("disk", tooMany));
    assertThrows(PoolException.class, () -> setAttributes("disk", Map.of("key", "\uD800")));
    assertThrows(PoolException.class, () -> setAttributes("disk", Map.of("\uD800", "")));
    assertEquals(most, f.pool.device("disk").attributes());
  }

  @Test
  void snapshotHasAttributesOfItsOwn() {
    f.create("disk", 256);
    setAttributes("disk", Map.of("a", "1"));
    f.pool.createSnapshot("snap", "disk");
    assertEquals(Map.of(), f.pool.device("snap").attributes());
    setAttributes("snap", Map.of("b", "2"));
    f.pool.removeDevice("disk");
    f.pool.awaitRemovals();
    f.reopen();
    assertEquals(Map.of("b", "2"), f.pool.device("snap").attributes());
  }

  @Test
  void aThousandDevicesKeepTheirNames() {
    f.pool.transact(
        list -> {
          for (int i = 0; i < 1000; i++) {
            list.createDevice("device-with-a-long-name-" + i, MIB);
          }
          return null;
        });
    f.reopen();
    assertEquals(1000, f.names().size());
    assertEquals(1000, f.pool.status().deviceCount());
    f.names().forEach(f.pool::removeDevice);
    f.pool.awaitRemovals();
    assertEquals(0, f.pool.status().usedMetadataBytes());
  }
}
