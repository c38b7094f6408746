// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.check;

import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.format.BlockHeaderFormat;
import io.veneer.thinpool.format.BlockType;
import io.veneer.thinpool.format.DeviceRecord;
import io.veneer.thinpool.format.DeviceRecordFormat;
import io.veneer.thinpool.format.DeviceText;
import io.veneer.tools.check.CheckFinding.Severity;
import io.veneer.tools.check.CheckState.VerifiedBlock;
import java.nio.ByteBuffer;

/**
 * Checks the text of a device: the bytes in its record and in its text blocks, and what they say.
 * One thread.
 */
final class TextCheck {
  private final CheckState state;

  TextCheck(CheckState state) {
    this.state = state;
  }

  /**
   * Reads the text of the record that is the lowest block of the trail, and gives the trail the
   * device's name.
   */
  void check(VerifiedBlock block, DeviceRecord record) {
    try {
      byte[] text = read(block, record.id);
      if (text != null) {
        DeviceText.decode(text, record, state.trail.block());
        checkWords(record);
      }
    } catch (PoolException e) {
      state.findings.failure(Severity.FATAL, e);
    }
  }

  private byte[] read(VerifiedBlock record, int id) {
    ByteBuffer image = record.image();
    long place = state.trail.block();
    byte[] text = new byte[DeviceRecordFormat.textBytes(image, place)];
    long[] blocks = DeviceRecordFormat.textBlocks(image, place);
    int at = Math.min(text.length, DeviceRecordFormat.TEXT_INLINE_BYTES);
    image.get(DeviceRecordFormat.TEXT_AT, text, 0, at);
    requireZeroes(image, DeviceRecordFormat.TEXT_AT + at);
    boolean whole = true;
    for (int i = 0; i < blocks.length; i++) {
      int bytes = Math.min(text.length - at, DeviceRecordFormat.TEXT_BLOCK_BYTES);
      ByteBuffer body = readBlock(blocks[i], new Part(id, i, blocks.length), record);
      if (body != null) {
        body.get(BlockHeaderFormat.LENGTH, text, at, bytes);
      }
      whole &= body != null;
      at += bytes;
    }
    checkTail(blocks, text.length);
    return whole ? text : null;
  }

  /** A text block's place in the text of its device. */
  private record Part(int deviceId, int index, int count) {
    long key() {
      return (long) deviceId << Integer.SIZE | index;
    }
  }

  private ByteBuffer readBlock(long block, Part part, VerifiedBlock record) {
    if (!state.refer(block)) {
      return null;
    }
    NodeSummary known = state.summary(block);
    state.trail.down(BlockType.DEVICE_TEXT.title(), block, 0);
    try {
      if (known != null) {
        return reread(known, block, part);
      }
      NodeSummary summary = new NodeSummary(BlockType.DEVICE_TEXT, 0, part.key());
      state.remember(block, summary);
      VerifiedBlock text = state.read(BlockType.DEVICE_TEXT);
      summary.broken = text == null || !isMeant(text, part, record);
      state.incomplete |= summary.broken;
      return summary.broken ? null : text.image();
    } finally {
      state.trail.up();
    }
  }

  private ByteBuffer reread(NodeSummary known, long block, Part part) {
    boolean same = known.type == BlockType.DEVICE_TEXT && known.key == part.key();
    state.findings.require(
        same,
        "block is used in two ways",
        "part " + part.index() + " of the text of device " + part.deviceId(),
        known.title());
    return same && !known.broken ? state.reread(block) : null;
  }

  private boolean isMeant(VerifiedBlock text, Part part, VerifiedBlock record) {
    BlockHeaderFormat.Header header = text.header();
    Findings findings = state.findings;
    findings.require(header.level() == 0, "device text block has a level", 0, header.level());
    findings.require(
        header.used() == part.count(),
        "device text block has wrong number of parts",
        part.count(),
        header.used());
    findings.require(
        header.sequence() <= record.header().sequence(),
        "written later than what refers to it",
        "at most " + record.header().sequence(),
        header.sequence());
    return findings.require(
            header.key() == part.index(),
            "device text block has wrong key",
            part.index(),
            header.key())
        && findings.require(
            header.deviceId() == part.deviceId(),
            "device text block has wrong device id",
            part.deviceId(),
            header.deviceId());
  }

  private void checkTail(long[] blocks, int textBytes) {
    int beyond = textBytes - DeviceRecordFormat.TEXT_INLINE_BYTES;
    int tail = beyond % DeviceRecordFormat.TEXT_BLOCK_BYTES;
    if (blocks.length == 0 || tail == 0) {
      return;
    }
    long last = blocks[blocks.length - 1];
    boolean readable =
        state.nodes.contains(last - state.nodesStart()) && state.summary(last) != null;
    if (readable && !state.summary(last).broken) {
      requireZeroes(state.reread(last), BlockHeaderFormat.LENGTH + tail);
    }
  }

  private void requireZeroes(ByteBuffer image, int from) {
    int at = from;
    while (at < BlockHeaderFormat.BLOCK_BYTES && image.get(at) == 0) {
      at++;
    }
    state.findings.require(
        at == BlockHeaderFormat.BLOCK_BYTES,
        "bytes behind the device's text are not zero",
        0,
        "offset " + at);
  }

  private void checkWords(DeviceRecord record) {
    boolean named = DeviceText.isName(record.name);
    state.findings.require(
        named, "device's name is none", "1 to 255 bytes", record.name.length() + " characters");
    if (named) {
      state.trail.rename(DeviceRecords.title(record.id, record.name));
    }
    int attributes = DeviceText.attributesBytes(record.attributes);
    state.findings.require(
        attributes <= DeviceText.ATTRIBUTES_BYTES_MAX,
        "device has too many attributes",
        "at most " + DeviceText.ATTRIBUTES_BYTES_MAX,
        attributes);
    int origin = DeviceText.bytes(record.externalOrigin);
    state.findings.require(
        origin <= DeviceText.EXTERNAL_ORIGIN_BYTES_MAX,
        "device's external origin is too long",
        "at most " + DeviceText.EXTERNAL_ORIGIN_BYTES_MAX,
        origin);
  }
}
