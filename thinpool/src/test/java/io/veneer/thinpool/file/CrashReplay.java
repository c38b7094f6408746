// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import io.veneer.thinpool.file.FileOperation.Kind;
import io.veneer.thinpool.file.FileOperation.PoolFile;
import java.util.ArrayList;
import java.util.List;

/**
 * A walk through recorded operations that knows, at each point, what is durable and what is not.
 *
 * <p>After a force that failed, the kernel takes the pages for clean: a later force that succeeds
 * does not bring them back. So what was unforced then is lost sight of: it stays unforced for good,
 * until something written over it is forced.
 */
final class CrashReplay {
  private final SparseBytes metadata;
  private final SparseBytes data;
  private List<FileOperation> lostSight = new ArrayList<>();
  private List<FileOperation> pending = new ArrayList<>();
  private int point;

  CrashReplay(SparseBytes metadata, SparseBytes data) {
    this.metadata = metadata;
    this.data = data;
  }

  int point() {
    return point;
  }

  SparseBytes durable(PoolFile file) {
    return file == PoolFile.METADATA ? metadata : data;
  }

  /** All that may or may not be on the disk, in the order in which it was done. */
  List<FileOperation> unforced() {
    List<FileOperation> all = new ArrayList<>(lostSight);
    all.addAll(pending);
    return all;
  }

  void step(FileOperation operation) {
    point++;
    switch (operation.kind()) {
      case FORCE -> force(operation);
      case FAILED_FORCE -> loseSight(operation.file());
      default -> pending.add(operation);
    }
  }

  private void loseSight(PoolFile file) {
    pending.stream().filter(each -> each.file() == file).forEach(lostSight::add);
    pending.removeIf(each -> each.file() == file);
  }

  private void force(FileOperation force) {
    boolean all =
        force.length() == 0 || pending.stream().anyMatch(each -> each.kind() == Kind.TRUNCATE);
    List<FileOperation> left = new ArrayList<>();
    for (FileOperation each : pending) {
      if (each.file() != force.file()) {
        left.add(each);
      } else if (all) {
        makeDurable(each);
      } else {
        each.inside(force.offset(), force.end()).forEach(this::makeDurable);
        left.addAll(each.outside(force.offset(), force.end()));
      }
    }
    pending = left;
  }

  private void makeDurable(FileOperation operation) {
    operation.applyTo(durable(operation.file()));
    if (!lostSight.isEmpty()) {
      List<FileOperation> left = new ArrayList<>();
      for (FileOperation each : lostSight) {
        boolean same = each.file() == operation.file();
        left.addAll(same ? each.outside(operation.offset(), operation.end()) : List.of(each));
      }
      lostSight = left;
    }
  }
}
