// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.check;

import io.veneer.thinpool.file.HostPoolFiles;
import io.veneer.thinpool.file.PoolFiles;
import io.veneer.thinpool.format.BlockHeaderFormat;
import io.veneer.thinpool.format.BlockType;
import io.veneer.thinpool.format.NodeFormat;
import io.veneer.thinpool.format.Superblock;
import io.veneer.thinpool.format.SuperblockFormat;
import io.veneer.tools.check.TreeWalk.Place;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Checks a closed pool: walks everything that its superblock reaches, counts all references for
 * itself, and compares. Uses nothing of the engine but the format and the files, so that a defect
 * there is not repeated here.
 *
 * <p>Whatever the files hold, a check ends and says what it found; what cannot be read ends one
 * path, not the check. A node that many devices share is read once. Memory: about 60 bytes a node,
 * and a bit or four bytes a data block. A call uses one thread; calls are independent.
 */
public final class PoolCheck {
  private final PoolFiles files;
  private final CheckOptions options;
  private final Findings findings;

  private PoolCheck(PoolFiles files, CheckOptions options) {
    this.files = files;
    this.options = options;
    this.findings = new Findings(new Trail(), options.findingsMax());
  }

  /**
   * Checks the pool in a folder, and changes nothing.
   *
   * @param folder the pool's folder
   * @return what was found
   * @throws io.veneer.thinpool.PoolException if there is no pool, or somebody has it open
   */
  public static CheckReport check(Path folder) {
    return check(folder, CheckOptions.standard());
  }

  /**
   * Checks the pool in a folder.
   *
   * @param folder the pool's folder
   * @param options how; the folder is opened for writing only when the mark is to be cleared
   * @return what was found
   * @throws io.veneer.thinpool.PoolException if there is no pool, or somebody has it open
   */
  public static CheckReport check(Path folder, CheckOptions options) {
    try (PoolFiles files = HostPoolFiles.open(folder, !options.clearNeedsCheck())) {
      return run(files, options);
    }
  }

  /**
   * Checks a pool on given files.
   *
   * @param files the files, which nobody writes meanwhile; they stay open
   * @param options how
   * @return what was found
   * @throws io.veneer.thinpool.PoolException if the mark is to be cleared and cannot be written
   */
  public static CheckReport run(PoolFiles files, CheckOptions options) {
    return new PoolCheck(files, options).run();
  }

  private CheckReport run() {
    SuperblockCheck check = new SuperblockCheck(files, findings);
    Superblock superblock = check.find();
    if (superblock == null) {
      return report(CheckStatistics.NONE, check.isNewer(), false, false);
    }
    check.checkFields(superblock);
    CheckStatistics statistics = walk(superblock, check);
    boolean marked = superblock.is(SuperblockFormat.STATE_NEEDS_CHECK);
    boolean cleared = marked && options.clearNeedsCheck() && findings.fatalCount() == 0;
    if (cleared) {
      clearNeedsCheck(superblock);
    }
    return report(statistics, false, marked && !cleared, cleared);
  }

  private CheckReport report(
      CheckStatistics statistics, boolean newer, boolean needsCheck, boolean cleared) {
    return new CheckReport(
        files.location(),
        findings.kept(),
        findings.fatalCount(),
        findings.nonFatalCount(),
        statistics,
        newer,
        needsCheck,
        cleared);
  }

  private CheckStatistics walk(Superblock superblock, SuperblockCheck check) {
    CheckState state = new CheckState(files.metadata(), superblock, findings, options);
    PrivateBlocks privateBlocks = new PrivateBlocks();
    DeviceCheck devices = new DeviceCheck(state, privateBlocks);
    DeviceRecords table = new DeviceRecords(state, devices, false);
    if (walkTable(state, superblock.deviceTableRoot, table)) {
      table.checkTotals();
    }
    findings.trail().rename("superblock (held root)");
    walkTable(state, superblock.heldRoot, new DeviceRecords(state, devices, true));
    findings.trail().rename("superblock");
    check.checkDataFile(superblock, state.incomplete ? superblock.dataHighWater : state.data.end());
    CountsCheck data = new CountsCheck(state, CountedArea.ofData(state, privateBlocks));
    CountsCheck nodes = new CountsCheck(state, CountedArea.ofNodes(state, privateBlocks));
    data.run();
    nodes.run();
    return new CheckStatistics(
        superblock.sequence,
        superblock.transactionId,
        table.devices(),
        table.removing(),
        state.nodes.distinct(),
        state.data.distinct(),
        data.leaked(),
        nodes.leaked(),
        superblock.usedDataBlocks,
        superblock.dataBlocks,
        superblock.nodeBlocks - superblock.usedNodeBlocks);
  }

  /** Walks a device table; false when a part of it cannot be read. */
  private boolean walkTable(CheckState state, long root, DeviceRecords records) {
    if (root == 0) {
      return true;
    }
    TreeWalk walk = new TreeWalk(state, BlockType.TABLE_NODE, records);
    long sequence = state.superblock.sequence;
    return !walk.walk(new Place(root, levelOf(state, root), 0, sequence)).broken;
  }

  /** The height of a device table stands nowhere but in its root. */
  private static int levelOf(CheckState state, long root) {
    if (!state.nodes.contains(root - state.nodesStart())) {
      return 0;
    }
    int level = Short.toUnsignedInt(state.reread(root).getShort(BlockHeaderFormat.LEVEL));
    return Math.min(level, NodeFormat.LEVEL_MAX);
  }

  /** What a commit does, of a transaction that changed nothing but the mark. */
  private void clearNeedsCheck(Superblock superblock) {
    superblock.set(SuperblockFormat.STATE_NEEDS_CHECK, false);
    superblock.sequence++;
    int slot = (int) (superblock.sequence & 1);
    ByteBuffer image = BlockHeaderFormat.newBlock();
    SuperblockFormat.encode(superblock, slot, image);
    files.metadata().write(slot, image);
    files.metadata().force();
  }
}
