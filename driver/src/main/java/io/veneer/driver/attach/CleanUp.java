// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Work on one leftover, on a thread of its own: what is dead may have it wait in the kernel, or for
 * a program, for ever. Who asks for it waits as long as such work takes at the most that does not
 * hang, counted from its beginning, so that nobody waits again for what is known to hang. Any
 * thread may wait.
 */
final class CleanUp {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final Leftover leftover;
  private final long begunNanos = System.nanoTime();
  private final CompletableFuture<Optional<String>> outcome;

  private CleanUp(Leftover leftover, Supplier<Optional<String>> work) {
    this.leftover = leftover;
    this.outcome = CompletableFuture.supplyAsync(work, CleanUp::start);
  }

  /**
   * Begins it.
   *
   * @param work what is to be done; its result is what is left of the leftover
   */
  static CleanUp begin(Leftover leftover, Supplier<Optional<String>> work) {
    return new CleanUp(leftover, work);
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "attach-clean-up");
    thread.setDaemon(true);
    thread.start();
  }

  /** What is left, with what to do; also where it is not known yet, as the work hangs. */
  Optional<String> await() {
    try {
      long leftNanos = PATIENCE_NANOS - (System.nanoTime() - begunNanos);
      return outcome.get(Math.max(0, leftNanos), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return Optional.of(hanging());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of(hanging());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw (Error) e.getCause(); // there are no others
    }
  }

  boolean isOver() {
    return outcome.isDone();
  }

  private String hanging() {
    return "clean-up hangs, do: " + leftover.command();
  }
}
