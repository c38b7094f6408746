// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import io.veneer.thinpool.CorruptMetadataException;
import io.veneer.thinpool.NoSpacePolicy;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.UnsupportedFormatException;
import io.veneer.thinpool.file.MetadataFile;
import io.veneer.thinpool.file.PoolFiles;
import io.veneer.thinpool.format.BlockHeaderFormat;
import io.veneer.thinpool.format.PoolGeometry;
import io.veneer.thinpool.format.Superblock;
import io.veneer.thinpool.format.SuperblockFormat;
import io.veneer.thinpool.space.NodeAllocator;
import io.veneer.thinpool.transaction.ForceOrder;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes new pools, and finds the state of old ones: the newer of the two superblocks that is whole.
 */
final class PoolOpening {
  private static final Logger LOG = LoggerFactory.getLogger(PoolOpening.class);
  private static final int LOW_WATER_PARTS = 16;

  /** Little metadata is low before it is refused. */
  private static final int LOW_WATER_NODES_MIN = 2 * NodeAllocator.RESERVE_BLOCKS;

  private PoolOpening() {}

  static void create(PoolFiles files, PoolOptions options) {
    Superblock superblock = newSuperblock(options);
    MetadataFile metadata = files.metadata();
    metadata.reserve(0, PoolGeometry.SUPERBLOCKS);
    for (int slot = 0; slot < PoolGeometry.SUPERBLOCKS; slot++) {
      superblock.sequence = slot;
      ByteBuffer image = BlockHeaderFormat.newBlock();
      SuperblockFormat.encode(superblock, slot, image);
      metadata.write(slot, image);
    }
    metadata.force();
  }

  /** Refuses options that are out of range. */
  static void check(PoolOptions options) {
    newSuperblock(options);
  }

  private static Superblock newSuperblock(PoolOptions options) {
    Limits.options(options);
    Superblock superblock = new Superblock(new SecureRandom().nextLong());
    PoolGeometry geometry = PoolGeometry.ofBlockSize(options.blockSizeBytes());
    superblock.blockSizeBytes = options.blockSizeBytes();
    superblock.dataBlocksMax = geometry.dataBlocksMax();
    superblock.nodeBlocksMax = geometry.nodeBlocksMax();
    superblock.dataBlocks = Limits.dataBlocks(options.dataBytes(), options.blockSizeBytes());
    superblock.nodeBlocks = Limits.nodeBlocks(options, superblock.dataBlocks);
    superblock.dataLimitBlocks = superblock.dataBlocks;
    if (options.dataLimitBytes() > options.dataBytes()) {
      superblock.dataLimitBlocks =
          Limits.dataBlocks(options.dataLimitBytes(), options.blockSizeBytes());
    }
    superblock.lowWaterBlocks = options.lowWaterBytes() / options.blockSizeBytes();
    superblock.metadataLowWater =
        Math.max(superblock.nodeBlocks / LOW_WATER_PARTS, LOW_WATER_NODES_MIN);
    superblock.nextDeviceId = 1;
    superblock.noSpaceTimeoutMillis = options.noSpaceTimeoutMillis();
    superblock.set(SuperblockFormat.STATE_QUEUE, options.noSpacePolicy() == NoSpacePolicy.QUEUE);
    superblock.set(SuperblockFormat.STATE_NO_PASSDOWN, !options.discardPassdown());
    return superblock;
  }

  /** Opens a pool as it was found; files and force order are closed if any of it fails. */
  static <T> T open(PoolFiles files, ForceOrder forceOrder, Function<PoolState, T> opened) {
    try {
      return opened.apply(find(files, forceOrder));
    } catch (RuntimeException | Error e) {
      forceOrder.close();
      try {
        files.close();
      } catch (RuntimeException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }

  /**
   * The state of a pool as its last commit left it; what was not committed is cut off the data
   * file. One whose data file lacks blocks can only be read.
   */
  private static PoolState find(PoolFiles files, ForceOrder forceOrder) {
    List<Superblock> slots = wholeSuperblocks(files);
    Superblock superblock = Collections.max(slots, Comparator.comparingLong(s -> s.sequence));
    if (superblock.readOnlyCompatible != 0 && !files.readOnly()) {
      throw new UnsupportedFormatException(
          "pool uses features that this version can only read; use a newer veneer: flags=0x"
              + Long.toHexString(superblock.readOnlyCompatible));
    }
    PoolState state = new PoolState(files, superblock, wasClosed(slots, superblock), forceOrder);
    long wanted = state.blocksToBytes(superblock.dataHighWater);
    state.data.expectLength(wanted);
    boolean cut = state.data.lengthBytes() < wanted && lacksUsedBlocks(state);
    if (cut && !files.readOnly()) {
      throw new CorruptMetadataException(
          "data file is shorter than its pool, it was cut off; bring it back from a copy, or export what is"
              + " whole: pool="
              + files.location()
              + " expected_bytes="
              + wanted
              + " found_bytes="
              + state.data.lengthBytes());
    }
    if (!files.readOnly() && state.data.lengthBytes() > wanted) {
      state.data.truncate(wanted);
    }
    return state;
  }

  /**
   * Whether a block in use lies behind the data file's end. Blocks that a full disk had no room for
   * were handed out, and count for the high-water mark, but never lengthened the file.
   */
  private static boolean lacksUsedBlocks(PoolState state) {
    long firstCut = state.data.lengthBytes() / state.superblock.blockSizeBytes;
    state.transactions.lock().lock();
    try {
      for (long block = firstCut; block < state.superblock.dataHighWater; block++) {
        if (state.dataSpace.count(block) != 0) {
          return true;
        }
      }
      return false;
    } finally {
      state.transactions.lock().unlock();
    }
  }

  /** The slots that can be used, one or both. */
  private static List<Superblock> wholeSuperblocks(PoolFiles files) {
    List<Superblock> whole = new ArrayList<>();
    PoolException broken = null;
    for (int slot = 0; slot < PoolGeometry.SUPERBLOCKS; slot++) {
      try {
        whole.add(read(files.metadata(), slot));
      } catch (CorruptMetadataException e) {
        LOG.debug("superblock slot cannot be used: slot={}", slot, e);
        broken = e;
      }
    }
    if (whole.isEmpty()) {
      throw new CorruptMetadataException(
          "no superblock is whole, so this is no pool or it is damaged; bring it back from a copy:"
              + " pool="
              + files.location(),
          broken);
    }
    return whole;
  }

  /** Whether both slots tell the same, as they do when a pool is closed; a crash may tear one. */
  private static boolean wasClosed(List<Superblock> slots, Superblock newest) {
    return slots.size() == PoolGeometry.SUPERBLOCKS
        && slots.stream().allMatch(each -> tellsTheSame(each, newest));
  }

  /** Which commit they are of differs in any case. */
  private static boolean tellsTheSame(Superblock one, Superblock other) {
    return one.poolId == other.poolId && body(one).equals(body(other));
  }

  private static ByteBuffer body(Superblock superblock) {
    ByteBuffer image = BlockHeaderFormat.newBlock();
    SuperblockFormat.encode(superblock, 0, image);
    return image.clear().position(BlockHeaderFormat.LENGTH);
  }

  private static Superblock read(MetadataFile metadata, int slot) {
    ByteBuffer image = BlockHeaderFormat.newBlock();
    metadata.read(slot, image);
    return SuperblockFormat.decode(image.clear(), slot);
  }
}
