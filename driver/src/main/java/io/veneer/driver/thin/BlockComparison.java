// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.thin;

import static io.veneer.driver.thin.PoolErrors.translated;

import io.veneer.driver.Change;
import io.veneer.driver.ext4.ChangedRanges;
import io.veneer.driver.ext4.Ext4Changes;
import io.veneer.driver.ext4.Ext4FileSystem;
import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.pool.ThinPool;
import java.util.function.Function;

/**
 * Two states of an ext4 volume, read from their devices without a mount, and what differs between
 * them. The pool tells which blocks differ; so a comparison costs what changed. One thread.
 */
final class BlockComparison implements AutoCloseable {
  private final BlockDevice device;
  private final Ext4FileSystem fileSystem;

  private BlockComparison(BlockDevice device) {
    this.device = device;
    this.fileSystem = translated(() -> Ext4FileSystem.open(device));
  }

  /** Opens the newer state; it must not change meanwhile. */
  static BlockComparison open(ThinPool pool, String name) {
    BlockDevice device = translated(() -> pool.openDeviceReadOnly(name));
    try {
      return new BlockComparison(device);
    } catch (RuntimeException e) {
      device.close();
      throw e;
    }
  }

  /** All there is, compared with nothing. */
  Ext4Changes fromNothing() {
    return translated(() -> Ext4Changes.fromNothing(fileSystem));
  }

  /** Compares with an ancestor, by the blocks that differ. */
  Ext4Changes since(ThinPool pool, String ancestor, ParentIndexes indexes) {
    ChangedRanges ranges = new ChangedRanges();
    translated(
        () ->
            pool.changedSince(
                device.name(),
                ancestor,
                (offset, lengthBytes, kind) -> {
                  ranges.add(offset, lengthBytes);
                  return true;
                }));
    int ancestorId = translated(() -> pool.device(ancestor)).id();
    return with(
        pool,
        ancestor,
        older ->
            Ext4Changes.fromBlocks(older, fileSystem, ranges, () -> indexes.of(ancestorId, older)));
  }

  /** Compares with any other volume, path by path. */
  Ext4Changes against(ThinPool pool, String other) {
    return with(pool, other, older -> Ext4Changes.byWalking(older, fileSystem));
  }

  private static Ext4Changes with(
      ThinPool pool, String name, Function<Ext4FileSystem, Ext4Changes> work) {
    try (BlockDevice device = translated(() -> pool.openDeviceReadOnly(name))) {
      return translated(() -> work.apply(Ext4FileSystem.open(device)));
    }
  }

  /** What this state has at a change. */
  Ext4Node node(Ext4Changes changes, Change change) {
    return new Ext4Node(fileSystem, fileSystem.inode(changes.inodeOf(change)));
  }

  @Override
  public void close() {
    translated(device::close);
  }
}
