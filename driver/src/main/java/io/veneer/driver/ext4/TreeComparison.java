// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import io.veneer.driver.Change;
import io.veneer.driver.ChangeKind;
import java.util.LinkedHashMap;
import java.util.Map;
import org.roaringbitmap.longlong.Roaring64Bitmap;

/**
 * Compares two trees path by path, and passes over what {@link Suspects} knows to be equal.
 *
 * <p>A directory is met once in each tree at the most; one with two names is damage, so that no
 * image can make this run on and on. One thread.
 */
final class TreeComparison {
  private final Ext4FileSystem older;
  private final Ext4FileSystem newer;
  private final Suspects suspects;
  private final NodeComparison nodes;
  private final ChangeVisitor visitor;
  private final Roaring64Bitmap visitedInOlder = new Roaring64Bitmap();
  private final Roaring64Bitmap visitedInNewer = new Roaring64Bitmap();
  private long told;

  TreeComparison(
      Ext4FileSystem older,
      Ext4FileSystem newer,
      Suspects suspects,
      NodeComparison nodes,
      ChangeVisitor visitor) {
    this.older = older;
    this.newer = newer;
    this.suspects = suspects;
    this.nodes = nodes;
    this.visitor = visitor;
  }

  /** Everything in a tree, as it differs from an empty one. */
  static void addAll(Ext4FileSystem newer, ChangeVisitor visitor) {
    TreeComparison comparison =
        new TreeComparison(null, newer, Suspects.everything(), null, visitor);
    comparison.addBelow(newer.root(), "");
  }

  void run() {
    compareBelow(older.root(), newer.root(), "");
  }

  private void compareBelow(Inode was, Inode is, String path) {
    boolean same = was.number() == is.number();
    if (same && !suspects.mayDifferBelow(is.number())) {
      return;
    }
    enter(visitedInOlder, was);
    enter(visitedInNewer, is);
    if (same && !suspects.mayHaveChanged(is.number())) {
      visitSuspects(is, path);
    } else {
      compareNames(was, is, path);
    }
  }

  private void compareNames(Inode was, Inode is, String path) {
    Map<String, Long> names = names(was);
    newer.list(
        is,
        entry -> {
          Long before = names.remove(entry.name());
          String child = below(path, entry.name());
          if (before == null) {
            add(newer.inode(entry.inode()), child);
          } else if (before != entry.inode() || isSuspect(entry.inode())) {
            compare(older.inode(before), newer.inode(entry.inode()), child);
          }
        });
    names.keySet().forEach(name -> tell(below(path, name), ChangeKind.DELETED, null));
  }

  /** A directory that did not change itself has the same names for the same inodes. */
  private void visitSuspects(Inode directory, String path) {
    newer.list(
        directory,
        entry -> {
          if (isSuspect(entry.inode())) {
            Inode is = newer.inode(entry.inode());
            compare(older.inode(entry.inode()), is, below(path, entry.name()));
          }
        });
  }

  private boolean isSuspect(long inode) {
    return suspects.mayHaveChanged(inode) || suspects.mayDifferBelow(inode);
  }

  private Map<String, Long> names(Inode directory) {
    Map<String, Long> names = new LinkedHashMap<>();
    older.list(directory, entry -> names.put(entry.name(), entry.inode()));
    return names;
  }

  private void compare(Inode was, Inode is, String path) {
    boolean mayDiffer = was.number() != is.number() || suspects.mayHaveChanged(is.number());
    boolean same = !mayDiffer || nodes.isSame(was, is);
    long toldBefore = told;
    if (was.isDirectory() && is.isDirectory()) {
      compareBelow(was, is, path);
      same &= told == toldBefore;
    } else if (is.isDirectory()) {
      addBelow(is, path);
    }
    if (!same) {
      tell(path, ChangeKind.MODIFIED, is);
    }
  }

  private void add(Inode inode, String path) {
    tell(path, ChangeKind.ADDED, inode);
    if (inode.isDirectory()) {
      addBelow(inode, path);
    }
  }

  private void addBelow(Inode directory, String path) {
    enter(visitedInNewer, directory);
    newer.list(directory, entry -> add(newer.inode(entry.inode()), below(path, entry.name())));
  }

  private void tell(String path, ChangeKind kind, Inode inode) {
    told++;
    visitor.visit(new Change(path, kind), inode);
  }

  private static String below(String path, String name) {
    return path.isEmpty() ? name : path + "/" + name;
  }

  private static void enter(Roaring64Bitmap visited, Inode directory) {
    long number = directory.number();
    Damage.unless(!visited.contains(number), "directory has two names", "inode", number);
    visited.addLong(number);
  }
}
