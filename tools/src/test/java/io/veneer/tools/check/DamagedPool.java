// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.check;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.file.RecordingPoolFiles;
import io.veneer.thinpool.format.BlockHeaderFormat;
import io.veneer.thinpool.format.CountsFormat;
import io.veneer.thinpool.format.NodeFormat;
import io.veneer.thinpool.format.PoolGeometry;
import io.veneer.thinpool.format.Superblock;
import io.veneer.thinpool.format.SuperblockFormat;
import io.veneer.tools.check.CheckFinding.Severity;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * A sample pool whose metadata a test changes, with checksums that are right again afterwards, as a
 * defect in the engine or a malicious hand would leave it.
 */
final class DamagedPool {
  static final int BASE = 1;
  static final int WEB = 2;
  static final int DB = 3;

  private final RecordingPoolFiles files = SamplePool.create();

  RecordingPoolFiles files() {
    return files;
  }

  ByteBuffer image(long block) {
    ByteBuffer image = BlockHeaderFormat.newBlock();
    files.metadata().read(block, image);
    return image.clear();
  }

  /** Changes a block and makes its checksum right. */
  DamagedPool change(long block, Consumer<ByteBuffer> change) {
    ByteBuffer image = image(block);
    change.accept(image);
    CRC32C crc = new CRC32C();
    crc.update(image.duplicate().position(BlockHeaderFormat.TYPE));
    image.putInt(BlockHeaderFormat.CHECKSUM, (int) crc.getValue());
    files.metadata().write(block, image.clear());
    files.metadata().force();
    return this;
  }

  DamagedPool putLong(long block, int offset, long value) {
    return change(block, image -> image.putLong(offset, value));
  }

  DamagedPool putInt(long block, int offset, int value) {
    return change(block, image -> image.putInt(offset, value));
  }

  DamagedPool putEntry(long node, int index, long entry) {
    return putLong(node, NodeFormat.entryOffset(index), entry);
  }

  int newestSlot() {
    return sequence(0) > sequence(1) ? 0 : 1;
  }

  private long sequence(int slot) {
    return image(slot).getLong(BlockHeaderFormat.SEQUENCE);
  }

  Superblock superblock() {
    return SuperblockFormat.decode(image(newestSlot()), newestSlot());
  }

  /** Changes the fields of the superblock that counts. */
  DamagedPool changeSuperblock(Consumer<Superblock> change) {
    Superblock superblock = superblock();
    change.accept(superblock);
    ByteBuffer image = BlockHeaderFormat.newBlock();
    SuperblockFormat.encode(superblock, newestSlot(), image);
    files.metadata().write(newestSlot(), image.clear());
    files.metadata().force();
    return this;
  }

  long entry(long node, int index) {
    return image(node).getLong(NodeFormat.entryOffset(index));
  }

  long table() {
    return superblock().deviceTableRoot;
  }

  long record(int id) {
    return entry(table(), id);
  }

  /** The root of a device's mapping tree; of level 1. */
  long root(int id) {
    return image(record(id)).getLong(80);
  }

  long leaf(int id, int index) {
    return entry(root(id), index);
  }

  PoolGeometry geometry() {
    return superblock().geometry();
  }

  /** The index block of the counts of data blocks, or of nodes. */
  long index(boolean nodes) {
    Superblock s = superblock();
    long start = nodes ? geometry().nodeIndexStart() : geometry().dataIndexStart();
    return start + Superblock.slot(nodes ? s.nodeIndexSlots : s.dataIndexSlots, 0) - 1;
  }

  /** The first counts block of data blocks, or of nodes. */
  long counts(boolean nodes) {
    long start = nodes ? geometry().nodeCountsStart() : geometry().dataCountsStart();
    return start + CountsFormat.slot(image(index(nodes)).getShort(CountsFormat.indexOffset(0))) - 1;
  }

  int count(boolean nodes, long block) {
    return CountsFormat.count(image(counts(nodes)), (int) block);
  }

  DamagedPool putCount(boolean nodes, long block, int count) {
    int at = CountsFormat.countOffset((int) block);
    return change(
        counts(nodes),
        image -> image.putShort(at, (short) count).put(at + 2, (byte) (count >> 16)));
  }

  CheckReport check() {
    return PoolCheck.run(files, CheckOptions.standard());
  }

  /** The damage is found, and is fatal. */
  void assertFatal(String... words) {
    CheckReport report = check();
    assertFalse(report.isSound(), report.findings().toString());
    assertFound(report, Severity.FATAL, words);
  }

  /** The damage is found, and nothing fatal is. */
  void assertHarmless(String... words) {
    CheckReport report = check();
    assertTrue(report.isSound(), report.findings().toString());
    assertFound(report, Severity.NON_FATAL, words);
  }

  private static void assertFound(CheckReport report, Severity severity, String... words) {
    boolean found =
        report.findings().stream()
            .filter(finding -> finding.severity() == severity)
            .map(CheckFinding::message)
            .anyMatch(message -> containsAll(message, words));
    assertTrue(found, () -> String.join("...", words) + " is not in " + lines(report));
  }

  private static boolean containsAll(String message, String... words) {
    for (String word : words) {
      if (!message.contains(word)) {
        return false;
      }
    }
    return true;
  }

  private static String lines(CheckReport report) {
    StringBuilder lines = new StringBuilder();
    report.findings().forEach(f -> lines.append('\n').append(f.message()));
    return lines.toString();
  }
}
