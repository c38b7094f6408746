// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import io.veneer.thinpool.file.FileOperation.PoolFile;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * All that was done to a pool's files up to some moment, and from it every state that a crash could
 * have left at any point of it. A point is a number of operations: at point 5 the first five had
 * been begun and no other.
 *
 * <p>Going through the points in ascending order costs each operation once; going back starts over.
 * Any thread may call.
 */
public final class CrashHistory {
  private final SparseBytes metadataAtStart;
  private final SparseBytes dataAtStart;
  private final List<FileOperation> operations;
  private final List<Note> notes;

  private CrashReplay replay;

  /**
   * Something that the test noted.
   *
   * @param point how many operations had been begun when it was noted
   * @param what the note
   */
  public record Note(int point, Object what) {}

  CrashHistory(
      SparseBytes metadataAtStart,
      SparseBytes dataAtStart,
      List<FileOperation> operations,
      List<Note> notes) {
    this.metadataAtStart = metadataAtStart;
    this.dataAtStart = dataAtStart;
    this.operations = operations;
    this.notes = notes;
    start();
  }

  private void start() {
    replay = new CrashReplay(metadataAtStart.fork(), dataAtStart.fork());
  }

  /**
   * The last point.
   *
   * @return number of operations
   */
  public int length() {
    return operations.size();
  }

  /**
   * What the test had noted before a point, by {@link RecordingPoolFiles#note}.
   *
   * @param point a point
   * @return the notes in their order
   */
  public List<Object> notesUntil(int point) {
    return notes.stream().filter(note -> note.point() <= point).map(Note::what).toList();
  }

  /**
   * How many operations of a point are not forced.
   *
   * @param point a point
   * @return number of operations
   */
  public synchronized int unforcedAt(int point) {
    return replayTo(point).unforced().size();
  }

  /**
   * The states worth trying at a point: the four special ones where they differ, and random ones.
   *
   * @param point a point
   * @param seed makes the same states again
   * @param randomCount how many random ones
   * @return states; just one where everything is forced
   */
  public synchronized List<CrashState> statesAt(int point, long seed, int randomCount) {
    int unforced = unforcedAt(point);
    List<CrashState> states = new ArrayList<>();
    states.add(new CrashState(this, point, CrashKind.NONE, seed));
    if (unforced > 0) {
      states.add(new CrashState(this, point, CrashKind.ALL, seed));
      for (int i = 0; i < randomCount; i++) {
        states.add(new CrashState(this, point, CrashKind.RANDOM, mix(seed, point, i)));
      }
    }
    if (unforced > 1) {
      states.add(new CrashState(this, point, CrashKind.ALL_BUT_ONE, mix(seed, point, -1)));
      states.add(new CrashState(this, point, CrashKind.PREFIX, mix(seed, point, -2)));
    }
    return states;
  }

  private static long mix(long seed, int point, int index) {
    return (seed * 0x9E37_79B9_7F4A_7C15L + point) * 0x9E37_79B9_7F4A_7C15L + index;
  }

  synchronized RecordingPoolFiles open(CrashState state) {
    CrashReplay at = replayTo(state.point());
    SparseBytes metadata = at.durable(PoolFile.METADATA).fork();
    SparseBytes data = at.durable(PoolFile.DATA).fork();
    for (FileOperation each : pick(at.unforced(), state)) {
      each.applyTo(each.file() == PoolFile.METADATA ? metadata : data);
    }
    return new RecordingPoolFiles(metadata, data, false);
  }

  private CrashReplay replayTo(int point) {
    if (point < replay.point()) {
      start();
    }
    while (replay.point() < point) {
      replay.step(operations.get(replay.point()));
    }
    return replay;
  }

  private static List<FileOperation> pick(List<FileOperation> unforced, CrashState state) {
    Random random = new Random(state.seed());
    int count = unforced.size();
    return switch (state.kind()) {
      case NONE -> List.of();
      case ALL, KILL -> unforced;
      case PREFIX -> unforced.subList(0, random.nextInt(count + 1));
      case ALL_BUT_ONE -> {
        List<FileOperation> picked = new ArrayList<>(unforced);
        if (count > 0) {
          picked.remove(random.nextInt(count));
        }
        yield picked;
      }
      case RANDOM -> pickAny(unforced, random);
    };
  }

  private static List<FileOperation> pickAny(List<FileOperation> unforced, Random random) {
    double keep = new double[] {0.1, 0.5, 0.9}[random.nextInt(3)];
    double tear = new double[] {0.0, 0.3}[random.nextInt(2)];
    List<FileOperation> picked = new ArrayList<>();
    for (FileOperation each : unforced) {
      if (random.nextDouble() < keep) {
        picked.addAll(random.nextDouble() < tear ? each.torn(random) : List.of(each));
      }
    }
    if (random.nextBoolean()) {
      Collections.shuffle(picked, random);
    }
    return picked;
  }
}
