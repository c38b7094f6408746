// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import io.veneer.thinpool.HostSpaceException;
import io.veneer.thinpool.OutOfDataSpaceException;
import io.veneer.thinpool.OutOfMetadataSpaceException;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.QuotaExceededException;
import io.veneer.thinpool.ReadOnlyException;
import java.util.regex.Pattern;

/** The one place where failures become the protocol's error numbers. */
final class NbdError {
  /** A field of a message that tells a path on the server, up to the next field. */
  private static final Pattern PLACE = Pattern.compile(" (pool|file|path)=.*?(?= [a-zA-Z_]+=|$)");

  private NbdError() {}

  /** What a client hears of a request that failed, on a device that may have become smaller. */
  static int of(Throwable failure, Request request, long sizeBytes) {
    int error = of(failure);
    boolean isBeyondEnd = request.offset > sizeBytes - request.length;
    return error == NbdProtocol.NBD_EINVAL && isBeyondEnd && request.needsRoom()
        ? NbdProtocol.NBD_ENOSPC
        : error;
  }

  /** What a client hears of a failure. */
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

  /**
   * What a client is told in words; only the pool's own messages are meant for people. Where the
   * pool lies on the server is not the client's to know.
   */
  static String text(Throwable failure) {
    return failure instanceof PoolException && failure.getMessage() != null
        ? PLACE.matcher(failure.getMessage()).replaceAll("")
        : "the server failed; its log says more";
  }
}
