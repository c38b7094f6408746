// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.control;

import com.google.gson.JsonObject;
import io.veneer.thinpool.PoolException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The types of request that a server answers. Whoever has something to offer over the control
 * socket adds a type here, before clients come; {@link ControlClient#call} asks for it. Threads:
 * any.
 */
public final class ControlRequests {
  private final Map<String, RequestHandler> handlers = new ConcurrentHashMap<>();
  private final List<Runnable> whenApplied = new CopyOnWriteArrayList<>();

  ControlRequests() {}

  /**
   * Adds a type of request that is answered in one piece.
   *
   * <pre>
   * requests.add("attach", arguments -&gt; describe(attachments.attach(arguments.text("name"))));
   * </pre>
   *
   * @param type its name, not taken yet
   * @param handler does the request on the thread of the client that asks, many at once; a {@link
   *     PoolException} or {@link io.veneer.driver.DriverException} that it throws is thrown on the
   *     client's side, too
   */
  public void add(String type, Function<Arguments, JsonObject> handler) {
    addStreaming(type, request -> request.answer(handler.apply(request.arguments())));
  }

  /**
   * Adds a type of request that takes long, and tells how far it is.
   *
   * @param type its name, not taken yet
   * @param handler does the request as in {@link #add}; what it gives its second argument is sent
   *     at once, and {@link ControlClient#call(String, JsonObject, Consumer)} hears of it. If the
   *     client has gone, that throws an {@link UncheckedIOException}, which should end the work
   */
  public void addLong(
      String type, BiFunction<Arguments, Consumer<JsonObject>, JsonObject> handler) {
    addStreaming(
        type,
        request ->
            request.answer(handler.apply(request.arguments(), part -> sendPart(request, part))));
  }

  private static void sendPart(Request request, JsonObject part) {
    try {
      request.part(part, ControlProtocol.nothing());
    } catch (IOException e) {
      throw new UncheckedIOException("client has gone", e);
    }
  }

  /** Adds a type of request whose answer may have several parts, or bytes. */
  void addStreaming(String type, RequestHandler handler) {
    if (handlers.putIfAbsent(type, handler) != null) {
      throw new IllegalArgumentException("request type is there already: " + type);
    }
  }

  /**
   * Adds something to do whenever a client changed the set of devices, their sizes included, before
   * the client is answered.
   *
   * @param action does it, on the thread of that client
   */
  public void whenApplied(Runnable action) {
    whenApplied.add(action);
  }

  void applied() {
    whenApplied.forEach(Runnable::run);
  }

  /**
   * Adds the request for the server's state.
   *
   * @param state tells it
   */
  public void addServerState(Supplier<ServerState> state) {
    add(ServerState.REQUEST, arguments -> state.get().write());
  }

  RequestHandler handler(String type) {
    RequestHandler handler = handlers.get(type);
    if (handler == null) {
      throw PoolException.badRequest(
          "the server of the pool does not do this; use the veneer that serves the pool, and look"
              + " at its options: request="
              + type);
    }
    return handler;
  }
}
