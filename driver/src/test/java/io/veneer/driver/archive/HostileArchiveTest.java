// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Archives made to reach what is outside of the folder. Beside it stands a folder that must look
 * the same after every test, down to its times.
 */
class HostileArchiveTest {
  @TempDir Path scratch;
  private Path folder;
  private Path outside;
  private Map<String, String> before;

  @BeforeEach
  void makeFolders() throws IOException {
    outside = Files.createDirectories(scratch.resolve("outside"));
    Files.createDirectory(outside.resolve("sub"));
    Files.writeString(outside.resolve("secret"), "secret");
    Files.writeString(outside.resolve("sub/.wh.x"), "odd");
    folder = Files.createDirectory(scratch.resolve("folder"));
    before = TreeListing.of(outside);
  }

  @AfterEach
  void nothingOutsideHasChanged() throws IOException {
    assertEquals(before, TreeListing.of(outside));
    try (var names = Files.list(scratch)) {
      assertEquals(2, names.count(), "something was made beside the folder");
    }
  }

  private void unpack(ArchiveBuilder archive) {
    Unpacker.unpack(archive.stream(), folder, UnpackOptions.wholeTree());
  }

  private DriverException refused(ArchiveBuilder archive) {
    DriverException failure = assertThrows(DriverException.class, () -> unpack(archive));
    assertEquals(Kind.INVALID_ARGUMENT, failure.kind(), failure.getMessage());
    return failure;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../outside/new",
        "a/../../outside/new",
        "./../outside/new",
        "..",
        "a/..",
        "/../outside/new",
        "a/b/../../../outside/new"
      })
  void pathsThatLeadUp(String path) {
    refused(new ArchiveBuilder().folder("a", 0755).folder("a/b", 0755).file(path, "x"));
    refused(new ArchiveBuilder().folder("a", 0755).folder(path, 0700));
    refused(new ArchiveBuilder().folder("a", 0755).link(path, "x"));
    refused(new ArchiveBuilder().folder("a", 0755).hardLink(path, "x"));
    refused(new ArchiveBuilder().folder("a", 0755).fifo(path));
  }

  @Test
  void absolutePathsBeginAtTheFolder() throws IOException {
    unpack(
        new ArchiveBuilder()
            .file("/" + outside + "/secret", "mine")
            .file("//etc//passwd", "mine")
            .hardLink("/second", "/etc/passwd"));
    assertEquals("mine", Files.readString(folder.resolve("etc/passwd")));
    assertEquals("mine", Files.readString(folder.resolve("second")));
    assertEquals(
        "mine", Files.readString(folder.resolve(outside.toString().substring(1) + "/secret")));
  }

  @Test
  void linksThatLeadUpStayInTheFolder() throws IOException {
    unpack(
        new ArchiveBuilder()
            .link("up", "../../../../../../..")
            .file("up/made", "here")
            .link("sibling", "../outside")
            .folder("outside", 0755)
            .file("sibling/secret", "mine")
            .whiteout("sibling/.wh.sub"));
    assertEquals("here", Files.readString(folder.resolve("made")));
    assertEquals("mine", Files.readString(folder.resolve("outside/secret")));
  }

  @Test
  void linksToAbsolutePathsBeginAtTheFolder() throws IOException {
    unpack(
        new ArchiveBuilder()
            .link("out", outside.toString())
            .file("out/secret", "mine")
            .whiteout("out/.wh..wh..opq"));
    assertEquals(
        "mine", Files.readString(folder.resolve(outside.toString().substring(1) + "/secret")));
  }

  @Test
  void linksThroughLinks() throws IOException {
    unpack(
        new ArchiveBuilder()
            .folder("a", 0755)
            .folder("a/b", 0755)
            .link("a/b/one", "../../two/..")
            .link("two", "/three/../four")
            .link("three", "a/b/../../..")
            .folder("four", 0755)
            .folder("four/five", 0755)
            .file("a/b/one/outside/secret", "mine"));
    // two is four's place, and what is above that is the folder itself.
    assertEquals("mine", Files.readString(folder.resolve("outside/secret")));
  }

  @Test
  void linksInCircles() {
    DriverException failure =
        refused(new ArchiveBuilder().link("a", "b").link("b", "a").file("a/x", "x"));
    assertTrue(failure.getMessage().contains("too many links"), failure.getMessage());
    refused(new ArchiveBuilder().link("self", "self/self/self").file("self/x", "x"));
  }

  @Test
  void linksThatGrow() {
    // Each doubles the path; the walk must end soon.
    ArchiveBuilder archive = new ArchiveBuilder().link("l0", "x/..");
    for (int i = 1; i < 30; i++) {
      archive.link("l" + i, "l" + (i - 1) + "/l" + (i - 1));
    }
    refused(archive.file("l29/x", "x"));
  }

  @Test
  void aFolderThatBecomesALinkMidway() throws IOException {
    unpack(
        new ArchiveBuilder()
            .folder("d", 0755)
            .file("d/first", "x")
            .link("d", outside.toString())
            .file("d/secret", "mine")
            .folder("d", 0777));
    assertTrue(Files.isDirectory(folder.resolve("d")));
    assertFalse(Files.isSymbolicLink(folder.resolve("d")));
  }

  @Test
  void foldersAreNotFollowedWhereALinkStands() throws IOException {
    // A folder entry over a link takes its place; mode and owner must not reach the link's target.
    unpack(new ArchiveBuilder().link("d", outside.toString()));
    unpack(
        new ArchiveBuilder()
            .owner(12345)
            .folder("d", 0777)
            .attribute("user.x", new byte[1])
            .folder("d/sub", 0700));
    assertFalse(Files.isSymbolicLink(folder.resolve("d")));
  }

  @Test
  void filesAreNotWrittenThroughLinks() throws IOException {
    for (UnpackOptions options :
        new UnpackOptions[] {
          UnpackOptions.wholeTree(), UnpackOptions.wholeTree().writingInPlace()
        }) {
      Unpacker.unpack(
          new ArchiveBuilder()
              .link("f", outside.resolve("secret").toString()).file("f", "mine").stream(),
          folder,
          options);
      assertFalse(Files.isSymbolicLink(folder.resolve("f")));
    }
  }

  @Test
  void attributesOwnersAndTimesOfLinksStayWithTheLinks() throws IOException {
    unpack(
        new ArchiveBuilder()
            .owner(4711)
            .link("l", outside.resolve("secret").toString())
            .link("dir", outside.toString()));
    assertEquals(
        4711, Files.getAttribute(folder.resolve("l"), "unix:uid", LinkOption.NOFOLLOW_LINKS));
  }

  @Test
  void hardLinksToOutside() throws IOException {
    refused(new ArchiveBuilder().hardLink("h", "../outside/secret"));
    refused(new ArchiveBuilder().hardLink("h", outside.resolve("secret").toString()));
    refused(
        new ArchiveBuilder()
            .link("way", outside.toString())
            .hardLink("h", "way/secret")
            .file("h", "mine"));
    refused(new ArchiveBuilder().hardLink("h", "."));
    refused(new ArchiveBuilder().hardLink("h", ""));
    refused(new ArchiveBuilder().folder("d", 0755).hardLink("h", "d"));
  }

  @Test
  void aHardLinkToALinkIsNotTheLinksTarget() throws IOException {
    unpack(
        new ArchiveBuilder()
            .link("l", outside.resolve("secret").toString())
            .hardLink("h", "l")
            .file("h", "mine"));
    assertEquals("mine", Files.readString(folder.resolve("h")));
  }

  @ParameterizedTest
  @EnumSource(WhiteoutForm.class)
  void whiteoutsOfNoFile(WhiteoutForm form) {
    for (String path :
        new String[] {
          ".wh...", ".wh..", ".wh.", "d/.wh...", "../outside/.wh.secret", ".wh.a/b", ".wh.a/../b"
        }) {
      ArchiveBuilder archive = new ArchiveBuilder().folder("d", 0755).whiteout(path);
      DriverException failure =
          assertThrows(
              DriverException.class,
              () ->
                  Unpacker.unpack(
                      archive.stream(), folder, UnpackOptions.oneLayer(form, LowerLayers.NONE)),
              path);
      assertEquals(Kind.INVALID_ARGUMENT, failure.kind(), path);
    }
  }

  @ParameterizedTest
  @EnumSource(WhiteoutForm.class)
  void whiteoutsThroughLinks(WhiteoutForm form) throws IOException {
    Unpacker.unpack(
        new ArchiveBuilder()
                .link("way", outside.toString())
                .whiteout("way/.wh.secret")
                .whiteout("way/.wh..wh..opq")
                .whiteout(".wh.way")
                .stream(),
        folder,
        UnpackOptions.oneLayer(form, LowerLayers.NONE));
  }

  @Test
  void removalDoesNotFollowLinks() throws IOException {
    unpack(
        new ArchiveBuilder()
            .folder("d", 0755)
            .link("d/out", outside.toString())
            .folder("d/deep", 0755)
            .link("d/deep/out", "../../../outside"));
    unpack(new ArchiveBuilder().whiteout(".wh.d"));
    assertFalse(Files.exists(folder.resolve("d")));
    unpack(new ArchiveBuilder().folder("e", 0755).link("e/out", outside.toString()).file("e", "x"));
    assertEquals("x", Files.readString(folder.resolve("e")));
  }

  @Test
  void namesThatAreTooLong() {
    refused(new ArchiveBuilder().file("n/".repeat(3000) + "n", "x"));
    ArchiveBuilder deep = new ArchiveBuilder();
    String half = "d/".repeat(1000);
    deep.folder(half + "x", 0755).link("way", half + "x");
    deep.folder("way/" + half + "x", 0755);
    deep.file("way/" + half + half.substring(0, 1900) + "x", "x");
    refused(deep);
    // Nobody else here can remove a tree that deep.
    unpack(new ArchiveBuilder().whiteout(".wh.d"));
    assertFalse(Files.exists(folder.resolve("d")));
    DriverException failure =
        assertThrows(
            DriverException.class, () -> unpack(new ArchiveBuilder().file("n".repeat(256), "x")));
    assertTrue(failure.getMessage().contains("too long"), failure.getMessage());
  }

  @Test
  void filesInTheWay() {
    DriverException failure = refused(new ArchiveBuilder().file("f", "x").file("f/in", "x"));
    assertTrue(failure.getMessage().contains("no folder"), failure.getMessage());
    refused(new ArchiveBuilder().file("", "x"));
    refused(new ArchiveBuilder().file(".", "x"));
  }

  @Test
  void aFolderThatSomebodyElseSwapsForALink() throws Exception {
    // The race that every program loses that checks a path and then uses it.
    AtomicBoolean end = new AtomicBoolean();
    Path swapped = folder.resolve("d");
    Path parked = folder.resolve("parked");
    Files.createDirectory(swapped);
    Thread swapper = new Thread(() -> swap(swapped, parked, end));
    swapper.start();
    try {
      for (int i = 0; i < 100; i++) {
        try {
          unpack(
              new ArchiveBuilder()
                  .owner(4711)
                  .folder("d", 0777)
                  .file("d/secret", "mine")
                  .folder("d/sub", 0777)
                  .whiteout("d/sub/.wh..wh..opq")
                  .whiteout("d/.wh.secret")
                  .hardLink("h", "d/secret"));
        } catch (DriverException e) {
          // Whoever loses here says so; only what is outside counts.
          assertFalse(e.getMessage().isEmpty());
        }
      }
    } finally {
      end.set(true);
      swapper.join();
    }
  }

  private void swap(Path swapped, Path parked, AtomicBoolean end) {
    while (!end.get()) {
      try {
        Files.move(swapped, parked);
        Files.createSymbolicLink(swapped, outside);
        Files.delete(swapped);
        Files.move(parked, swapped);
      } catch (IOException e) {
        Thread.onSpinWait();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void damagedArchivesReachNothingOutsideAndFailCleanly(long seed) throws IOException {
    byte[] good =
        new ArchiveBuilder()
            .folder("d", 0755)
            .link("d/way", "../../outside")
            .attribute("user.a", "value".getBytes(StandardCharsets.UTF_8))
            .file("d/way/file", "content")
            .file("n".repeat(120) + "/m", 0644, new byte[3000])
            .hardLink("hard", "d/way/file")
            .whiteout("d/.wh.way")
            .bytes();
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      byte[] damaged = good.clone();
      for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
        int place = random.nextInt(damaged.length);
        damaged[place] = (byte) (random.nextBoolean() ? random.nextInt(256) : damaged[place] ^ 1);
      }
      boolean repaired = random.nextInt(4) > 0;
      byte[] tar = repaired ? Checksums.repaired(damaged) : damaged;
      int length = random.nextInt(3) == 0 ? random.nextInt(tar.length) : tar.length;
      try {
        Unpacker.unpack(
            new ByteArrayInputStream(Arrays.copyOf(tar, length)),
            folder,
            UnpackOptions.wholeTree());
      } catch (DriverException e) {
        assertFalse(e.getMessage().isEmpty(), "seed=" + seed);
      }
    }
  }
}
