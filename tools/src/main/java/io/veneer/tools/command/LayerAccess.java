// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import com.google.gson.JsonObject;
import io.veneer.driver.host.ShellWord;
import io.veneer.tools.control.ControlClient;
import io.veneer.tools.control.PoolTurn;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The layers and containers of a pool as commands see them, whoever has the pool open. Refusals and
 * failures are {@link io.veneer.thinpool.PoolException}s and {@link
 * io.veneer.driver.DriverException}s. One thread.
 */
interface LayerAccess extends AutoCloseable {
  /** What a command needs of whoever has the pool. */
  enum Need {
    /** Nothing on disk changes. */
    READ,
    /** The pool changes. */
    CHANGE,
    /** The pool changes, and file systems in it are mounted while the command runs. */
    FILES,
    /** Something stays when the command has ended. */
    SERVER
  }

  /**
   * Opens a pool's layers: through the process that serves the pool, or else itself.
   *
   * @throws CommandFailure if there is no pool, or no server where one is needed
   */
  static LayerAccess open(Path folder, Need need) {
    return open(folder, need, PoolTurn.SHORT_NANOS);
  }

  private static LayerAccess open(Path folder, Need need, long patienceNanos) {
    LocalPool.requirePool(folder);
    return need == Need.SERVER
        ? PoolTurn.awaitServer(folder, patienceNanos, () -> served(folder, need))
            .orElseThrow(() -> noServer(folder))
        : PoolTurn.await(
            folder,
            patienceNanos,
            () -> served(folder, need),
            () -> LocalLayers.open(folder, need));
  }

  private static CommandFailure noServer(Path folder) {
    LocalPool.requireNotLocked(folder);
    return new CommandFailure(
        "nobody serves the pool, and what is mounted needs a process behind it; start one and"
            + " keep it running: veneer serve "
            + ShellWord.of(folder));
  }

  private static Optional<LayerAccess> served(Path folder, Need need) {
    return ControlClient.find(folder)
        .map(client -> new ServedLayers(client, () -> open(folder, need, PoolTurn.LONG_NANOS)));
  }

  /** Asks for something; see {@link io.veneer.tools.layers.LayerWords}. */
  JsonObject call(String type, JsonObject arguments, Consumer<JsonObject> parts);

  /** Ends the use of the pool; what was asked for is durable. Idempotent. */
  @Override
  void close();
}
