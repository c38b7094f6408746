// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.DeviceInfo;
import io.veneer.thinpool.OutOfDataSpaceException;
import io.veneer.thinpool.file.CrashHistory;
import io.veneer.thinpool.file.CrashState;
import io.veneer.thinpool.file.RecordingPoolFiles;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Opens the pool in states that a crash could have left of a run, and compares each with what was
 * acknowledged.
 */
public final class CrashReplay {
  private final RandomRun run;
  private final CrashHistory history;
  private int states;

  private final Consumer<RecordingPoolFiles> checker;

  CrashReplay(RandomRun run) {
    this(run, files -> {});
  }

  /**
   * A replay of a run that is over.
   *
   * @param run the run
   * @param checker looks at the files of each state, before the pool is opened and after it went on
   */
  public CrashReplay(RandomRun run, Consumer<RecordingPoolFiles> checker) {
    this.run = run;
    this.checker = checker;
    this.history = run.files.history();
  }

  /** What is known at a point of the recording. */
  private static final class Known {
    int begun;
    int committed;
    final Map<SectorHistory, Integer> flushed = new HashMap<>();

    void take(RandomRun.Mark mark) {
      if (!mark.ended()) {
        begun = mark.step();
      }
      if (mark.committed()) {
        committed = mark.step();
      }
      if (mark.flushed() != null) {
        flushed.put(mark.flushed(), mark.step());
      }
    }
  }

  /**
   * Tries points all along the recording.
   *
   * @param randomStatesEach how many random states at each point
   * @return how many states were opened
   */
  public int check(int randomStatesEach) {
    Random random = new Random(run.seed);
    for (int point = 0; point <= history.length(); point += 1 + random.nextInt(12)) {
      Known known = new Known();
      history.notesUntil(point).forEach(note -> known.take((RandomRun.Mark) note));
      if (known.begun > 0) {
        for (CrashState state : history.statesAt(point, run.seed, randomStatesEach)) {
          check(state, known);
        }
      }
    }
    return states;
  }

  private void check(CrashState state, Known known) {
    states++;
    checker.accept(state.open());
    RecordingPoolFiles files = state.open();
    try {
      open(files, known);
      checker.accept(files.reopen());
    } catch (RuntimeException e) {
      throw new IllegalStateException("after a crash: " + state + ": " + e.getMessage(), e);
    }
  }

  private void open(RecordingPoolFiles files, Known known) {
    try (ThinPool pool = ThinPool.open(files, false)) {
      String difference = "no step has these devices";
      Map<String, byte[]> contents = contentsOf(pool);
      for (int step = known.committed; difference != null && step <= known.begun; step++) {
        difference = step < run.devicesAfter.size() ? compare(contents, step, known) : difference;
      }
      if (difference != null) {
        throw new IllegalStateException(difference + " devices=" + contents.keySet());
      }
      if (states % 8 == 0) {
        goOn(pool);
      }
    }
  }

  private static Map<String, byte[]> contentsOf(ThinPool pool) {
    Map<String, byte[]> contents = new TreeMap<>();
    for (DeviceInfo device : pool.devices()) {
      contents.put(device.name(), RandomRun.contentOf(pool, device.name()));
    }
    return contents;
  }

  private String compare(Map<String, byte[]> contents, int step, Known known) {
    Map<String, SectorHistory> devices = run.devicesAfter.get(step);
    if (!devices.keySet().equals(contents.keySet())) {
      return "devices are those of no step";
    }
    for (Map.Entry<String, SectorHistory> device : devices.entrySet()) {
      int flushed = known.flushed.getOrDefault(device.getValue(), 0);
      int acknowledged = Math.max(known.committed, flushed);
      byte[] content = contents.get(device.getKey());
      String difference = device.getValue().differsFromAny(content, acknowledged, known.begun);
      if (difference != null) {
        return "device=" + device.getKey() + " " + difference;
      }
    }
    return null;
  }

  /** The pool must be fit for use: a new device is empty, takes a write, and shows nothing else. */
  private static void goOn(ThinPool pool) {
    try {
      pool.createDevice("after", RandomRun.DEVICE_BYTES);
      SectorHistory model =
          SectorHistory.empty(0, RandomRun.DEVICE_BYTES / SectorHistory.SECTOR_BYTES);
      requireSame(pool, model);
      try (BlockDevice device = pool.openDevice("after")) {
        ByteBuffer sector = ByteBuffer.allocate(SectorHistory.SECTOR_BYTES);
        while (sector.hasRemaining()) {
          sector.putLong(Long.MAX_VALUE);
        }
        device.write(77 * SectorHistory.SECTOR_BYTES, sector.flip(), true);
      }
      model.write(1, 77, Long.MAX_VALUE);
      requireSame(pool, model);
    } catch (OutOfDataSpaceException e) {
      // The pool was full before the crash already.
    }
  }

  private static void requireSame(ThinPool pool, SectorHistory model) {
    String difference = model.differsFromNow(RandomRun.contentOf(pool, "after"));
    if (difference != null) {
      throw new IllegalStateException("new device shows what is not its own: " + difference);
    }
  }
}
