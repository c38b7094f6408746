// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.mapping;

import io.veneer.thinpool.format.NodeFormat;

/**
 * What a node says of one of its children at some moment, so that the child need not be read.
 *
 * @param block where it stands
 * @param level its level
 * @param key its first key
 * @param inMemory the child, or null if it was not read
 */
record ChildReference(long block, int level, long key, Node inMemory) {
  ChildReference(Node parent, int index) {
    this(
        parent.entry(index),
        parent.level - 1,
        parent.key + index * NodeFormat.span(parent.level),
        parent.child(index));
  }
}
