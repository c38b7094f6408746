// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.fuse;

import io.veneer.thinpool.HostSpaceException;
import io.veneer.thinpool.OutOfDataSpaceException;
import io.veneer.thinpool.OutOfMetadataSpaceException;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.QuotaExceededException;
import io.veneer.thinpool.ReadOnlyException;
import jnr.constants.platform.Errno;

/** The one place where failures become the errno that the kernel hands on. */
final class FuseErrno {
  static final int EPERM = Errno.EPERM.intValue();
  static final int ENOENT = Errno.ENOENT.intValue();
  static final int EINTR = Errno.EINTR.intValue();
  static final int EIO = Errno.EIO.intValue();
  static final int ENXIO = Errno.ENXIO.intValue();
  static final int EAGAIN = Errno.EAGAIN.intValue();
  static final int ENOMEM = Errno.ENOMEM.intValue();
  static final int EBUSY = Errno.EBUSY.intValue();
  static final int EINVAL = Errno.EINVAL.intValue();
  static final int ENODEV = Errno.ENODEV.intValue();
  static final int EFBIG = Errno.EFBIG.intValue();
  static final int ENOSPC = Errno.ENOSPC.intValue();
  static final int EROFS = Errno.EROFS.intValue();
  static final int ENOSYS = Errno.ENOSYS.intValue();
  static final int EPROTO = Errno.EPROTO.intValue();
  static final int EOPNOTSUPP = Errno.EOPNOTSUPP.intValue();

  private FuseErrno() {}

  /** What the kernel hears of a request that failed; positive. */
  static int of(Throwable failure) {
    if (failure instanceof OutOfDataSpaceException
        || failure instanceof OutOfMetadataSpaceException
        || failure instanceof QuotaExceededException
        || failure instanceof HostSpaceException) {
      return ENOSPC;
    }
    if (failure instanceof ReadOnlyException) {
      return EROFS;
    }
    if (failure instanceof PoolException refused
        && refused.severity() == PoolException.Severity.REQUEST) {
      return EINVAL;
    }
    return failure instanceof OutOfMemoryError ? ENOMEM : EIO;
  }
}
