// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.thin;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.thinpool.CorruptMetadataException;
import io.veneer.thinpool.DeviceExistsException;
import io.veneer.thinpool.HostSpaceException;
import io.veneer.thinpool.NoSuchDeviceException;
import io.veneer.thinpool.OutOfDataSpaceException;
import io.veneer.thinpool.OutOfMetadataSpaceException;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.ReadOnlyException;
import java.util.function.Supplier;

/** Turns the pool's failures into those of a driver: the one place that knows both. */
final class PoolErrors {
  private PoolErrors() {}

  /** Does something with the pool; what it throws is a {@link DriverException}. */
  static <T> T translated(Supplier<T> work) {
    try {
      return work.get();
    } catch (PoolException e) {
      throw new DriverException(kindOf(e), e.getMessage(), e);
    }
  }

  /** Does something with the pool; what it throws is a {@link DriverException}. */
  static void translated(Runnable work) {
    try {
      work.run();
    } catch (PoolException e) {
      throw new DriverException(kindOf(e), e.getMessage(), e);
    }
  }

  private static Kind kindOf(PoolException e) {
    if (e instanceof NoSuchDeviceException) {
      return Kind.NOT_FOUND;
    }
    if (e instanceof DeviceExistsException) {
      return Kind.ALREADY_EXISTS;
    }
    if (isOutOfSpace(e)) {
      return Kind.RESOURCE_EXHAUSTED;
    }
    if (e instanceof CorruptMetadataException) {
      return Kind.DATA_LOSS;
    }
    if (e instanceof ReadOnlyException) {
      return Kind.FAILED_PRECONDITION;
    }
    return switch (e.severity()) {
      case RETRY -> Kind.UNAVAILABLE;
      case REQUEST -> Kind.INVALID_ARGUMENT;
      case NEEDS_CHECK -> Kind.FAILED_PRECONDITION;
      case FATAL -> Kind.IO;
    };
  }

  private static boolean isOutOfSpace(PoolException e) {
    return e instanceof OutOfDataSpaceException
        || e instanceof OutOfMetadataSpaceException
        || e instanceof HostSpaceException;
  }
}
