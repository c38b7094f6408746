// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import io.veneer.thinpool.HostSpaceException;
import io.veneer.thinpool.OutOfDataSpaceException;
import io.veneer.thinpool.OutOfMetadataSpaceException;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.QuotaExceededException;
import io.veneer.thinpool.ReadOnlyException;

/** The one place where failures become the protocol's error numbers. */
final class NbdError {
  private NbdError() {}

  /** What a client hears of a request that failed. */
  static int of(Throwable failure) {
    if (failure instanceof OutOfDataSpaceException
        || failure instanceof OutOfMetadataSpaceException
        || failure instanceof QuotaExceededException
        || failure instanceof HostSpaceException) {
      return NbdProtocol.NBD_ENOSPC;
    }
    if (failure instanceof ReadOnlyException) {
      return NbdProtocol.NBD_EPERM;
    }
    if (failure instanceof PoolException refused
        && refused.severity() == PoolException.Severity.REQUEST) {
      return NbdProtocol.NBD_EINVAL;
    }
    return failure instanceof OutOfMemoryError ? NbdProtocol.NBD_ENOMEM : NbdProtocol.NBD_EIO;
  }

  /** What a client is told in words; only the pool's own messages are meant for people. */
  static String text(Throwable failure) {
    return failure instanceof PoolException && failure.getMessage() != null
        ? failure.getMessage()
        : "the server failed; its log says more";
  }
}
