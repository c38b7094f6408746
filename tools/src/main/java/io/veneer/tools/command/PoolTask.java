// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import io.veneer.thinpool.PoolException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Parameters;

/**
 * A command on one pool: opens it, does its work, closes it, and gives refusals of the pool their
 * advice. The pool is closed before the exit code is known, so 0 means that the work is durable.
 */
abstract class PoolTask implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "POOL", description = "The pool's folder.")
  private Path folder;

  private final Console console;
  private final PoolAccess.Purpose purpose;

  PoolTask(Console console, PoolAccess.Purpose purpose) {
    this.console = console;
    this.purpose = purpose;
  }

  /** Refuses arguments that cannot be meant, before the pool is opened. */
  void check() {}

  /** Does the work; throws what is to be reported. */
  abstract void run(PoolAccess pool) throws Exception;

  @Override
  public final Integer call() throws Exception {
    check();
    try (PoolAccess pool = PoolAccess.open(folder, purpose)) {
      run(pool);
    } catch (PoolException e) {
      throw Advice.on(e, folder);
    }
    return 0;
  }

  final Path folder() {
    return folder;
  }

  final Console console() {
    return console;
  }
}
