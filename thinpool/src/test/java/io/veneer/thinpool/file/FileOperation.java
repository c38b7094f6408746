// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * One recorded change of a file, or a force.
 *
 * @param file which file
 * @param kind what happened
 * @param offset first byte
 * @param length bytes; of a truncation 0
 * @param bytes what a write wrote, else null
 */
record FileOperation(PoolFile file, Kind kind, long offset, long length, byte[] bytes) {
  /** What a disk keeps whole. */
  static final int SECTOR_BYTES = 512;

  enum PoolFile {
    METADATA,
    DATA
  }

  enum Kind {
    WRITE,
    RESERVE,
    PUNCH,
    TRUNCATE,
    /** Of a range; without a range (length 0) of all. */
    FORCE,
    /** Told its caller that it failed: what was unforced may never become durable. */
    FAILED_FORCE
  }

  long end() {
    return offset + length;
  }

  void applyTo(SparseBytes content) {
    switch (kind) {
      case WRITE -> content.write(offset, ByteBuffer.wrap(bytes));
      case RESERVE -> content.reserve(offset, length);
      case PUNCH -> content.punch(offset, length);
      case TRUNCATE -> content.truncate(offset);
      case FORCE, FAILED_FORCE -> {}
    }
  }

  boolean isForce() {
    return kind == Kind.FORCE || kind == Kind.FAILED_FORCE;
  }

  /** The part of this in a range; empty if there is none. */
  List<FileOperation> inside(long start, long end) {
    long from = Math.max(offset, start);
    long to = Math.min(end(), end);
    return from < to ? List.of(part(from, to)) : List.of();
  }

  /** The parts of this on both sides of a range. */
  List<FileOperation> outside(long start, long end) {
    List<FileOperation> parts = new ArrayList<>(inside(Long.MIN_VALUE, start));
    parts.addAll(inside(end, Long.MAX_VALUE));
    return parts;
  }

  private FileOperation part(long from, long to) {
    if (from == offset && to == end()) {
      return this;
    }
    byte[] partBytes = null;
    if (bytes != null) {
      partBytes = new byte[(int) (to - from)];
      System.arraycopy(bytes, (int) (from - offset), partBytes, 0, partBytes.length);
    }
    return new FileOperation(file, kind, from, to - from, partBytes);
  }

  /** What a power cut may leave of this: its begin, its end, or any of its sectors. */
  List<FileOperation> torn(Random random) {
    int sectors = (int) Math.min(Integer.MAX_VALUE, length / SECTOR_BYTES);
    if (sectors < 2) {
      return List.of(this);
    }
    long cut = offset + (1L + random.nextInt(sectors - 1)) * SECTOR_BYTES;
    return switch (random.nextInt(3)) {
      case 0 -> inside(offset, cut);
      case 1 -> inside(cut, end());
      default -> someSectors(sectors, random);
    };
  }

  private List<FileOperation> someSectors(int sectors, Random random) {
    List<FileOperation> kept = new ArrayList<>();
    for (int sector = 0; sector < Math.min(sectors, 4096); sector++) {
      if (random.nextBoolean()) {
        long start = offset + (long) sector * SECTOR_BYTES;
        kept.add(part(start, Math.min(end(), start + SECTOR_BYTES)));
      }
    }
    return kept;
  }
}
