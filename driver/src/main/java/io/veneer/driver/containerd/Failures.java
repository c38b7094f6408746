// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.containerd;

import io.grpc.Status;
import io.veneer.driver.DriverException;

/** Failures in gRPC's codes, as containerd's own error package reads them. */
final class Failures {
  private Failures() {}

  /** What a client is told; the cause stays here, for the log. */
  static Status status(Throwable failure) {
    if (failure instanceof DriverException known) {
      return status(known.kind()).withDescription(known.getMessage()).withCause(known);
    }
    return Status.INTERNAL
        .withDescription("the snapshotter failed, its log says more: " + failure)
        .withCause(failure);
  }

  private static Status status(DriverException.Kind kind) {
    return switch (kind) {
      case NOT_FOUND -> Status.NOT_FOUND;
      case ALREADY_EXISTS -> Status.ALREADY_EXISTS;
      case INVALID_ARGUMENT -> Status.INVALID_ARGUMENT;
      case FAILED_PRECONDITION -> Status.FAILED_PRECONDITION;
      case RESOURCE_EXHAUSTED -> Status.RESOURCE_EXHAUSTED;
      case UNAVAILABLE -> Status.UNAVAILABLE;
      case UNIMPLEMENTED -> Status.UNIMPLEMENTED;
      case DATA_LOSS -> Status.DATA_LOSS;
      case CANCELLED -> Status.CANCELLED;
      case IO -> Status.INTERNAL;
    };
  }
}
