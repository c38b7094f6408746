// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.fuse;

import io.veneer.driver.fuse.FuseProtocol.FallocateIn;
import io.veneer.driver.fuse.FuseProtocol.Transfer;
import io.veneer.driver.meter.DeviceMeter.Call;

/**
 * What a request of the kernel is to a meter. Asked before it is done, as the reply takes its
 * place.
 */
final class FuseCount {
  private FuseCount() {}

  /** What is asked of the device; null if nothing is. */
  static Call call(FuseRequest request) {
    if (!request.has(FuseProtocol.IN_HEADER_BYTES)) {
      return null;
    }
    return switch (request.opcode()) {
      case FuseProtocol.READ -> Call.READ;
      case FuseProtocol.WRITE -> Call.WRITE;
      case FuseProtocol.FSYNC, FuseProtocol.FLUSH -> Call.FLUSH;
      case FuseProtocol.FALLOCATE -> fallocate(request);
      case FuseProtocol.LSEEK -> Call.EXTENTS;
      default -> null;
    };
  }

  private static Call fallocate(FuseRequest request) {
    return request.has(FallocateIn.END)
            && request.getInt(FallocateIn.MODE) == FuseProtocol.FALLOC_ZERO_RANGE
        ? Call.WRITE_ZEROES
        : Call.DISCARD;
  }

  /** How many bytes it is about. */
  static long bytes(FuseRequest request) {
    if (!request.has(FuseProtocol.IN_HEADER_BYTES)) {
      return 0;
    }
    return switch (request.opcode()) {
      case FuseProtocol.READ, FuseProtocol.WRITE ->
          request.has(Transfer.END) ? request.getInt(Transfer.SIZE) : 0;
      case FuseProtocol.FALLOCATE ->
          request.has(FallocateIn.END) ? request.getLong(FallocateIn.LENGTH) : 0;
      default -> 0;
    };
  }
}
