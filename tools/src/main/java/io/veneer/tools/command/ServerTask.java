// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import io.veneer.driver.host.ShellWord;
import io.veneer.thinpool.PoolException;
import io.veneer.tools.control.ControlClient;
import io.veneer.tools.control.LiveAttachments;
import io.veneer.tools.control.PoolTurn;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Parameters;

/**
 * A command that only makes sense while a process serves the pool, because what it asks for lasts
 * longer than the command. Nothing is started silently.
 */
abstract class ServerTask implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "POOL", description = "The pool's folder.")
  private Path folder;

  private final Console console;

  ServerTask(Console console) {
    this.console = console;
  }

  /** Refuses arguments that cannot be meant, before the server is asked. */
  void check() {}

  /** Does the work; throws what is to be reported. */
  abstract void run(LiveAttachments attachments);

  @Override
  public final Integer call() {
    check();
    LocalPool.requirePool(folder);
    try (LiveAttachments attachments = new LiveAttachments(client())) {
      run(attachments);
    } catch (PoolException e) {
      throw Advice.on(e, folder);
    }
    return 0;
  }

  private ControlClient client() {
    return PoolTurn.awaitServer(folder, PoolTurn.SHORT_NANOS, () -> ControlClient.find(folder))
        .orElseThrow(this::noServer);
  }

  private CommandFailure noServer() {
    LocalPool.requireNotLocked(folder);
    return new CommandFailure(
        "nobody serves the pool, and an attached device needs a process behind it; start one and"
            + " keep it running, which also takes over or cleans up what a killed one left"
            + " attached: veneer serve "
            + ShellWord.of(folder));
  }

  final Path folder() {
    return folder;
  }

  final Console console() {
    return console;
  }
}
