// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.docker;

import com.google.gson.JsonObject;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.meter.RequestMeter;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Carries calls out on workers, answers them, and tells the log and the meter how each ended. Any
 * thread may call; whatever fails, its client is answered and the others go on.
 */
final class PluginWork {
  private static final Logger LOG = LoggerFactory.getLogger(PluginWork.class);

  private final GraphdriverService service;
  private final ExecutorService workers;
  private final RequestMeter meter;
  private final AtomicLong lastRequest = new AtomicLong();

  PluginWork(GraphdriverService service, ExecutorService workers, RequestMeter meter) {
    this.service = service;
    this.workers = workers;
    this.meter = meter;
  }

  /** What a call does, its answer included. */
  @FunctionalInterface
  private interface Task {
    void run() throws IOException;
  }

  /** Carries out a call whose body is complete. */
  void answer(PluginCall call, String body) {
    if (call.path().equals(GraphdriverProtocol.DIFF)) {
      begin(call, body, HttpResponseStatus.INTERNAL_SERVER_ERROR, () -> diff(call, body));
    } else {
      begin(
          call,
          body,
          HttpResponseStatus.OK,
          () -> {
            GraphdriverRequest request = GraphdriverRequest.read(body);
            call.answer(HttpResponseStatus.OK, service.answer(call.path(), request));
          });
    }
  }

  private void diff(PluginCall call, String body) throws IOException {
    GraphdriverRequest request = GraphdriverRequest.read(body);
    service.layers().diff(request.id(), request.parent(), call.reply());
    call.finishTar();
  }

  /** Carries out the call whose body is a tar that is still coming in. */
  void applyDiff(PluginCall call, Map<String, List<String>> query, BodyStream tar) {
    String id = first(query, GraphdriverProtocol.QUERY_ID);
    String parent = first(query, GraphdriverProtocol.QUERY_PARENT);
    begin(
        call,
        id,
        HttpResponseStatus.OK,
        () -> {
          try (tar) {
            long bytes = service.layers().applyDiff(id, parent, tar);
            call.answer(HttpResponseStatus.OK, GraphdriverService.size(bytes));
          }
        });
  }

  private static String first(Map<String, List<String>> query, String name) {
    List<String> values = query.get(name);
    return values == null ? "" : values.get(0);
  }

  /** With the status that a failure is told with; it is always told in the body, too. */
  private void begin(PluginCall call, String about, HttpResponseStatus failed, Task task) {
    try {
      workers.execute(() -> carryOut(call, about, failed, task));
    } catch (RejectedExecutionException e) {
      call.refuseAndClose(HttpResponseStatus.SERVICE_UNAVAILABLE, "the server is stopping");
    }
  }

  private void carryOut(PluginCall call, String about, HttpResponseStatus failed, Task task) {
    long beganNanos = System.nanoTime();
    String outcome = "OK";
    Throwable failure = null;
    try {
      task.run();
    } catch (IOException | RuntimeException | StackOverflowError e) {
      failure = e;
      outcome = e instanceof DriverException known ? known.kind().name() : Kind.IO.name();
      tell(call, failed, e);
    }
    long nanos = System.nanoTime() - beganNanos;
    String name = call.path().substring(call.path().lastIndexOf('.') + 1);
    meter.answered(KnownCalls.named(name), outcome, nanos);
    LOG.atLevel(level(failure))
        .setCause(failure instanceof DriverException ? null : failure)
        .addKeyValue("request", lastRequest.incrementAndGet())
        .addKeyValue("call", name)
        .addKeyValue("about", about.strip())
        .addKeyValue("outcome", outcome)
        .addKeyValue("micros", nanos / 1000)
        .log(failure == null ? "answered" : "refused: " + failure.getMessage());
  }

  private static Level level(Throwable failure) {
    if (failure == null) {
      return Level.DEBUG;
    }
    boolean expected = failure instanceof DriverException known && known.kind() == Kind.NOT_FOUND;
    return expected ? Level.INFO : Level.WARN;
  }

  private static void tell(PluginCall call, HttpResponseStatus failed, Throwable failure) {
    if (call.reply().hasBegun()) {
      call.breakOff();
      return;
    }
    JsonObject error = GraphdriverService.error(message(failure));
    boolean unknown =
        failure instanceof DriverException known && known.kind() == Kind.UNIMPLEMENTED;
    call.answer(
        unknown && !KnownCalls.isKnown(call.path()) ? HttpResponseStatus.NOT_FOUND : failed, error);
  }

  private static String message(Throwable failure) {
    return failure instanceof DriverException
        ? failure.getMessage()
        : "the storage driver failed, its log says more: " + failure;
  }
}
