// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.check;

import io.veneer.thinpool.format.BlockHeaderFormat.Header;
import io.veneer.thinpool.format.BlockType;
import io.veneer.thinpool.format.NodeFormat;
import io.veneer.tools.check.CheckState.VerifiedBlock;

/**
 * Walks trees of one kind. A node that was visited before is not walked again, only compared with
 * what its new parent takes it for. Levels go down by one with each step, so the walk ends whatever
 * is on disk. One thread.
 */
final class TreeWalk {
  private final CheckState state;
  private final BlockType type;
  private final TreeVisitor visitor;

  /** What a parent says of a node. */
  record Place(long block, int level, long key, long parentSequence) {}

  TreeWalk(CheckState state, BlockType type, TreeVisitor visitor) {
    this.state = state;
    this.type = type;
    this.visitor = visitor;
  }

  /** Counts a reference to a node, and walks what is below it if that is new. */
  NodeSummary walk(Place place) {
    if (!state.refer(place.block())) {
      return NodeSummary.ofNothing(type);
    }
    NodeSummary known = state.summary(place.block());
    state.trail.down(title(place.level()), place.block(), place.level());
    try {
      NodeSummary summary = known == null ? visit(place) : revisit(known, place);
      visitor.leave(place.block(), summary);
      return summary;
    } finally {
      state.trail.up();
    }
  }

  private String title(int level) {
    return type == BlockType.MAPPING_NODE && level == 0 ? "leaf" : type.title();
  }

  private NodeSummary revisit(NodeSummary known, Place place) {
    boolean same = known.type == type && known.level == place.level() && known.key == place.key();
    if (!same) {
      state.incomplete = true;
      state.findings.fatal(
          "block is used in two ways",
          place.block(),
          new NodeSummary(type, place.level(), place.key()).title(),
          known.title());
      return NodeSummary.ofNothing(type);
    }
    checkAge(known.sequence, place);
    visitor.revisit(place.block(), known);
    return known;
  }

  private NodeSummary visit(Place place) {
    NodeSummary summary = new NodeSummary(type, place.level(), place.key());
    state.remember(place.block(), summary);
    VerifiedBlock node = state.read(type);
    if (node == null || !isMeant(node.header(), place)) {
      summary.broken = true;
      state.incomplete = true;
      return summary;
    }
    summary.sequence = node.header().sequence();
    checkAge(summary.sequence, place);
    int used = walkEntries(node, summary);
    state.findings.require(
        used == node.header().used(), "wrong number of entries", used, node.header().used());
    state.findings.require(used > 0, "node without entries", "1 or more", used);
    return summary;
  }

  private boolean isMeant(Header header, Place place) {
    return state.findings.require(
            header.level() == place.level(),
            type.title() + " has wrong level",
            place.level(),
            header.level())
        && state.findings.require(
            header.key() == place.key(),
            type.title() + " has wrong key",
            place.key(),
            header.key());
  }

  /** Shadow paging changes a parent with each change of a child. */
  private void checkAge(long sequence, Place place) {
    state.findings.require(
        sequence <= place.parentSequence(),
        "written later than what refers to it",
        "at most " + place.parentSequence(),
        sequence);
  }

  private int walkEntries(VerifiedBlock node, NodeSummary summary) {
    int used = 0;
    for (int i = 0; i < NodeFormat.ENTRIES; i++) {
      long entry = node.image().getLong(NodeFormat.entryOffset(i));
      if (entry != 0) {
        used++;
        state.trail.entry(i);
        long key = summary.key + i * NodeFormat.span(summary.level);
        if (summary.level == 0) {
          visitor.entry(key, entry, summary);
        } else {
          summary.includeChild(walk(new Place(entry, summary.level - 1, key, summary.sequence)));
        }
      }
    }
    state.trail.entry(-1);
    return used;
  }
}
