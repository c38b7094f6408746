// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.host.HostFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an archive says, the folder has. */
class UnpackerTest {
  @TempDir Path scratch;
  private Path folder;

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Files.createDirectory(scratch.resolve("folder"));
  }

  private Unpacked unpack(ArchiveBuilder archive) {
    return unpack(archive, UnpackOptions.wholeTree());
  }

  private Unpacked unpack(ArchiveBuilder archive, UnpackOptions options) {
    return Unpacker.unpack(archive.stream(), folder, options);
  }

  private String text(String path) throws IOException {
    return Files.readString(folder.resolve(path));
  }

  private Object attribute(String path, String name) throws IOException {
    return Files.getAttribute(folder.resolve(path), name, LinkOption.NOFOLLOW_LINKS);
  }

  @Test
  void makesFilesFoldersAndLinks() throws IOException {
    Unpacked unpacked =
        unpack(
            new ArchiveBuilder()
                .folder("etc", 0750)
                .file("etc/hosts", 0600, "here".getBytes(StandardCharsets.UTF_8))
                .link("etc/link", "../nowhere")
                .hardLink("etc/second", "etc/hosts")
                .fifo("etc/pipe"));
    assertEquals("here", text("etc/hosts"));
    assertEquals(040750, attribute("etc", "unix:mode"));
    assertEquals(0100600, attribute("etc/hosts", "unix:mode"));
    assertEquals(0010640, attribute("etc/pipe", "unix:mode"));
    assertEquals("../nowhere", Files.readSymbolicLink(folder.resolve("etc/link")).toString());
    assertEquals(attribute("etc/hosts", "unix:ino"), attribute("etc/second", "unix:ino"));
    assertEquals(new Unpacked(5, 4, 0), unpacked);
  }

  @Test
  void keepsTimesInNanosecondsOfFoldersToo() throws IOException {
    unpack(new ArchiveBuilder().folder("a", 0755).link("a/l", "x").file("a/b", "text"));
    for (String path : new String[] {"a", "a/l", "a/b"}) {
      assertEquals(
          "2023-11-14T22:13:20.123456789Z", attribute(path, "lastModifiedTime").toString(), path);
    }
  }

  @Test
  void foldersThatTheArchiveDoesNotNameKeepTheirTimes() throws IOException {
    unpack(new ArchiveBuilder().folder("a", 0755).folder("a/b", 0500));
    unpack(new ArchiveBuilder().file("a/b/c", "new"));
    assertEquals("2023-11-14T22:13:20.123456789Z", attribute("a/b", "lastModifiedTime").toString());
    assertEquals(040500, attribute("a/b", "unix:mode"));
  }

  @Test
  void missingFoldersAreMadeAlikeEveryTime() throws IOException {
    unpack(new ArchiveBuilder().file("x/y/z", "deep"));
    assertEquals("1970-01-01T00:00:00Z", attribute("x/y", "lastModifiedTime").toString());
    assertEquals(040755, attribute("x", "unix:mode"));
  }

  @Test
  void keepsSetuidAndSticky() throws IOException {
    unpack(
        new ArchiveBuilder()
            .folder("tmp", 01777)
            .file("su", 04755, "program".getBytes(StandardCharsets.UTF_8)));
    assertEquals(041777, attribute("tmp", "unix:mode"));
    assertEquals(0104755, attribute("su", "unix:mode"));
  }

  @Test
  void keepsNamesThatAreNoText() throws IOException {
    String name = "\u00ff\u00feno text!!";
    byte[] tar = new ArchiveBuilder().file("dir/placeholder", "x").bytes();
    String patched =
        new String(tar, StandardCharsets.ISO_8859_1).replace("dir/placeholder", "dir/" + name);
    byte[] bytes = Checksums.repaired(patched.getBytes(StandardCharsets.ISO_8859_1));
    Unpacker.unpack(new ByteArrayInputStream(bytes), folder, UnpackOptions.wholeTree());
    assertTrue(TreeListing.of(folder).containsKey("dir/" + name), TreeListing.of(folder)::toString);
  }

  @Test
  void keepsLongNames() throws IOException {
    String component = "n".repeat(250);
    String path = component + "/" + component + "/" + component;
    unpack(new ArchiveBuilder().file(path, "long").link("l", path));
    assertEquals("long", text(path));
    assertEquals("long", text("l"));
  }

  @Test
  void keepsBinaryAttributes() throws IOException {
    byte[] value = {0, (byte) 0x80, (byte) 0xff, '\n', '='};
    unpack(
        new ArchiveBuilder()
            .attribute("user.binary", value)
            .attribute("user.a=b%", new byte[] {1})
            .file("f", "x"));
    try (OpenFolder open = OpenFolder.open(folder)) {
      ExtendedAttributes attributes = open.attributes("f");
      assertArrayEquals(value, attributes.get("user.binary").orElseThrow());
      assertArrayEquals(new byte[] {1}, attributes.get("user.a=b%").orElseThrow());
    }
  }

  @Test
  void attributesThatTheArchiveDoesNotNameGo() throws IOException {
    unpack(new ArchiveBuilder().attribute("user.old", new byte[] {1}).folder("d", 0755));
    unpack(new ArchiveBuilder().attribute("user.new", new byte[] {2}).folder("d", 0755));
    assertEquals(" user.new=02", TreeListing.of(folder).get("d").replaceFirst("^.*(?= user)", ""));
  }

  @Test
  void leavesOutWhatOverlayfsNotes() throws IOException {
    unpack(
        new ArchiveBuilder()
            .attribute("user.overlay.redirect", new byte[] {'/'})
            .folder("d", 0755));
    assertFalse(TreeListing.of(folder).get("d").contains("overlay"));
  }

  @Test
  void laterEntriesWin() throws IOException {
    unpack(
        new ArchiveBuilder()
            .file("a", "first")
            .file("a", "second")
            .folder("d", 0755)
            .file("d/in", "gone")
            .file("d", "now a file")
            .file("f", "now a folder")
            .folder("f", 0755)
            .file("f/in", "here"));
    assertEquals("second", text("a"));
    assertEquals("now a file", text("d"));
    assertEquals("here", text("f/in"));
  }

  @Test
  void aFolderThatIsThereKeepsWhatIsInIt() throws IOException {
    unpack(new ArchiveBuilder().folder("d", 0755).file("d/in", "kept"));
    unpack(new ArchiveBuilder().folder("d", 0700));
    assertEquals("kept", text("d/in"));
    assertEquals(040700, attribute("d", "unix:mode"));
  }

  @Test
  void aNewFileDoesNotChangeTheOtherNamesOfTheOld() throws IOException {
    unpack(new ArchiveBuilder().file("a", "old").hardLink("b", "a"));
    for (UnpackOptions options :
        new UnpackOptions[] {
          UnpackOptions.wholeTree(), UnpackOptions.wholeTree().writingInPlace()
        }) {
      unpack(new ArchiveBuilder().file("a", "new"), options);
      assertEquals("new", text("a"));
      assertEquals("old", text("b"));
    }
  }

  @Test
  void hardLinksReachFilesOfLowerLayers() throws IOException {
    unpack(new ArchiveBuilder().folder("lower", 0755).file("lower/f", "text").link("way", "lower"));
    unpack(new ArchiveBuilder().hardLink("name", "way/f").hardLink("to-link", "way"));
    assertEquals(attribute("lower/f", "unix:ino"), attribute("name", "unix:ino"));
    assertEquals(attribute("way", "unix:ino"), attribute("to-link", "unix:ino"));
  }

  @Test
  void aHardLinkToItselfIsNothing() throws IOException {
    unpack(new ArchiveBuilder().file("f", "text").hardLink("f", "./f"));
    assertEquals("text", text("f"));
  }

  @Test
  void writesThroughLinksOfLowerLayers() throws IOException {
    unpack(new ArchiveBuilder().folder("usr", 0755).folder("usr/lib", 0755).link("lib", "usr/lib"));
    unpack(new ArchiveBuilder().file("lib/new", "here"));
    assertEquals("here", text("usr/lib/new"));
    assertTrue(Files.isSymbolicLink(folder.resolve("lib")));
  }

  @Test
  void setsWhatIsKnownOfTheFolderItself() throws IOException {
    unpack(new ArchiveBuilder().folder(".", 0711).file("./f", "x"));
    assertEquals(040711, attribute("", "unix:mode"));
    assertEquals("2023-11-14T22:13:20.123456789Z", attribute("", "lastModifiedTime").toString());
  }

  @Test
  void readsBehindTheEndOfTheArchive() {
    byte[] tar = new ArchiveBuilder().file("f", "x").bytes();
    ByteArrayInputStream stream = new ByteArrayInputStream(Arrays.copyOf(tar, tar.length + 10_240));
    Unpacker.unpack(stream, folder, UnpackOptions.wholeTree());
    assertEquals(0, stream.available());
  }

  @Test
  void nothingAtAllIsAnEmptyArchive() {
    Unpacked unpacked =
        Unpacker.unpack(new ByteArrayInputStream(new byte[0]), folder, UnpackOptions.wholeTree());
    assertEquals(new Unpacked(0, 0, 0), unpacked);
  }

  @Test
  void inPlaceGivesTheSameContent() throws IOException {
    Random random = new Random(7);
    byte[] old = new byte[300_000];
    random.nextBytes(old);
    for (int size : new int[] {0, 1, 4096, 100_001, 300_000, 299_999, 600_123}) {
      Files.write(folder.resolve("f"), old);
      Object inode = attribute("f", "unix:ino");
      byte[] fresh = Arrays.copyOf(old, size);
      for (int i = 0; i < size; i += 37_000) {
        fresh[i] ^= 1;
      }
      unpack(
          new ArchiveBuilder().file("f", 0644, fresh), UnpackOptions.wholeTree().writingInPlace());
      assertArrayEquals(fresh, Files.readAllBytes(folder.resolve("f")), "size=" + size);
      assertEquals(inode, attribute("f", "unix:ino"));
    }
  }

  @Test
  void inPlaceLeavesAloneWhatIsTheSame() throws IOException {
    // Holes show it: zeroes that were written would no longer be holes.
    Path file = folder.resolve("f");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(8 << 20);
    }
    byte[] fresh = new byte[8 << 20];
    fresh[5_000_000] = 1;
    unpack(new ArchiveBuilder().file("f", 0644, fresh), UnpackOptions.wholeTree().writingInPlace());
    assertArrayEquals(fresh, Files.readAllBytes(file));
    assertTrue(HostFiles.sizeOf(file).allocatedBytes() <= 16 << 10);
  }

  @Test
  void repeatingAnArchiveChangesNothing() throws IOException {
    ArchiveBuilder archive =
        new ArchiveBuilder()
            .folder("d", 0711)
            .attribute("user.a", new byte[] {1})
            .file("d/f", 04755, new byte[10_000])
            .link("d/l", "f");
    byte[] tar = archive.bytes();
    UnpackOptions inPlace = UnpackOptions.wholeTree().writingInPlace();
    Unpacker.unpack(new ByteArrayInputStream(tar), folder, inPlace);
    Map<String, String> once = TreeListing.of(folder);
    Object changed = attribute("d/f", "unix:ctime");
    Unpacker.unpack(new ByteArrayInputStream(tar), folder, inPlace);
    assertEquals(once, TreeListing.of(folder));
    assertEquals(changed, attribute("d/f", "unix:ctime"), "the inode was written again");
  }
}
