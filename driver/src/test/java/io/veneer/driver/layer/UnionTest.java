// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.thinpool.Requirement;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnionTest {
  @TempDir Path folder;

  private Path top;
  private Path middle;
  private Path base;

  @BeforeEach
  void makeBranches() throws IOException {
    top = Files.createDirectory(folder.resolve("top"));
    middle = Files.createDirectory(folder.resolve("middle"));
    base = Files.createDirectory(folder.resolve("base"));
  }

  @Test
  void findsTheNewestOfSeveral() throws IOException {
    give(base, "a/file");
    give(middle, "a/file");
    give(base, "a/older");
    assertEquals(Optional.of(middle.resolve("a/file")), find(Whiteouts.AUFS, "a/file"));
    assertEquals(Optional.of(base.resolve("a/older")), find(Whiteouts.AUFS, "a/older"));
    assertEquals(Optional.empty(), find(Whiteouts.AUFS, "a/nothing"));
  }

  @Test
  void anAufsWhiteoutHidesAFileBelow() throws IOException {
    give(base, "a/file");
    give(middle, "a/.wh.file");
    assertEquals(Optional.empty(), find(Whiteouts.AUFS, "a/file"));
    give(top, "a/file");
    assertEquals(Optional.of(top.resolve("a/file")), find(Whiteouts.AUFS, "a/file"));
  }

  @Test
  void anAufsWhiteoutOfAFolderHidesAllInItBelow() throws IOException {
    give(base, "a/b/file");
    give(middle, ".wh.a");
    assertEquals(Optional.empty(), find(Whiteouts.AUFS, "a/b/file"));
  }

  @Test
  void anOpaqueAufsFolderHidesTheFoldersBelowIt() throws IOException {
    give(base, "a/file");
    give(base, "a/b/file");
    give(middle, "a/.wh..wh..opq");
    give(middle, "a/own");
    assertEquals(Optional.empty(), find(Whiteouts.AUFS, "a/file"));
    assertEquals(Optional.empty(), find(Whiteouts.AUFS, "a/b/file"));
    assertEquals(Optional.of(middle.resolve("a/own")), find(Whiteouts.AUFS, "a/own"));
  }

  @Test
  void anOverlayWhiteoutHidesAFileBelow() throws Exception {
    give(base, "a/file");
    Files.createDirectory(middle.resolve("a"));
    Process mknod =
        new ProcessBuilder("mknod", middle.resolve("a/file").toString(), "c", "0", "0").start();
    Requirement.skipUnless(
        mknod.waitFor() == 0, "this kernel lets nobody but root make a whiteout");
    assertEquals(Optional.empty(), find(Whiteouts.OVERLAY, "a/file"));
  }

  @Test
  void anOpaqueOverlayFolderHidesTheFoldersBelowIt() throws IOException {
    give(base, "a/file");
    give(middle, "a/own");
    UserDefinedFileAttributeView view =
        Files.getFileAttributeView(middle.resolve("a"), UserDefinedFileAttributeView.class);
    Requirement.skipUnlessOffered(view != null, "this file system keeps no user attributes");
    view.write("overlay.opaque", ByteBuffer.wrap("y".getBytes(StandardCharsets.US_ASCII)));
    assertEquals(Optional.empty(), find(Whiteouts.OVERLAY_USER, "a/file"));
    assertEquals(Optional.of(middle.resolve("a/own")), find(Whiteouts.OVERLAY_USER, "a/own"));
  }

  @Test
  void aFileInTheWayHidesTheFolderBelow() throws IOException {
    give(base, "a/file");
    give(middle, "a");
    assertEquals(Optional.empty(), find(Whiteouts.AUFS, "a/file"));
  }

  @Test
  void linksOnTheWayAreNotFollowed() throws IOException {
    Path outside = Files.createDirectory(folder.resolve("outside"));
    give(outside, "secret");
    Files.createSymbolicLink(top.resolve("a"), outside);
    assertEquals(Optional.empty(), find(Whiteouts.OVERLAY, "a/secret"));
  }

  @Test
  void whatWasFoundIsRememberedUntilItIsReplaced() throws IOException {
    give(base, "file");
    Union union = union(Whiteouts.OVERLAY);
    LayerPath path = LayerPath.parse("file", Whiteouts.OVERLAY);
    assertEquals(Optional.of(Place.of(base.resolve("file"))), union.find(path));
    Files.delete(base.resolve("file"));
    assertEquals(Optional.of(Place.of(base.resolve("file"))), union.find(path));
    union.change(() -> give(top, "file"), path);
    assertEquals(Optional.of(Place.of(top.resolve("file"))), union.find(path));
  }

  @Test
  void pathsThatLeadOutOrBelongToTheLayoutAreRefused() {
    for (String path : List.of("", "/etc", "a//b", "a/", "./a", "a/../../b", "a\0b")) {
      assertRefused(path, Whiteouts.OVERLAY);
    }
    assertRefused("a/.wh.b", Whiteouts.AUFS);
    assertEquals(2, LayerPath.parse("a/.wh.b", Whiteouts.OVERLAY).depth());
  }

  private static void assertRefused(String path, Whiteouts whiteouts) {
    DriverException e =
        assertThrows(DriverException.class, () -> LayerPath.parse(path, whiteouts), path);
    assertEquals(Kind.INVALID_ARGUMENT, e.kind());
  }

  private Optional<Path> find(Whiteouts whiteouts, String path) throws IOException {
    return union(whiteouts).find(LayerPath.parse(path, whiteouts)).map(Place::newest);
  }

  private Union union(Whiteouts whiteouts) {
    return new Union(new Branches(List.of(top, middle, base), top, whiteouts));
  }

  private static void give(Path branch, String path) throws IOException {
    Path file = branch.resolve(path);
    Files.createDirectories(file.getParent());
    Files.createFile(file);
  }
}
