// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What each sector of one device held, step by step: the model against which a device is compared.
 * A sector holds one 64-bit stamp all over, or zeroes, so that a torn one shows.
 */
final class SectorHistory {
  static final int SECTOR_BYTES = 512;

  /** A stamp, and the step that wrote it. */
  private record Version(int step, long stamp) {}

  private final List<List<Version>> sectors = new ArrayList<>();

  private SectorHistory() {}

  /** An empty device, made in a step. */
  static SectorHistory empty(int step, int sectorCount) {
    SectorHistory history = new SectorHistory();
    for (int i = 0; i < sectorCount; i++) {
      history.sectors.add(new ArrayList<>(List.of(new Version(step, 0))));
    }
    return history;
  }

  /** A device with what this one holds now, made in a step. */
  SectorHistory snapshot(int step) {
    SectorHistory copy = new SectorHistory();
    for (int i = 0; i < sectors.size(); i++) {
      copy.sectors.add(new ArrayList<>(List.of(new Version(step, now(i)))));
    }
    return copy;
  }

  void write(int step, int sector, long stamp) {
    sectors.get(sector).add(new Version(step, stamp));
  }

  private long now(int sector) {
    List<Version> versions = sectors.get(sector);
    return versions.get(versions.size() - 1).stamp();
  }

  int sizeBytes() {
    return sectors.size() * SECTOR_BYTES;
  }

  /** Compares with the last version of each sector; null if equal, else what differs. */
  String differsFromNow(byte[] content) {
    for (int i = 0; i < sectors.size(); i++) {
      long found = stampOf(content, i);
      if (found != now(i)) {
        return "sector=" + i + " expected=" + now(i) + " found=" + found;
      }
    }
    return null;
  }

  /**
   * Compares with what a crash may leave: any version that was the last one at some step from the
   * acknowledged one to the one that was running. Null if legal, else what is not.
   */
  String differsFromAny(byte[] content, int acknowledgedStep, int runningStep) {
    for (int i = 0; i < sectors.size(); i++) {
      long found = stampOf(content, i);
      if (!isLegal(sectors.get(i), found, acknowledgedStep, runningStep)) {
        return "sector=" + i + " found=" + found + " versions=" + sectors.get(i);
      }
    }
    return null;
  }

  private static boolean isLegal(
      List<Version> versions, long found, int acknowledged, int running) {
    for (int i = 0; i < versions.size() && versions.get(i).step() <= running; i++) {
      boolean last = i + 1 == versions.size();
      boolean replaced = !last && versions.get(i + 1).step() <= acknowledged;
      if (!replaced && versions.get(i).stamp() == found) {
        return true;
      }
    }
    return false;
  }

  /** The stamp of a sector; -1, which no step writes, if it is torn. */
  private static long stampOf(byte[] content, int sector) {
    ByteBuffer bytes = ByteBuffer.wrap(content, sector * SECTOR_BYTES, SECTOR_BYTES);
    long stamp = bytes.getLong();
    while (bytes.hasRemaining()) {
      if (bytes.getLong() != stamp) {
        return -1;
      }
    }
    return stamp;
  }
}
