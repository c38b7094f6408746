// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.keep;

import io.veneer.thinpool.PoolException;
import java.nio.file.Path;

/**
 * The keeper is there and does not answer, so it cannot be replaced: it holds what it has. Nothing
 * was changed by the call; what this server has attached is served on.
 */
public final class KeeperStuckException extends PoolException {
  private static final long serialVersionUID = 1L;

  KeeperStuckException(Path keeper, String ifKilled, NoAnswerException cause) {
    super(
        Severity.RETRY,
        "the process that keeps what is attached does not answer; let it go on (kill -CONT "
            + cause.process()
            + ") or end it (kill -KILL "
            + cause.process()
            + "), "
            + ifKilled
            + ": keeper="
            + keeper
            + " pid="
            + cause.process()
            + " cause="
            + cause.getMessage(),
        cause);
  }
}
