// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver;

import static io.veneer.driver.ChangeKind.ADDED;
import static io.veneer.driver.ChangeKind.DELETED;
import static io.veneer.driver.ChangeKind.MODIFIED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.host.HostFiles;
import io.veneer.driver.host.HostNodes;
import io.veneer.driver.layer.HostTree;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

/**
 * The cases that Docker runs against every graph driver (its {@code graphtest}): changes, archives
 * of changes and their application, deep layers; and whiteouts and opaque folders beyond them.
 */
abstract class ArchiveCases extends ContainerdCases {
  private static final Instant LATE = Instant.ofEpochSecond(4_000_000_000L);
  private static final int FILES = 120;
  private static final int DEEP = 30;

  @Test
  void createEmpty() throws Exception {
    driver().prepare("empty", "", NONE);
    in(
        "empty",
        root -> {
          assertEquals(0755, permissions(root));
          assertEquals(List.of(), HostTree.of(root).list(""));
        });
    assertEquals(List.of(), driver().changes("empty", ""));
    assertEquals(0, driver().diffSize("empty", ""));
  }

  @Test
  void createBaseAndSnap() throws Exception {
    givenLayer("base", "", ArchiveCases::fillBase);
    driver().prepare("snap", "base", NONE);
    for (String key : List.of("base", "snap")) {
      in(
          key,
          root -> {
            assertEquals(04222, permissions(root.resolve("a file")));
            assertEquals(List.of(1, 2), owner(root.resolve("a file")));
            assertEquals(01705, permissions(root.resolve("a subdir")));
            assertEquals(List.of(3, 4), owner(root.resolve("a subdir")));
          });
    }
    assertEquals(List.of(), driver().changes("snap", "base"));
  }

  @Test
  void deepLayerRead() throws Exception {
    String parent = "";
    for (int i = 0; i < DEEP; i++) {
      int number = i;
      givenLayer(
          "l" + i,
          parent,
          root -> {
            write(root, "layer-id", "l" + number);
            write(root, "dir/layer-" + number, "l" + number);
          });
      parent = "l" + i;
    }
    driver().prepare("top", parent, NONE);
    in(
        "top",
        root -> {
          assertText("l" + (DEEP - 1), root, "layer-id");
          for (int i = 0; i < DEEP; i++) {
            assertText("l" + i, root, "dir/layer-" + i);
          }
        });
    assertEquals(DEEP + 2, driver().changes(parent, "").size());
  }

  @Test
  void changesOfManyFiles() throws Exception {
    givenLayer("base", "", root -> addManyFiles(root, FILES));
    driver().prepare("upper", "base", NONE);
    List<Change> expected = new ArrayList<>();
    in("upper", root -> changeManyFiles(root, FILES, expected));
    expected.sort(null);
    assertEquals(expected, driver().changes("upper", "base"));
    driver().commit("committed", "upper", NONE);
    assertEquals(expected, driver().changes("committed", "base"));
    assertEquals(List.of(), driver().changes("committed", "committed"));
  }

  @Test
  void aDiffThatIsAppliedGivesTheSameTree() throws Exception {
    givenLayer("base", "", root -> addManyFiles(root, FILES));
    givenLayer("upper", "base", root -> changeManyFiles(root, FILES, new ArrayList<>()));
    byte[] tar = diff("upper", "base");
    driver().prepare("again", "base", NONE);
    long contentBytes = driver().applyDiff("again", new ByteArrayInputStream(tar));
    assertEquals(driver().diffSize("upper", "base"), contentBytes);
    driver().commit("applied", "again", NONE);
    assertSameTree("upper", "applied");
    assertEquals(driver().changes("upper", "base"), driver().changes("applied", "base"));
    assertEquals(driver().diffSize("upper", "base"), driver().diffSize("applied", "base"), "size");
  }

  @Test
  void everythingAboutAFileGoesThroughAnArchive() throws Exception {
    givenLayer("one", "", ArchiveCases::fillWithAllKinds);
    driver().prepare("two", "", NONE);
    driver().applyDiff("two", new ByteArrayInputStream(diff("one", "")));
    assertSameTree("one", "two");
    in(
        "two",
        root ->
            assertTrue(Files.isSameFile(root.resolve("dir/file"), root.resolve("second name"))));
    assertEquals(6 + (1 << 20), driver().diffSize("two", ""), "a file with two names counts once");
  }

  @Test
  void aCopyOfAllKindsIsLikeTheOriginal() throws Exception {
    givenLayer("one", "", ArchiveCases::fillWithAllKinds);
    givenLayer("two", "one", root -> write(root, "another", "x"));
    in("two", root -> Files.readString(root.resolve("another")));
    assertEquals(List.of(new Change("another", ADDED)), driver().changes("two", "one"));
  }

  @Test
  void changesOfEachKindAreTold() throws Exception {
    givenLayer(
        "base",
        "",
        root -> {
          for (String name : List.of("content", "mode", "owner", "time", "attribute", "gone")) {
            write(root, "d/" + name, "12345");
          }
          write(root, "untouched/deep/file", "x");
          write(root, "tree/of/files", "x");
          write(root, "was a file", "x");
          write(root, "was a folder/file", "x");
          HostNodes.makeLink(root.resolve("link"), "old".getBytes(StandardCharsets.UTF_8));
        });
    driver().prepare("x", "base", NONE);
    in("x", ArchiveCases::changeOneOfEachKind);
    List<Change> expected =
        List.of(
            new Change("d", MODIFIED),
            new Change("d/attribute", MODIFIED),
            new Change("d/content", MODIFIED),
            new Change("d/gone", DELETED),
            new Change("d/mode", MODIFIED),
            new Change("d/new", ADDED),
            new Change("d/owner", MODIFIED),
            new Change("d/time", MODIFIED),
            new Change("link", MODIFIED),
            new Change("new", ADDED),
            new Change("new/folder", ADDED),
            new Change("new/folder/file", ADDED),
            new Change("tree", DELETED),
            new Change("was a file", MODIFIED),
            new Change("was a file/file", ADDED),
            new Change("was a folder", MODIFIED));
    assertEquals(expected, driver().changes("x", "base"));
    driver().prepare("again", "base", NONE);
    driver().applyDiff("again", new ByteArrayInputStream(diff("x", "base")));
    assertSameTree("x", "again");
  }

  @Test
  void aFolderThatWasReplacedHidesTheOldOne() throws Exception {
    givenLayer(
        "base",
        "",
        root -> {
          write(root, "dir/old", "1");
          write(root, "dir/sub/older", "2");
          write(root, "dir/kept", "3");
        });
    givenLayer(
        "upper",
        "base",
        root -> {
          HostFiles.deleteTree(root.resolve("dir"));
          write(root, "dir/new", "4");
          write(root, "dir/kept", "5");
        });
    in(
        "upper",
        root -> {
          assertMissing(root, "dir/old");
          assertMissing(root, "dir/sub");
          assertText("5", root, "dir/kept");
        });
    assertEquals(
        List.of(
            new Change("dir", MODIFIED),
            new Change("dir/kept", MODIFIED),
            new Change("dir/new", ADDED),
            new Change("dir/old", DELETED),
            new Change("dir/sub", DELETED)),
        driver().changes("upper", "base"));
    driver().prepare("again", "base", NONE);
    driver().applyDiff("again", new ByteArrayInputStream(diff("upper", "base")));
    assertSameTree("upper", "again");
  }

  @Test
  void changesAgainstAnOlderLayerAddUp() throws Exception {
    givenLayer("one", "", root -> addManyFiles(root, FILES));
    givenLayer("two", "one", root -> changeManyFiles(root, FILES, new ArrayList<>()));
    givenLayer(
        "three",
        "two",
        root -> {
          write(root, "directory-0/more", "more");
          HostFiles.deleteTree(root.resolve("directory-100"));
          HostNodes.setPermissions(root, 0711);
        });
    driver().prepare("again", "one", NONE);
    driver().applyDiff("again", new ByteArrayInputStream(diff("three", "one")));
    driver().prepare("whole", "", NONE);
    driver().applyDiff("whole", new ByteArrayInputStream(diff("three", "")));
    SortedMap<String, String> expected = picture("three");
    for (String key : List.of("again", "whole")) {
      SortedMap<String, String> actual = picture(key);
      // The top folder itself is in no archive of changes.
      actual.put("", expected.get(""));
      assertEquals(expected, actual, () -> TreePicture.difference(expected, actual));
    }
    assertTrue(
        driver().changes("one", "three").contains(new Change("directory-100", ADDED)),
        "backwards too");
  }

  @Test
  void archivesThatAreNoneAreRefused() throws Exception {
    givenLayer("base", "", root -> write(root, "a", "1"));
    byte[] tar = diff("base", "");
    driver().prepare("x", "", NONE);
    byte[] cut = Arrays.copyOf(tar, 700);
    assertFails(Kind.DATA_LOSS, () -> driver().applyDiff("x", new ByteArrayInputStream(cut)));
    byte[] noise = new byte[4096];
    Arrays.fill(noise, (byte) 7);
    DriverException e =
        assertThrows(
            DriverException.class, () -> driver().applyDiff("x", new ByteArrayInputStream(noise)));
    assertTrue(e.kind() == Kind.DATA_LOSS || e.kind() == Kind.INVALID_ARGUMENT, e::getMessage);
    assertFails(
        Kind.FAILED_PRECONDITION, () -> driver().applyDiff("base", new ByteArrayInputStream(tar)));
    assertFails(Kind.NOT_FOUND, () -> driver().applyDiff("nothing", new ByteArrayInputStream(tar)));
    assertFails(Kind.NOT_FOUND, () -> driver().changes("x", "nothing"));
  }

  @Test
  void anArchiveGoesIntoASnapshotThatIsInUse() throws Exception {
    givenLayer("base", "", root -> write(root, "dir/a", "1"));
    givenLayer(
        "upper",
        "base",
        root -> {
          Files.delete(root.resolve("dir/a"));
          write(root, "dir/b", "2");
        });
    byte[] tar = diff("upper", "base");
    driver().prepare("x", "base", NONE);
    in(
        "x",
        root -> {
          driver().applyDiff("x", new ByteArrayInputStream(tar));
          assertMissing(root, "dir/a");
          assertText("2", root, "dir/b");
        });
    assertSameTree("upper", "x");
  }

  protected final byte[] diff(String key, String parent) {
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    driver().diff(key, parent, tar);
    return tar.toByteArray();
  }

  private SortedMap<String, String> picture(String key) throws Exception {
    List<SortedMap<String, String>> taken = new ArrayList<>();
    in(key, root -> taken.add(TreePicture.of(HostTree.of(root), LATE)));
    return taken.get(0);
  }

  private void assertSameTree(String expectedKey, String actualKey) throws Exception {
    SortedMap<String, String> expected = picture(expectedKey);
    SortedMap<String, String> actual = picture(actualKey);
    // The time of the top folder is in no archive of changes.
    expected.remove("");
    actual.remove("");
    assertEquals(expected, actual, () -> TreePicture.difference(expected, actual));
  }

  private static void fillBase(Path root) throws Exception {
    write(root, "a file", "");
    HostNodes.setOwner(root.resolve("a file"), 1, 2);
    HostNodes.setPermissions(root.resolve("a file"), 04222);
    Files.createDirectory(root.resolve("a subdir"));
    HostNodes.setOwner(root.resolve("a subdir"), 3, 4);
    HostNodes.setPermissions(root.resolve("a subdir"), 01705);
  }

  private static void fillWithAllKinds(Path root) throws Exception {
    write(root, "dir/file", "text\n\n");
    Files.createLink(root.resolve("second name"), root.resolve("dir/file"));
    write(root, "sparse", "");
    HostNodes.setSize(root.resolve("sparse"), 1 << 20);
    HostNodes.makeLink(root.resolve("link"), "dir//file/".getBytes(StandardCharsets.UTF_8));
    HostNodes.make(root.resolve("pipe"), NodeType.FIFO, 0640, 0);
    HostNodes.make(root.resolve("null"), NodeType.CHARACTER_DEVICE, 0666, 0x103);
    HostNodes.make(root.resolve("disk"), NodeType.BLOCK_DEVICE, 0660, 0x801);
    HostNodes.setAttribute(root.resolve("dir/file"), "user.note", new byte[] {0, 1, -1});
    HostNodes.setAttribute(root.resolve("dir"), "trusted.note", new byte[300]);
    HostNodes.setOwner(root.resolve("link"), 9, 8);
    Instant time = Instant.ofEpochSecond(1_234_567_890L, 123_456_789);
    HostNodes.setTimes(root.resolve("link"), time, time);
    HostNodes.setTimes(root.resolve("pipe"), time, time);
    HostNodes.setTimes(root.resolve("dir"), time, time);
    write(root, "long/" + "name-".repeat(45) + "/" + "file-".repeat(45), "");
    write(root, "ünïcode ☃", "");
    HostNodes.setPermissions(root.resolve("dir/file"), 06751);
  }

  private static void changeOneOfEachKind(Path root) throws Exception {
    Path d = root.resolve("d");
    Files.writeString(d.resolve("content"), "54321");
    HostNodes.setPermissions(d.resolve("mode"), 0600);
    HostNodes.setOwner(d.resolve("owner"), 7, 7);
    HostNodes.setTimes(d.resolve("time"), Instant.EPOCH, Instant.EPOCH);
    HostNodes.setAttribute(d.resolve("attribute"), "user.x", new byte[] {1});
    Files.delete(d.resolve("gone"));
    write(root, "d/new", "n");
    write(root, "new/folder/file", "n");
    HostFiles.deleteTree(root.resolve("tree"));
    Files.delete(root.resolve("was a file"));
    write(root, "was a file/file", "n");
    HostFiles.deleteTree(root.resolve("was a folder"));
    write(root, "was a folder", "n");
    Files.delete(root.resolve("link"));
    HostNodes.makeLink(root.resolve("link"), "new".getBytes(StandardCharsets.UTF_8));
  }

  private static void addManyFiles(Path root, int count) throws Exception {
    for (int i = 0; i < count; i++) {
      write(root, "directory-" + i / 100 * 100 + "/file-" + i, "content " + i);
    }
  }

  private static void changeManyFiles(Path root, int count, List<Change> changes) throws Exception {
    for (int i = 0; i < count; i++) {
      String folder = "directory-" + i / 100 * 100;
      if (i % 100 == 0) {
        changes.add(new Change(folder, MODIFIED));
      }
      String path = folder + "/file-" + i;
      switch (i % 3) {
        case 0 -> {
          write(root, path, "changed " + i);
          changes.add(new Change(path, MODIFIED));
        }
        case 1 -> {
          write(root, path + "-new", "new " + i);
          changes.add(new Change(path + "-new", ADDED));
        }
        default -> {
          Files.delete(root.resolve(path));
          changes.add(new Change(path, DELETED));
        }
      }
    }
  }
}
