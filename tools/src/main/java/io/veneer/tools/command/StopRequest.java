// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * The wish of the outside that this process ends (SIGTERM, SIGINT, SIGHUP), and the answer to it.
 * The runtime would end the process with the signal's number whatever becomes of the work; here it
 * waits until the work has ended, and takes its exit code.
 */
final class StopRequest {
  private final CompletableFuture<Void> asked = new CompletableFuture<>();
  private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();
  private final Thread hook = new Thread(this::endProcess, "stop-request");

  private StopRequest() {}

  /** Begins to listen; end it with {@link #answer}. */
  static StopRequest listen() {
    StopRequest request = new StopRequest();
    Runtime.getRuntime().addShutdownHook(request.hook);
    return request;
  }

  private void endProcess() {
    asked.complete(null);
    Runtime.getRuntime().halt(exitCode.join());
  }

  /** Waits until the process is told to end, or this thread is. */
  void await() {
    try {
      asked.get();
    } catch (InterruptedException e) {
      // Asked for, too, by who runs the command on a thread of its own; the work ends as usual.
    } catch (ExecutionException e) {
      throw new IllegalStateException("nobody completes it with a failure", e);
    }
  }

  /** Says that the work has ended, and how; only the first answer counts. */
  void answer(int code) {
    exitCode.complete(code);
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException processIsEnding) {
      // The hook runs, and takes the answer.
    }
  }
}
