// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import io.veneer.driver.meter.DeviceMeter;
import io.veneer.driver.meter.DeviceMeter.Call;

/**
 * Tells a meter of requests, each once and as what the client asked for, whoever did it and in how
 * many parts. Any thread.
 */
final class RequestCount {
  private final DeviceMeter meter;

  RequestCount(DeviceMeter meter) {
    this.meter = meter;
  }

  /** One is answered; its reply may still be on the way. */
  void done(Request request, long nowNanos) {
    Call call = call(request.asked);
    meter.answered(call, request.error, bytes(request, call), nowNanos - request.beganNanos);
  }

  /** One was answered without being begun. */
  void refused(Request request) {
    meter.answered(call(request.asked), request.error, 0, 0);
  }

  private static Call call(int asked) {
    return switch (asked) {
      case NbdProtocol.NBD_CMD_READ -> Call.READ;
      case NbdProtocol.NBD_CMD_WRITE -> Call.WRITE;
      case NbdProtocol.NBD_CMD_FLUSH -> Call.FLUSH;
      case NbdProtocol.NBD_CMD_TRIM -> Call.DISCARD;
      case NbdProtocol.NBD_CMD_WRITE_ZEROES -> Call.WRITE_ZEROES;
      case NbdProtocol.NBD_CMD_BLOCK_STATUS -> Call.EXTENTS;
      default -> Call.OTHER;
    };
  }

  private static long bytes(Request request, Call call) {
    return call == Call.EXTENTS || call == Call.OTHER ? 0 : request.length;
  }
}
