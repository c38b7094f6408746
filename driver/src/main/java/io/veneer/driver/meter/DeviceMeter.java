// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.meter;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what the clients of a door ask of devices: how often, how many bytes, how long, and how it
 * ended. Counting takes some tens of nanoseconds, waits for nobody, and leaves no garbage but for
 * the first failure of a kind. Any thread.
 */
public final class DeviceMeter {
  /** What may be asked of a device. */
  public enum Call {
    /** Read bytes. */
    READ("Read"),
    /** Write bytes. */
    WRITE("Write"),
    /** Make durable what was written. */
    FLUSH("Flush"),
    /** Give blocks back. */
    DISCARD("Discard"),
    /** Write zeroes. */
    WRITE_ZEROES("WriteZeroes"),
    /** Tell data from holes. */
    EXTENTS("Extents"),
    /** Something else, or what the door does not know. */
    OTHER("Other");

    final String label;

    Call(String label) {
      this.label = label;
    }
  }

  /** Upper bounds, from what memory answers to what a slow disk does. */
  static final long[] BOUNDS_NANOS = {
    3_000,
    10_000,
    30_000,
    100_000,
    300_000,
    1_000_000,
    3_000_000,
    10_000_000,
    30_000_000,
    100_000_000,
    300_000_000,
    TimeUnit.SECONDS.toNanos(1),
    TimeUnit.SECONDS.toNanos(3),
    TimeUnit.SECONDS.toNanos(10),
    TimeUnit.SECONDS.toNanos(30)
  };

  private final String door;
  private final Counts[] counts = new Counts[Call.values().length];

  /**
   * Makes one that nobody looks at; {@link Meters#ofDevices} makes one that is shown.
   *
   * @param door the door's name
   */
  public DeviceMeter(String door) {
    this.door = door;
    for (int i = 0; i < counts.length; i++) {
      counts[i] = new Counts();
    }
  }

  /**
   * Counts a request that was answered, once, when all of it is done.
   *
   * @param call what was asked
   * @param errno 0, or what it failed with, as Linux and NBD number errors
   * @param bytes how many it was about, 0 if that makes no sense
   * @param nanos how long it took, in nanoseconds
   */
  public void answered(Call call, int errno, long bytes, long nanos) {
    Counts of = counts[call.ordinal()];
    of.buckets[bucket(nanos)].increment();
    of.nanos.add(nanos);
    if (errno == 0) {
      of.bytes.add(bytes);
    } else {
      of.failures.computeIfAbsent(errno, number -> new LongAdder()).increment();
    }
  }

  private static int bucket(long nanos) {
    int bucket = 0;
    while (bucket < BOUNDS_NANOS.length && nanos > BOUNDS_NANOS[bucket]) {
      bucket++;
    }
    return bucket;
  }

  String door() {
    return door;
  }

  Counts counts(Call call) {
    return counts[call.ordinal()];
  }

  /** What became of one kind of request. */
  static final class Counts {
    /** By time; the last is for what took longer than all bounds. */
    final LongAdder[] buckets = new LongAdder[BOUNDS_NANOS.length + 1];

    final LongAdder nanos = new LongAdder();

    /** Of requests that succeeded. */
    final LongAdder bytes = new LongAdder();

    /** By error number. */
    final Map<Integer, LongAdder> failures = new ConcurrentHashMap<>();

    private Counts() {
      for (int i = 0; i < buckets.length; i++) {
        buckets[i] = new LongAdder();
      }
    }
  }
}
