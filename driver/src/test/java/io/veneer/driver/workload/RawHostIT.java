// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.DriverException;
import io.veneer.thinpool.Requirement;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Disk images as layers, on loop devices. Needs root. */
class RawHostIT {
  private static final HostOpening.Sizes SIZES = new HostOpening.Sizes(64L << 20);

  @TempDir private Path folder;

  @BeforeEach
  void needsRoot() {
    boolean root = "root".equals(System.getProperty("user.name"));
    Requirement.skipUnless(root, "mounting needs root");
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    Remains.requireNone(folder);
  }

  @Test
  void showsALayerInTheWayInWhichThinDoes() throws IOException {
    assertEquals(factsOf(HostOpening.THIN), factsOf(HostOpening.RAW));
  }

  /** How it is mounted, how its block device is addressed, and how large the file system is. */
  private List<String> factsOf(HostOpening opening) throws IOException {
    try (LayerHost host = open(opening)) {
      host.prepare("one", "");
      Path shown = host.mount("one");
      String[] mount = mountLine(shown).split(" ");
      Path device = Path.of("/sys/block", Path.of(mount[0]).getFileName().toString());
      List<String> facts =
          List.of(
              mount[2] + " " + mount[3],
              "direct " + Files.readString(device.resolve("loop/dio")).strip(),
              "sector " + Files.readString(device.resolve("queue/logical_block_size")).strip(),
              "size " + Files.readString(device.resolve("size")).strip(),
              "room " + Files.getFileStore(shown).getTotalSpace(),
              "files " + Arrays.toString(shown.toFile().list()));
      host.unmount("one");
      return facts;
    }
  }

  private static String mountLine(Path shown) throws IOException {
    return Files.readAllLines(Path.of("/proc/self/mounts")).stream()
        .filter(line -> line.contains(" " + shown + " "))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void givesEachContainerACopyOfItsOwn() throws IOException {
    try (LayerHost host = open(HostOpening.RAW)) {
      makeLayer(host, "layer");
      host.prepare("one", "layer");
      host.prepare("two", "layer");
      Files.writeString(host.mount("one").resolve("file"), "changed");
      assertEquals("as it was", Files.readString(host.mount("two").resolve("file")));
      host.unmount("one");
      assertEquals("changed", Files.readString(host.mount("one").resolve("file")));
    }
  }

  @Test
  void keepsNoRoomForZeroes() throws IOException {
    try (LayerHost host = open(HostOpening.RAW)) {
      host.prepare("one", "");
      assertTrue(host.layerBytes("one") < 1 << 20, () -> "journal and tables hold room");
    }
  }

  @Test
  void countsWhatIsWrittenAndGivesItBack() throws IOException {
    try (LayerHost host = open(HostOpening.RAW)) {
      makeLayer(host, "layer");
      long before = host.storedBytes();
      host.prepare("one", "layer");
      long copied = host.storedBytes() - before;
      Files.write(host.mount("one").resolve("more"), new byte[1 << 20]);
      assertEquals(1.0, (host.storedBytes() - before - copied) / (double) (1 << 20), 0.2);
      host.unmount("one");
      host.remove("one");
      assertEquals(before, host.storedBytes());
    }
  }

  @Test
  void endsWithContainersMounted() throws Exception {
    LayerHost host = open(HostOpening.RAW);
    host.prepare("one", "");
    host.prepare("two", "");
    host.mount("one");
    host.mount("two");
    host.close();
    Remains.requireNone(folder);
    host.unmount("one"); // as a workload does that was interrupted
    assertThrows(DriverException.class, () -> host.mount("two"));
  }

  @Test
  void leavesNothingOfAnImageThatCannotBeMounted() throws Exception {
    try (LayerHost host = open(HostOpening.RAW)) {
      host.prepare("one", "");
      overwriteSuperblock(folder.resolve("raw/images/one.img"));
      assertThrows(IOException.class, () -> host.mount("one"));
      Remains.requireNone(folder);
      host.remove("one");
    }
  }

  private static void overwriteSuperblock(Path image) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.write(new byte[8192]);
    }
  }

  private static void makeLayer(LayerHost host, String layer) throws IOException {
    host.prepare("making", "");
    Files.writeString(host.mount("making").resolve("file"), "as it was");
    host.unmount("making");
    host.commit(layer, "making");
  }

  private LayerHost open(HostOpening opening) throws IOException {
    return opening.open(Files.createDirectory(folder.resolve(opening.hostName())), SIZES);
  }
}
