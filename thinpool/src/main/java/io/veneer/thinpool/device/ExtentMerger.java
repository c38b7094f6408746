// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.device;

import io.veneer.thinpool.ExtentKind;
import io.veneer.thinpool.ExtentVisitor;
import java.util.ArrayList;
import java.util.List;

/**
 * Joins neighbouring ranges of one kind into extents, and hands them on when the walk is not in
 * flight: what visits them may take its time, and may itself use the pool. One walk, one thread.
 */
final class ExtentMerger {
  private final ExtentVisitor visitor;
  private final List<Extent> complete = new ArrayList<>();
  private long offset;
  private long end;
  private ExtentKind kind;
  private boolean stopped;

  private record Extent(long offset, long lengthBytes, ExtentKind kind) {}

  ExtentMerger(ExtentVisitor visitor) {
    this.visitor = visitor;
  }

  /** Takes the next range; ranges come in ascending order. */
  void add(long from, long to, ExtentKind next) {
    if (from >= to) {
      return;
    }
    if (kind != next || end != from) {
      complete();
      offset = from;
      kind = next;
    }
    end = to;
  }

  private void complete() {
    if (kind != null) {
      complete.add(new Extent(offset, end - offset, kind));
      kind = null;
    }
  }

  /** Hands on what no further range can lengthen; false when the visitor has stopped the walk. */
  boolean deliver() {
    for (int i = 0; i < complete.size() && !stopped; i++) {
      Extent extent = complete.get(i);
      stopped = !visitor.visit(extent.offset, extent.lengthBytes, extent.kind);
    }
    complete.clear();
    return !stopped;
  }

  /** Hands on what is left. */
  void finish() {
    complete();
    deliver();
  }
}
