// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.device;

import io.veneer.thinpool.ExtentKind;
import io.veneer.thinpool.ExtentVisitor;

/** Joins neighbouring ranges of one kind into extents, and hands them on. One walk, one thread. */
final class ExtentMerger {
  private final ExtentVisitor visitor;
  private long offset;
  private long end;
  private ExtentKind kind;
  private boolean stopped;

  ExtentMerger(ExtentVisitor visitor) {
    this.visitor = visitor;
  }

  /**
   * Takes the next range; ranges come in ascending order. Returns false when the visitor has
   * stopped the walk.
   */
  boolean add(long from, long to, ExtentKind next) {
    if (from >= to || stopped) {
      return !stopped;
    }
    if (kind == next && end == from) {
      end = to;
      return true;
    }
    finish();
    offset = from;
    end = to;
    kind = next;
    return !stopped;
  }

  /** Hands on what is left. */
  void finish() {
    if (kind != null && !stopped) {
      stopped = !visitor.visit(offset, end - offset, kind);
    }
    kind = null;
  }
}
