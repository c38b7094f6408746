// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.containerd;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.veneer.driver.meter.RequestMeter;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Gives each call a number, and tells the log and the meter how it ended: once for each call, also
 * if its client went away.
 */
final class CallRecorder implements ServerInterceptor {
  private static final Logger LOG = LoggerFactory.getLogger(CallRecorder.class);

  private final RequestMeter meter;
  private final AtomicLong lastRequest = new AtomicLong();

  CallRecorder(RequestMeter meter) {
    this.meter = meter;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    String name = call.getMethodDescriptor().getBareMethodName();
    Recording recording = new Recording(name);
    ServerCall<Q, A> recorded =
        new SimpleForwardingServerCall<>(call) {
          @Override
          public void close(Status status, Metadata trailers) {
            recording.end(status);
            super.close(status, trailers);
          }
        };
    return new SimpleForwardingServerCallListener<>(next.startCall(recorded, headers)) {
      @Override
      public void onMessage(Q message) {
        recording.message = message;
        super.onMessage(message);
      }

      @Override
      public void onCancel() {
        recording.end(Status.CANCELLED);
        super.onCancel();
      }
    };
  }

  /** One call from its first byte to its end. */
  private final class Recording {
    private final String call;
    private final long request = lastRequest.incrementAndGet();
    private final long beganNanos = System.nanoTime();
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile Object message = "";

    Recording(String call) {
      this.call = call;
    }

    void end(Status status) {
      if (!ended.compareAndSet(false, true)) {
        return;
      }
      long nanos = System.nanoTime() - beganNanos;
      meter.answered(call, status.getCode().name(), nanos);
      LOG.atLevel(level(status))
          .setCause(status.getCode() == Status.Code.INTERNAL ? status.getCause() : null)
          .addKeyValue("request", request)
          .addKeyValue("call", call)
          .addKeyValue("key", CallKeys.of(message))
          .addKeyValue("outcome", status.getCode())
          .addKeyValue("micros", nanos / 1000)
          .log(status.isOk() ? "answered" : "refused: " + status.getDescription());
    }
  }

  /** What clients run into every day is for those who look closely. */
  private static Level level(Status status) {
    return switch (status.getCode()) {
      case OK, CANCELLED, NOT_FOUND, ALREADY_EXISTS, DEADLINE_EXCEEDED -> Level.DEBUG;
      case INVALID_ARGUMENT, FAILED_PRECONDITION, UNIMPLEMENTED -> Level.INFO;
      default -> Level.WARN;
    };
  }
}
