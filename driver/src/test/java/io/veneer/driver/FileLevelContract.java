// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.DriverException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What every driver with {@link Capability#FILES} must do beyond the common contract. */
public abstract class FileLevelContract extends StorageDriverContract {
  private static final Map<String, String> NONE = Map.of();

  /** Where a layer's own files are in the folder of the driver. */
  protected abstract Path ownFiles(Path folder, String id, SnapshotKind kind);

  @Test
  protected void theFirstWriteCopiesTheWholeFileUp() {
    byte[] image = givenImage("base", 1);
    driver().prepare("a", "base", NONE);
    overwrite("a", image, 0, piece(1));
    assertEquals(CONTENT_BYTES, driver().copiedBytes());
  }

  @Test
  void copiesKeepModeTimeAndTheFoldersOnTheWay() throws IOException {
    givenFile("base", "etc/conf.d/main.conf", "old text");
    Path original = ownFiles(folder, "1", SnapshotKind.COMMITTED).resolve("etc/conf.d/main.conf");
    FileTime time = FileTime.fromMillis(1_600_000_000_000L);
    Files.setPosixFilePermissions(original, PosixFilePermissions.fromString("rwxr-x--x"));
    Files.setPosixFilePermissions(
        original.getParent(), PosixFilePermissions.fromString("rwx-----x"));
    Files.setLastModifiedTime(original, time);
    driver().prepare("a", "base", NONE);
    try (LayerFile file = driver().openFile("a", "etc/conf.d/main.conf", OpenMode.WRITE)) {
      file.write(0, ByteBuffer.allocate(0));
      Path copy = ownFiles(folder, "2", SnapshotKind.ACTIVE).resolve("etc/conf.d/main.conf");
      assertEquals("rwxr-x--x", permissions(copy));
      assertEquals("rwx-----x", permissions(copy.getParent()));
      assertEquals(time, Files.getLastModifiedTime(copy));
      assertEquals("old text", Files.readString(copy));
    }
  }

  @Test
  void filesGrowWhereTheyAreWrittenBehindTheirEnd() {
    givenFile("base", "log", "one");
    driver().prepare("a", "base", NONE);
    try (LayerFile file = driver().openFile("a", "log", OpenMode.WRITE)) {
      assertEquals(3, file.sizeBytes());
      file.write(5, ByteBuffer.wrap(new byte[] {7}));
      assertEquals(6, file.sizeBytes());
    }
    assertEquals("one", read("base", "log"));
  }

  @Test
  void newFilesAreSeenInTheirLayerOnly() {
    givenFile("base", "a/one", "1");
    driver().prepare("x", "base", NONE);
    driver().prepare("y", "base", NONE);
    write("x", "a/two", "2");
    write("x", "b/c/three", "3");
    assertEquals("1", read("x", "a/one"));
    assertEquals("2", read("x", "a/two"));
    assertFails(Kind.NOT_FOUND, () -> read("y", "a/two"));
    driver().commit("next", "x", NONE);
    assertEquals("1", read("next", "a/one"));
    assertEquals("2", read("next", "a/two"));
    assertEquals("3", read("next", "b/c/three"));
    assertFails(Kind.NOT_FOUND, () -> read("base", "b/c/three"));
  }

  @Test
  void whatIsNoRegularFileCannotBeOpened() throws IOException {
    givenFile("base", "etc/passwd", "x");
    Path tree = ownFiles(folder, "1", SnapshotKind.COMMITTED);
    Files.createSymbolicLink(tree.resolve("link"), Path.of("etc/passwd"));
    assertFails(Kind.INVALID_ARGUMENT, () -> read("base", "etc"));
    assertFails(Kind.INVALID_ARGUMENT, () -> read("base", "link"));
    assertFails(Kind.INVALID_ARGUMENT, () -> read("base", "../../etc/passwd"));
    driver().prepare("a", "base", NONE);
    assertFails(Kind.INVALID_ARGUMENT, () -> write("a", "etc/passwd/more", "x"));
  }

  @Test
  void aSecondOpenerIsKeptOut() {
    assertFails(Kind.UNAVAILABLE, () -> open(folder));
  }

  @Test
  void aDamagedRecordIsNamed() throws IOException {
    givenFile("base", "a", "1");
    driver().close();
    Path record = folder.resolve("snapshots").resolve("1.json");
    String good = Files.readString(record);
    for (String bad : List.of("", "{", "{}", good.replace("COMMITTED", "FINISHED"))) {
      Files.writeString(record, bad);
      DriverException e = assertThrows(DriverException.class, () -> open(folder));
      assertEquals(Kind.DATA_LOSS, e.kind());
      assertTrue(e.getMessage().contains(record.toString()), e.getMessage());
    }
    Files.writeString(record, good);
    openDriver();
    assertEquals("1", read("base", "a"));
  }

  @Test
  void aChildWithoutItsParentsRecordIsRefused() throws IOException {
    givenFile("base", "a", "1");
    driver().prepare("x", "base", NONE);
    driver().close();
    Path record = folder.resolve("snapshots").resolve("1.json");
    String good = Files.readString(record);
    Files.delete(record);
    assertFails(Kind.DATA_LOSS, () -> open(folder));
    assertTrue(Files.exists(ownFiles(folder, "1", SnapshotKind.COMMITTED)), "content is kept");
    Files.writeString(record, good);
    openDriver();
    assertEquals("1", read("x", "a"));
  }

  @Test
  void aLayerThatWasNotRecordedYetIsRemovedOnOpening() throws IOException {
    givenFile("base", "a", "1");
    driver().prepare("x", "base", NONE);
    Path own = ownFiles(folder, "2", SnapshotKind.ACTIVE);
    driver().close();
    Files.delete(folder.resolve("snapshots").resolve("2.json"));
    Files.writeString(folder.resolve("snapshots").resolve("2.json.new"), "half");
    openDriver();
    assertFails(Kind.NOT_FOUND, () -> driver().stat("x"));
    assertFalse(Files.exists(own), "left behind");
    driver().prepare("x", "base", NONE);
    assertEquals("1", read("x", "a"));
  }

  @Test
  void removedLayersLeaveNoFolders() throws IOException {
    givenImage("base", 1);
    List<String> before = names();
    driver().prepare("a", "base", NONE);
    overwrite("a", new byte[CONTENT_BYTES], 0, piece(1));
    driver().remove("a");
    assertEquals(before, names());
  }

  /** A committed snapshot with one small file. */
  protected final void givenFile(String name, String path, String text) {
    driver().prepare("unpack " + name, "", NONE);
    write("unpack " + name, path, text);
    driver().commit(name, "unpack " + name, NONE);
  }

  protected final void write(String key, String path, String text) {
    try (LayerFile file = driver().openFile(key, path, OpenMode.CREATE)) {
      file.write(0, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
      file.force();
    }
  }

  protected final String read(String key, String path) {
    try (LayerFile file = driver().openFile(key, path, OpenMode.READ)) {
      ByteBuffer buffer = ByteBuffer.allocate((int) file.sizeBytes());
      assertArrayEquals(new int[] {buffer.capacity()}, new int[] {file.read(0, buffer)});
      return new String(buffer.array(), StandardCharsets.UTF_8);
    }
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.map(path -> folder.relativize(path).toString()).sorted().toList();
    }
  }
}
