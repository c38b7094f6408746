// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.fuse;

import io.veneer.driver.meter.DeviceMeter;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/**
 * How a FUSE file is served.
 *
 * @param readOnly whether writes are refused, whatever the device would take
 * @param readers threads that wait for requests while all are quick, 1 to 64; more are started when
 *     requests wait for a disk or for space
 * @param requestsMax reads and direct writes that the kernel has with us at once, 1 to 1024; as
 *     many threads there are at the most, and a few more
 * @param writesMayWait whether a write may now wait for something other than the host's disk, such
 *     as for space in a pool; asked at every write
 * @param meter is told of every request on the device
 * @param memoryHeld whether the memory of requests is taken and held before it is used, 1 MiB for
 *     each thread: the kernel fails a request that it cannot hand over as a killed process gets no
 *     more memory, so this is for who wants to outlive that
 */
public record FuseOptions(
    boolean readOnly,
    int readers,
    int requestsMax,
    BooleanSupplier writesMayWait,
    DeviceMeter meter,
    boolean memoryHeld) {
  static final int PAGES_MAX = FuseRequest.MAX_BYTES / 4096;

  private static final int READERS_MAX = 64;
  private static final int REQUESTS_MAX = 1024;
  private static final int DEFAULT_READERS = 2;
  private static final int DEFAULT_REQUESTS = 128;

  /**
   * Checks the numbers.
   *
   * @param readOnly see above
   * @param readers see above
   * @param requestsMax see above
   * @param writesMayWait see above
   * @param meter see above
   * @param memoryHeld see above
   */
  public FuseOptions {
    Objects.requireNonNull(writesMayWait);
    Objects.requireNonNull(meter);
    if (readers < 1 || readers > READERS_MAX || requestsMax < 1 || requestsMax > REQUESTS_MAX) {
      throw new IllegalArgumentException(
          "out of range: readers=" + readers + " requestsMax=" + requestsMax);
    }
  }

  /**
   * The usual options.
   *
   * @param readOnly whether writes are refused
   * @return options for a device whose writes never wait for space
   */
  public static FuseOptions of(boolean readOnly) {
    DeviceMeter unseen = new DeviceMeter("attach");
    return new FuseOptions(readOnly, DEFAULT_READERS, DEFAULT_REQUESTS, () -> false, unseen, false);
  }

  /**
   * The same, for a device whose writes may wait.
   *
   * @param supplier whether a write may wait now
   * @return changed options
   */
  public FuseOptions withWaitingWrites(BooleanSupplier supplier) {
    return new FuseOptions(readOnly, readers, requestsMax, supplier, meter, memoryHeld);
  }

  /**
   * The same with another number of readers.
   *
   * @param count threads that wait for requests
   * @return changed options
   */
  public FuseOptions withReaders(int count) {
    return new FuseOptions(readOnly, count, requestsMax, writesMayWait, meter, memoryHeld);
  }

  /**
   * The same with a meter that somebody looks at.
   *
   * @param told is told of every request on the device
   * @return changed options
   */
  public FuseOptions withMeter(DeviceMeter told) {
    return new FuseOptions(readOnly, readers, requestsMax, writesMayWait, told, memoryHeld);
  }

  /**
   * The same for a file that is to outlive this process.
   *
   * @return changed options
   */
  public FuseOptions withMemoryHeld() {
    return new FuseOptions(readOnly, readers, requestsMax, writesMayWait, meter, true);
  }
}
