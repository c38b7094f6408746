// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.host.HostMounts;
import io.veneer.driver.host.HostNodes;
import io.veneer.driver.nbd.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** What suites need that look at snapshots through the folders of {@link StorageDriver#get}. */
abstract class MountedCases {
  protected static final Map<String, String> NONE = Map.of();

  /** What a test does in the folder of a snapshot. */
  protected interface Work {
    void in(Path root) throws Exception;
  }

  /** The driver's folder; each test has its own. */
  @TempDir protected Path folder;

  private StorageDriver driver;

  /** Opens the driver on a folder, empty or of an earlier opening. */
  protected abstract StorageDriver open(Path folder) throws Exception;

  /** Whether this machine can run the driver; says why not by an assumption. */
  protected void checkMachine() {
    Program.skipUnless(HostNodes.isRoot(), "mounting needs root");
  }

  @BeforeEach
  void openDriver() throws Exception {
    checkMachine();
    driver = open(folder);
  }

  @AfterEach
  void closeDriver() throws IOException {
    if (driver != null) {
      driver.close();
    }
    for (Path left : HostMounts.mountedUnder(folder)) {
      HostMounts.unmount(left);
    }
  }

  protected final StorageDriver driver() {
    return driver;
  }

  protected final void openAgain() throws Exception {
    driver.close();
    driver = open(folder);
  }

  /** Does work in the folder of a snapshot. */
  protected final void in(String key, Work work) throws Exception {
    Path root = driver.get(key);
    try {
      work.in(root);
    } finally {
      driver.put(key);
    }
  }

  /** Prepares, works, commits. */
  protected final void givenLayer(String name, String parent, Work work) throws Exception {
    String key = "key of " + name;
    driver.prepare(key, parent, NONE);
    in(key, work);
    driver.commit(name, key, NONE);
  }

  protected static void assertFails(Kind kind, Executable call) {
    DriverException e = assertThrows(DriverException.class, call);
    assertEquals(kind, e.kind(), e.getMessage());
    assertFalse(e.getMessage().contains("\n"), "one line: " + e.getMessage());
  }

  protected static void write(Path root, String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  protected static void assertText(String expected, Path root, String path) throws IOException {
    assertEquals(expected, Files.readString(root.resolve(path)), path);
  }

  protected static void assertMissing(Path root, String path) {
    assertFalse(Files.exists(root.resolve(path), LinkOption.NOFOLLOW_LINKS), path);
  }

  protected static int permissions(Path file) throws IOException {
    return (int) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 07777;
  }

  protected static List<Object> owner(Path file) throws IOException {
    return List.of(
        Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS),
        Files.getAttribute(file, "unix:gid", LinkOption.NOFOLLOW_LINKS));
  }
}
