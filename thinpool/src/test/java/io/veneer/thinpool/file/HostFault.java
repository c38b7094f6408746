// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import io.veneer.thinpool.file.FileOperation.Kind;
import io.veneer.thinpool.file.FileOperation.PoolFile;

/** How the host lets an operation fail. */
public enum HostFault {
  /** No room: reservations, and writes to data; metadata is reserved before it is written. */
  NO_SPACE,
  /** The disk is broken: everything, forces too. Nothing of the operation is done. */
  IO_ERROR,
  /** A write is done in part, up to some sector, and then the disk is broken. */
  SHORT_WRITE;

  boolean canHappenTo(PoolFile file, Kind kind) {
    return switch (this) {
      case NO_SPACE -> kind == Kind.RESERVE || kind == Kind.WRITE && file == PoolFile.DATA;
      case IO_ERROR -> true;
      case SHORT_WRITE -> kind == Kind.WRITE;
    };
  }
}
