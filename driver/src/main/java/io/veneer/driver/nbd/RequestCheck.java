// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import static io.veneer.driver.nbd.NbdProtocol.NBD_CMD_FLAG_DF;
import static io.veneer.driver.nbd.NbdProtocol.NBD_CMD_FLAG_FAST_ZERO;
import static io.veneer.driver.nbd.NbdProtocol.NBD_CMD_FLAG_FUA;
import static io.veneer.driver.nbd.NbdProtocol.NBD_CMD_FLAG_NO_HOLE;
import static io.veneer.driver.nbd.NbdProtocol.NBD_CMD_FLAG_REQ_ONE;
import static io.veneer.driver.nbd.NbdProtocol.NBD_EINVAL;
import static io.veneer.driver.nbd.NbdProtocol.NBD_ENOSPC;
import static io.veneer.driver.nbd.NbdProtocol.NBD_ENOTSUP;
import static io.veneer.driver.nbd.NbdProtocol.NBD_EOVERFLOW;
import static io.veneer.driver.nbd.NbdProtocol.NBD_EPERM;
import static io.veneer.driver.nbd.NbdProtocol.NBD_SUCCESS;

/** Tells which error a request earns before anything is done. No state, no garbage. */
final class RequestCheck {
  private RequestCheck() {}

  /** The error, or {@link NbdProtocol#NBD_SUCCESS} for a request that can be done. */
  static int errorOf(Request request, NbdExport export, boolean structured) {
    return switch (request.type) {
      case NbdProtocol.NBD_CMD_READ -> ofRead(request, export, structured);
      case NbdProtocol.NBD_CMD_WRITE, NbdProtocol.NBD_CMD_TRIM ->
          ofChange(request, export, NBD_CMD_FLAG_FUA);
      case NbdProtocol.NBD_CMD_WRITE_ZEROES -> ofWriteZeroes(request, export);
      case NbdProtocol.NBD_CMD_FLUSH -> ofFlush(request);
      case NbdProtocol.NBD_CMD_CACHE -> ofQuery(request, export, NBD_CMD_FLAG_FUA);
      case NbdProtocol.NBD_CMD_BLOCK_STATUS -> ofBlockStatus(request, export);
      default -> NBD_EINVAL;
    };
  }

  private static int ofRead(Request request, NbdExport export, boolean structured) {
    int error = ofQuery(request, export, NBD_CMD_FLAG_FUA | (structured ? NBD_CMD_FLAG_DF : 0));
    if (error == NBD_SUCCESS && request.length > NbdProtocol.PAYLOAD_BYTES_MAX) {
      return request.has(NBD_CMD_FLAG_DF) ? NBD_EOVERFLOW : NBD_EINVAL;
    }
    return error;
  }

  private static int ofWriteZeroes(Request request, NbdExport export) {
    int slow = NBD_CMD_FLAG_NO_HOLE | NBD_CMD_FLAG_FAST_ZERO;
    int error = ofChange(request, export, NBD_CMD_FLAG_FUA | slow);
    if (error != NBD_SUCCESS || !request.has(NBD_CMD_FLAG_FAST_ZERO)) {
      return error;
    }
    // Zeroes that keep their space, or a part of a block, are written; no faster than the client
    // could.
    boolean fast = !request.has(NBD_CMD_FLAG_NO_HOLE) && coversBlock(request, export);
    return fast ? NBD_SUCCESS : NBD_ENOTSUP;
  }

  /** Whether a range has a whole block in it, or nothing at all; the last one may be short. */
  private static boolean coversBlock(Request request, NbdExport export) {
    int blockBytes = export.device().blockSizeBytes();
    long end = request.offset + request.length;
    long firstWhole = (request.offset + blockBytes - 1) / blockBytes * blockBytes;
    long wholeEnd = end == export.sizeBytes() ? end : end / blockBytes * blockBytes;
    return request.length == 0 || firstWhole < wholeEnd;
  }

  private static int ofFlush(Request request) {
    boolean plain = request.offset == 0 && request.length == 0;
    return plain && (request.flags & ~NBD_CMD_FLAG_FUA) == 0 ? NBD_SUCCESS : NBD_EINVAL;
  }

  private static int ofBlockStatus(Request request, NbdExport export) {
    int error = ofQuery(request, export, NBD_CMD_FLAG_FUA | NBD_CMD_FLAG_REQ_ONE);
    return request.length == 0 || export.contexts().isEmpty() ? NBD_EINVAL : error;
  }

  private static int ofQuery(Request request, NbdExport export, int allowedFlags) {
    boolean right = (request.flags & ~allowedFlags) == 0 && isInside(request, export);
    return right ? NBD_SUCCESS : NBD_EINVAL;
  }

  private static int ofChange(Request request, NbdExport export, int allowedFlags) {
    if ((request.flags & ~allowedFlags) != 0) {
      return NBD_EINVAL;
    }
    if (export.readOnly()) {
      return NBD_EPERM;
    }
    int outside = request.needsRoom() ? NBD_ENOSPC : NBD_EINVAL;
    return isInside(request, export) ? NBD_SUCCESS : outside;
  }

  /** Offsets from 2^63 on are negative here, and outside of everything. */
  private static boolean isInside(Request request, NbdExport export) {
    return request.offset >= 0 && request.offset <= export.sizeBytes() - request.length;
  }

  /** What the client is told of an error in words. */
  static String text(Request request, NbdExport export, int error) {
    String what =
        switch (error) {
          case NBD_EPERM -> "export is read-only";
          case NBD_ENOSPC -> "range lies beyond the end of the export";
          case NBD_ENOTSUP ->
              "zeroes that keep their space, or a part of a block, take as long as a write";
          case NBD_EOVERFLOW -> "too long to be sent in one piece";
          default -> "request is not valid";
        };
    return what
        + ": type="
        + request.type
        + " flags="
        + request.flags
        + " offset="
        + Long.toUnsignedString(request.offset)
        + " lengthBytes="
        + request.length
        + " sizeBytes="
        + export.sizeBytes();
  }
}
