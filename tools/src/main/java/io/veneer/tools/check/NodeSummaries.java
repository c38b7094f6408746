// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.check;

/** The summaries of all blocks visited, by their place in the node area. One thread. */
final class NodeSummaries {
  private static final int PAGE = 1024;

  private final NodeSummary[][] pages;

  NodeSummaries(long blocks) {
    this.pages = new NodeSummary[Math.toIntExact((blocks + PAGE - 1) / PAGE)][];
  }

  NodeSummary get(long block) {
    NodeSummary[] page = pages[(int) (block / PAGE)];
    return page == null ? null : page[(int) (block % PAGE)];
  }

  void put(long block, NodeSummary summary) {
    int number = (int) (block / PAGE);
    if (pages[number] == null) {
      pages[number] = new NodeSummary[PAGE];
    }
    pages[number][(int) (block % PAGE)] = summary;
  }
}
