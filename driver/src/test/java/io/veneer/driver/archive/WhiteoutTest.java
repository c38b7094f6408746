// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whiteouts in each of their forms. */
class WhiteoutTest {
  @TempDir Path scratch;
  private Path folder;

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Files.createDirectory(scratch.resolve("folder"));
  }

  private void unpack(ArchiveBuilder archive, WhiteoutForm form) {
    Unpacker.unpack(archive.stream(), folder, UnpackOptions.oneLayer(form, LowerLayers.NONE));
  }

  private void lower() {
    unpack(
        new ArchiveBuilder()
            .folder("d", 0711)
            .file("d/a", "old")
            .folder("d/sub", 0755)
            .file("d/sub/x", "old")
            .file("d/sub/y", "old")
            .file("top", "old"),
        WhiteoutForm.REMOVE);
  }

  private String paths() throws IOException {
    return String.join(" ", new TreeSet<>(TreeListing.of(folder).keySet())).strip();
  }

  @Test
  void removeTakesNamesAwayWithAllBelow() throws IOException {
    lower();
    unpack(
        new ArchiveBuilder().whiteout("d/.wh.sub").whiteout(".wh.top").whiteout(".wh.nothing"),
        WhiteoutForm.REMOVE);
    assertEquals("d d/a", paths());
  }

  @Test
  void removeKeepsWhatTheSameArchiveBringsInWhateverOrder() throws IOException {
    lower();
    unpack(
        new ArchiveBuilder()
            .file("d/sub/new", "new")
            .whiteout("d/.wh.sub")
            .whiteout(".wh.top")
            .file("top", "new"),
        WhiteoutForm.REMOVE);
    assertEquals("d d/a d/sub d/sub/new top", paths());
    assertEquals("new", Files.readString(folder.resolve("top")));
  }

  @Test
  void opaqueRemovesWhatLowerLayersHaveInTheFolder() throws IOException {
    lower();
    unpack(
        new ArchiveBuilder()
            .file("d/sub/x", "new")
            .whiteout("d/.wh..wh..opq")
            .file("d/later", "new"),
        WhiteoutForm.REMOVE);
    assertEquals("d d/later d/sub d/sub/x top", paths());
  }

  @Test
  void opaqueInTheTopFolder() throws IOException {
    lower();
    unpack(new ArchiveBuilder().whiteout(".wh..wh..opq").file("only", "x"), WhiteoutForm.REMOVE);
    assertEquals("only", paths());
  }

  @Test
  void whiteoutsInFoldersThatAreNotThereMakeNone() throws IOException {
    unpack(
        new ArchiveBuilder().whiteout("no/where/.wh.x").whiteout("no/.wh..wh..opq"),
        WhiteoutForm.REMOVE);
    assertEquals("", paths());
  }

  @Test
  void foldersKeepTheirTimesWhenNamesAreTakenAway() throws IOException {
    lower();
    unpack(new ArchiveBuilder().whiteout("d/.wh.a"), WhiteoutForm.REMOVE);
    assertTrue(TreeListing.of(folder).get("d").contains(ArchiveBuilder.TIME.decimal()));
  }

  @Test
  void whatAufsKeepsForItselfIsLeftOut() throws IOException {
    unpack(
        new ArchiveBuilder()
            .folder(".wh..wh.plnk", 0700)
            .file(".wh..wh.plnk/1.2", "x")
            .file(".wh..wh.aufs", "x")
            .file("f", "x"),
        WhiteoutForm.REMOVE);
    assertEquals("f", paths());
  }

  @Test
  void overlayMarksWithDevicesAndAttributes() throws IOException {
    unpack(
        new ArchiveBuilder()
            .folder("d", 0711)
            .whiteout("d/.wh.a")
            .whiteout("d/.wh..wh..opq")
            .whiteout("deep/.wh.x"),
        WhiteoutForm.OVERLAY_USER);
    var listing = TreeListing.of(folder);
    assertEquals("d d/a deep deep/x", paths());
    assertTrue(listing.get("d/a").startsWith("020"), listing::toString);
    assertTrue(listing.get("d/a").contains(DeviceNumber.NONE.toString()), listing::toString);
    assertTrue(listing.get("d").contains("user.overlay.opaque=79"), listing::toString);
  }

  @Test
  void overlayReplacesItsMarksByWhatComesLater() throws IOException {
    unpack(
        new ArchiveBuilder()
            .whiteout(".wh.file")
            .file("file", "new")
            .whiteout(".wh.folder")
            .folder("folder", 0755)
            .whiteout(".wh.implied")
            .file("implied/in", "x")
            .folder("before", 0755)
            .whiteout(".wh.before")
            .file("kept", "x")
            .whiteout(".wh.kept"),
        WhiteoutForm.OVERLAY_USER);
    var listing = TreeListing.of(folder);
    assertTrue(listing.get("file").startsWith("100"), listing::toString);
    assertTrue(listing.get("kept").startsWith("100"), listing::toString);
    for (String opaque : List.of("folder", "implied", "before")) {
      assertTrue(listing.get(opaque).startsWith("040"), listing::toString);
      assertTrue(listing.get(opaque).contains("overlay.opaque=79"), opaque + listing);
    }
  }

  @Test
  void aufsKeepsTheArchivesForm() throws IOException {
    unpack(
        new ArchiveBuilder()
            .whiteout("d/.wh.a")
            .whiteout("d/.wh..wh..opq")
            .whiteout(".wh.back")
            .file("back", "x"),
        WhiteoutForm.AUFS);
    assertEquals("back d d/.wh..wh..opq d/.wh.a", paths());
  }

  @Test
  void lowerLayersAreAskedForFoldersAndTargets() throws IOException {
    List<String> asked = new ArrayList<>();
    LowerLayers lower =
        path -> {
          asked.add(path);
          if (path.equals("lib")) {
            Files.createSymbolicLink(folder.resolve("lib"), Path.of("usr/lib"));
          } else if (path.equals("usr") || path.equals("usr/lib")) {
            Files.createDirectory(folder.resolve(path));
          } else if (path.equals("usr/target")) {
            Files.writeString(folder.resolve(path), "brought");
          } else {
            return false;
          }
          return true;
        };
    Unpacker.unpack(
        new ArchiveBuilder()
            .file("lib/new", "x").hardLink("second", "usr/target").file("other/new", "x").stream(),
        folder,
        UnpackOptions.oneLayer(WhiteoutForm.OVERLAY_USER, lower));
    assertEquals(List.of("lib", "usr", "usr/lib", "usr/target", "other"), asked);
    assertEquals("brought", Files.readString(folder.resolve("second")));
    assertTrue(Files.isSymbolicLink(folder.resolve("lib")));
    assertFalse(Files.isSymbolicLink(folder.resolve("usr/lib")));
  }
}
