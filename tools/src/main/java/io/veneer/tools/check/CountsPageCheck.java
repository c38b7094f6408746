// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.check;

import io.veneer.thinpool.format.CountsFormat;
import java.nio.ByteBuffer;

/**
 * Compares counts blocks with the references that were found, and adds up what they count. Leaks
 * are reported as runs of blocks; when a part of the trees could not be read, only as a number,
 * because that part may be what refers to them. One thread.
 */
final class CountsPageCheck {
  private final CheckState state;
  private final CountedArea area;
  private long used;
  private long end;
  private long leaked;
  private long runStart;
  private long runEnd;
  private int runReferences;
  private int runCount;

  CountsPageCheck(CheckState state, CountedArea area) {
    this.state = state;
    this.area = area;
  }

  /** Checks the lowest block of the trail. */
  void check(int page, ByteBuffer image, int usedInIndex) {
    long begin = (long) page * CountsFormat.COUNTS;
    int usedHere = 0;
    for (int at = 0; at < CountsFormat.COUNTS; at++) {
      int count = CountsFormat.count(image, at);
      int found = area.references().get(page, at);
      if (count > 0) {
        usedHere++;
        end = begin + at + 1;
      }
      if (count != found) {
        differ(begin + at, found, count);
      }
      checkPrivate(begin + at, found);
    }
    endRun();
    used += usedHere;
    state.findings.require(
        usedHere == usedInIndex, "counts have wrong number of used blocks", usedHere, usedInIndex);
  }

  /** Checks a page that was never written, so that all its counts are 0. */
  void checkBlank(int page) {
    if (area.references().anyIn(page)) {
      for (int at = 0; at < CountsFormat.COUNTS; at++) {
        int found = area.references().get(page, at);
        if (found > 0) {
          differ((long) page * CountsFormat.COUNTS + at, found, 0);
        }
      }
    }
  }

  private void differ(long block, int found, int count) {
    if (count < found) {
      tooLow(block, found, count);
    } else if (block >= area.totalBlocks()) {
      state.findings.fatal(area.title() + " block beyond the end has a count", block, 0, count);
    } else {
      leak(block, found, count);
    }
  }

  private void tooLow(long block, int found, int count) {
    state.findings.fatal(
        area.title() + " block has fewer references counted than there are", block, found, count);
  }

  private void leak(long block, int found, int count) {
    leaked++;
    if (state.incomplete) {
      return;
    }
    if (block != runEnd || found != runReferences || count != runCount) {
      endRun();
      runStart = block;
      runReferences = found;
      runCount = count;
    }
    runEnd = block + 1;
  }

  private void endRun() {
    if (runEnd > runStart) {
      String blocks =
          runEnd - runStart == 1 ? " block has" : " blocks to " + (runEnd - 1) + " have";
      state.findings.nonFatal(
          area.title() + blocks + " more references counted than there are (leak)",
          runStart,
          runReferences,
          runCount);
    }
    runStart = 0;
    runEnd = 0;
  }

  private void checkPrivate(long block, int found) {
    if (found > 1 && area.privateBlocks().contains((int) block)) {
      state.findings.fatal(
          area.title() + " block is shared, but a device's times say that it is private",
          block,
          1,
          found);
    }
  }

  /** Reports what was only counted. */
  void finish() {
    if (state.incomplete && leaked > 0) {
      state.findings.nonFatal(
          area.title()
              + " blocks have more references counted than were found;"
              + " what could not be read may refer to them",
          -1,
          "",
          leaked + " blocks");
    }
  }

  /** Blocks with a count. */
  long used() {
    return used;
  }

  /** One past the last block with a count. */
  long end() {
    return end;
  }

  long leaked() {
    return leaked;
  }
}
