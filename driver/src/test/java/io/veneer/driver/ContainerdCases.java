// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.host.HostFiles;
import io.veneer.driver.host.HostNodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * The cases that containerd runs against every snapshotter, on mounted folders. Each is named after
 * the one it stands for in containerd's {@code core/snapshots/testsuite}.
 */
abstract class ContainerdCases extends MountedCases {
  private static final int LAYERS_MAX = 128;

  @Test
  void basic() throws Exception {
    driver().prepare("preparing", "", NONE);
    in(
        "preparing",
        root -> {
          write(root, "foo", "foo\n");
          write(root, "a/b/c/file", "deep\n");
        });
    driver().commit("committed", "preparing", Map.of("label", "1"));
    assertEquals("", driver().stat("committed").parent());
    assertEquals(SnapshotKind.COMMITTED, driver().stat("committed").kind());
    assertFails(Kind.NOT_FOUND, () -> driver().stat("preparing"));

    driver().prepare("next", "committed", NONE);
    in(
        "next",
        root -> {
          assertText("foo\n", root, "foo");
          write(root, "bar", "bar\n");
          Files.delete(root.resolve("a/b/c/file"));
          Files.delete(root.resolve("a/b/c"));
        });
    driver().commit("next committed", "next", NONE);
    assertEquals("committed", driver().stat("next committed").parent());
    driver().view("view", "next committed", NONE);
    in(
        "view",
        root -> {
          assertText("foo\n", root, "foo");
          assertText("bar\n", root, "bar");
          assertMissing(root, "a/b/c");
          assertTrue(Files.isDirectory(root.resolve("a/b")));
        });
    in("committed", root -> assertText("deep\n", root, "a/b/c/file"));
  }

  @Test
  void statActive() throws Exception {
    driver().prepare("a", "", Map.of("x", "1"));
    in("a", root -> write(root, "foo", "1"));
    SnapshotInfo info = driver().stat("a");
    assertEquals(SnapshotKind.ACTIVE, info.kind());
    assertEquals("", info.parent());
    assertEquals(Map.of("x", "1"), info.labels());
  }

  @Test
  void statCommitted() throws Exception {
    givenLayer("one", "", root -> write(root, "foo", "1"));
    SnapshotInfo info = driver().stat("one");
    assertEquals(SnapshotKind.COMMITTED, info.kind());
    assertEquals("", info.parent());
  }

  @Test
  void transitivity() throws Exception {
    givenLayer("snapA", "", root -> write(root, "foo", "foo\n"));
    givenLayer("snapB", "snapA", root -> write(root, "bar", "bar\n"));
    assertEquals(SnapshotKind.COMMITTED, driver().stat("snapA").kind());
    assertEquals("", driver().stat("snapA").parent());
    assertEquals("snapA", driver().stat("snapB").parent());
  }

  @Test
  void prepareViewFailing() throws Exception {
    givenLayer("snapA", "", root -> write(root, "foo", "foo\n"));
    driver().view("snapA view", "snapA", NONE);
    driver().prepare("active", "snapA", NONE);
    assertFails(Kind.ALREADY_EXISTS, () -> driver().prepare("active", "", NONE));
    assertFails(Kind.ALREADY_EXISTS, () -> driver().prepare("snapA view", "", NONE));
    assertFails(Kind.INVALID_ARGUMENT, () -> driver().prepare("of a view", "snapA view", NONE));
    assertFails(Kind.INVALID_ARGUMENT, () -> driver().view("of an active", "active", NONE));
    assertFails(Kind.NOT_FOUND, () -> driver().prepare("of nothing", "nothing", NONE));
  }

  @Test
  void update() throws Exception {
    givenLayer("snap", "", root -> write(root, "foo", "1"));
    driver().update(withLabels("snap", Map.of("l1", "v1")));
    SnapshotInfo first = driver().stat("snap");
    driver().update(withLabels("snap", Map.of("l1", "updated", "l3", "v3")), "labels.l1");
    SnapshotInfo second = driver().stat("snap");
    assertEquals(Map.of("l1", "updated"), second.labels());
    assertEquals(first.createdAt(), second.createdAt());
    assertFalse(second.updatedAt().isBefore(first.updatedAt()));
    driver().update(withLabels("snap", Map.of()), "labels.l1");
    assertEquals(Map.of(), driver().stat("snap").labels());
    driver().update(withLabels("snap", Map.of("l4", "v4")), "labels");
    assertEquals(Map.of("l4", "v4"), driver().stat("snap").labels());
    assertFails(Kind.INVALID_ARGUMENT, () -> driver().update(withLabels("snap", NONE), "kind"));
  }

  @Test
  void remove() throws Exception {
    givenLayer("committed-1", "", root -> write(root, "foo", "1"));
    driver().prepare("reuse-1", "committed-1", NONE);
    driver().remove("reuse-1");
    driver().view("reuse-1", "committed-1", NONE);
    driver().remove("reuse-1");
    driver().prepare("reuse-1", "", NONE);
    driver().remove("committed-1");
    driver().commit("committed-1", "reuse-1", NONE);
    driver().prepare("reuse-1", "committed-1", NONE);
    DriverException e = assertThrows(DriverException.class, () -> driver().remove("committed-1"));
    assertEquals(Kind.FAILED_PRECONDITION, e.kind());
    assertTrue(e.getMessage().contains("remove"), e.getMessage());
  }

  @Test
  void walk() throws Exception {
    driver().prepare("base", "", NONE);
    driver().commit("c1", "base", Map.of("l", "1", "containerd.io/gc.root", "now"));
    driver().prepare("key2", "c1", NONE);
    driver().commit("c2", "key2", Map.of("l", "2"));
    driver().prepare("a1", "c1", Map.of("l", "a"));
    driver().view("v1", "c1", Map.of("l", "v"));
    driver().view("v2", "c2", NONE);
    assertEquals(Set.of("a1", "c1", "c2", "v1", "v2"), walked());
    assertEquals(Set.of("c1"), walked("name==c1"));
    assertEquals(Set.of("a1", "c2", "v1"), walked("parent==c1"));
    assertEquals(Set.of("c1", "c2"), walked("kind==committed"));
    assertEquals(Set.of("v1", "v2"), walked("kind==view"));
    assertEquals(Set.of("a1"), walked("kind==active"));
    assertEquals(Set.of("c2"), walked("parent==c1,kind==committed"));
    assertEquals(Set.of("a1", "v2"), walked("kind==active", "parent==c2"));
    assertEquals(Set.of("a1", "c1", "c2", "v1"), walked("labels.l"));
    assertEquals(Set.of("c1"), walked("labels.\"containerd.io/gc.root\"==now"));
    assertEquals(Set.of("v1", "v2"), walked("name~=^v[0-9]"));
    assertEquals(Set.of("c1", "v2"), walked("parent!=c1"));
  }

  @Test
  void layerFileUpdate() throws Exception {
    givenLayer(
        "one",
        "",
        root -> {
          write(root, "foo", "foo\n");
          write(root, "etc/hosts", "127.0.0.1");
        });
    givenLayer("two", "one", root -> write(root, "etc/hosts", "changed"));
    givenLayer(
        "three",
        "two",
        root -> {
          Files.delete(root.resolve("etc/hosts"));
          write(root, "foo", "foo\nagain\n");
        });
    in("one", root -> assertText("127.0.0.1", root, "etc/hosts"));
    in("two", root -> assertText("changed", root, "etc/hosts"));
    in(
        "three",
        root -> {
          assertMissing(root, "etc/hosts");
          assertText("foo\nagain\n", root, "foo");
        });
  }

  @Test
  void removeDirectoryInLowerLayer() throws Exception {
    givenLayer(
        "one",
        "",
        root -> {
          write(root, "dir1/f1", "1");
          write(root, "dir1/dir2/f2", "2");
        });
    givenLayer("two", "one", root -> removeTree(root.resolve("dir1")));
    givenLayer("three", "two", root -> write(root, "dir1/f3", "3"));
    in("two", root -> assertMissing(root, "dir1"));
    in(
        "three",
        root -> {
          assertText("3", root, "dir1/f3");
          assertMissing(root, "dir1/f1");
          assertMissing(root, "dir1/dir2");
        });
  }

  @Test
  void chown() throws Exception {
    givenLayer(
        "one",
        "",
        root -> {
          write(root, "opt/a/b/file", "x");
          write(root, "opt/f", "y");
        });
    givenLayer("two", "one", root -> HostNodes.setOwner(root.resolve("opt"), 1, 1));
    givenLayer("three", "two", root -> HostNodes.setOwner(root.resolve("opt/f"), 2, 3));
    in(
        "three",
        root -> {
          assertEquals(List.of(1, 1), owner(root.resolve("opt")));
          assertEquals(List.of(2, 3), owner(root.resolve("opt/f")));
          assertEquals(List.of(0, 0), owner(root.resolve("opt/a/b/file")));
          assertText("x", root, "opt/a/b/file");
        });
    in("one", root -> assertEquals(List.of(0, 0), owner(root.resolve("opt"))));
  }

  @Test
  void directoryPermissionOnCommit() throws Exception {
    givenLayer(
        "one",
        "",
        root -> {
          for (int i = 1; i <= 4; i++) {
            write(root, "dir" + i + "/f", "1");
          }
        });
    givenLayer(
        "two",
        "one",
        root -> {
          HostNodes.setPermissions(root.resolve("dir1"), 0700);
          HostNodes.setPermissions(root.resolve("dir2"), 01777);
          HostNodes.setOwner(root.resolve("dir3"), 5, 6);
          HostNodes.setOwner(root.resolve("dir4"), 7, 8);
          HostNodes.setPermissions(root.resolve("dir4"), 0750);
        });
    givenLayer("three", "two", root -> write(root, "dir1/g", "2"));
    in(
        "three",
        root -> {
          assertEquals(0700, permissions(root.resolve("dir1")));
          assertEquals(01777, permissions(root.resolve("dir2")));
          assertEquals(List.of(5, 6), owner(root.resolve("dir3")));
          assertEquals(List.of(7, 8), owner(root.resolve("dir4")));
          assertEquals(0750, permissions(root.resolve("dir4")));
          assertText("1", root, "dir4/f");
        });
  }

  @Test
  void removeIntermediateSnapshot() throws Exception {
    givenLayer("base", "", root -> write(root, "foo", "1"));
    givenLayer("inter", "base", root -> write(root, "bar", "2"));
    driver().prepare("top", "inter", NONE);
    assertFails(Kind.FAILED_PRECONDITION, () -> driver().remove("inter"));
    assertFails(Kind.FAILED_PRECONDITION, () -> driver().remove("base"));
    driver().remove("top");
    driver().remove("inter");
    driver().prepare("again", "base", NONE);
    in("again", root -> assertMissing(root, "bar"));
    driver().remove("again");
    driver().remove("base");
    assertEquals(Set.of(), walked());
  }

  @Test
  void deletedFilesInChildSnapshot() throws Exception {
    givenLayer(
        "one",
        "",
        root -> {
          write(root, "foo", "foo");
          write(root, "bar", "bar");
        });
    givenLayer("two", "one", root -> Files.delete(root.resolve("foo")));
    givenLayer("three", "two", root -> write(root, "baz", "baz"));
    in(
        "three",
        root -> {
          assertMissing(root, "foo");
          assertText("bar", root, "bar");
          assertText("baz", root, "baz");
        });
  }

  @Test
  void moveFileFromLowerLayer() throws Exception {
    givenLayer(
        "one",
        "",
        root -> {
          write(root, "dir1/foo", "foo");
          write(root, "dir1/bar", "bar");
        });
    givenLayer(
        "two",
        "one",
        root -> {
          Files.createDirectory(root.resolve("dir2"));
          Files.move(
              root.resolve("dir1/foo"),
              root.resolve("dir2/foobar"),
              StandardCopyOption.ATOMIC_MOVE);
        });
    in(
        "two",
        root -> {
          assertMissing(root, "dir1/foo");
          assertText("foo", root, "dir2/foobar");
          assertText("bar", root, "dir1/bar");
        });
  }

  @Test
  void viewReadonly() throws Exception {
    givenLayer("one", "", root -> write(root, "foo", "foo"));
    givenLayer("two", "one", root -> write(root, "bar", "bar"));
    for (String parent : List.of("one", "two")) {
      driver().view("view of " + parent, parent, NONE);
      in("view of " + parent, ContainerdCases::assertReadOnly);
      in(parent, ContainerdCases::assertReadOnly);
    }
    driver().view("of nothing", "", NONE);
    in("of nothing", root -> assertThrows(IOException.class, () -> write(root, "x", "y")));
  }

  @Test
  void statInWalk() throws Exception {
    givenLayer("one", "", root -> write(root, "foo", "foo"));
    driver().prepare("a", "one", NONE);
    List<SnapshotInfo> seen = new ArrayList<>();
    driver().walk(info -> seen.add(driver().stat(info.key())));
    assertEquals(2, seen.size());
  }

  @Test
  void closeTwice() throws Exception {
    givenLayer("one", "", root -> write(root, "foo", "foo"));
    driver().close();
    driver().close();
    openAgain();
    in("one", root -> assertText("foo", root, "foo"));
  }

  @Test
  void rootPermission() throws Exception {
    driver().prepare("a", "", NONE);
    in("a", root -> assertEquals(0755, permissions(root)));
    givenLayer("one", "", root -> HostNodes.setPermissions(root, 0711));
    driver().prepare("b", "one", NONE);
    in("b", root -> assertEquals(0711, permissions(root)));
  }

  @Test
  void rename() throws Exception {
    givenLayer(
        "one",
        "",
        root -> {
          write(root, "dir1/f1", "1");
          write(root, "somefiles/f2", "2");
        });
    givenLayer(
        "two",
        "one",
        root -> {
          Files.move(root.resolve("dir1/f1"), root.resolve("dir1/f1.renamed"));
          Files.createDirectory(root.resolve("new"));
          Files.move(root.resolve("new"), root.resolve("newer"), StandardCopyOption.ATOMIC_MOVE);
          write(root, "newer/f", "3");
        });
    in(
        "two",
        root -> {
          assertMissing(root, "dir1/f1");
          assertText("1", root, "dir1/f1.renamed");
          assertMissing(root, "new");
          assertText("3", root, "newer/f");
        });
  }

  /** containerd's 128LayersMount: each layer changes a file that all have, and adds one. */
  @Test
  void manyLayersMount() throws Exception {
    String parent = "";
    for (int i = 0; i < LAYERS_MAX - 1; i++) {
      int number = i;
      givenLayer(
          "layer " + i,
          parent,
          root -> {
            write(root, "bottom", "layer " + number);
            write(root, "dir/f" + number, "f" + number);
          });
      parent = "layer " + i;
    }
    driver().prepare("top", parent, NONE);
    in(
        "top",
        root -> {
          assertText("layer 126", root, "bottom");
          for (int i = 0; i < LAYERS_MAX - 1; i++) {
            assertText("f" + i, root, "dir/f" + i);
          }
          write(root, "bottom", "top");
        });
    in("top", root -> assertText("top", root, "bottom"));
    in(parent, root -> assertText("layer 126", root, "bottom"));
  }

  private static void assertReadOnly(Path root) throws IOException {
    assertText("foo", root, "foo");
    assertThrows(IOException.class, () -> Files.writeString(root.resolve("foo"), "x"));
    assertThrows(IOException.class, () -> Files.delete(root.resolve("foo")));
    assertThrows(IOException.class, () -> Files.createFile(root.resolve("new")));
    assertText("foo", root, "foo");
  }

  private static void removeTree(Path top) throws IOException {
    HostFiles.deleteTree(top);
  }

  private Set<String> walked(String... filters) {
    Set<String> keys = new TreeSet<>();
    driver().walk(info -> keys.add(info.key()), filters);
    return keys;
  }

  private static SnapshotInfo withLabels(String key, Map<String, String> labels) {
    return new SnapshotInfo(key, "", SnapshotKind.ACTIVE, Instant.EPOCH, Instant.EPOCH, labels);
  }
}
