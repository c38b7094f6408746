// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.keep;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The keeper's own program: {@code KeeperProcess SOCKET SECONDS}. No other listens at the socket.
 *
 * <p>It does as little as can be, so that there is little that could end it. Open connections to
 * the kernel have the highest numbers, since the kernel closes the files of a killed process from
 * there down: were a loop device closed first, that could wait for an answer that nobody gives.
 */
final class KeeperProcess {
  private KeeperProcess() {}

  /**
   * Runs it.
   *
   * @param arguments the socket's path and the patience in seconds
   * @throws IOException if a client cannot be waited for any more
   */
  public static void main(String[] arguments) throws IOException {
    KeepCalls.leaveTerminal();
    Path socket = Path.of(arguments[0]);
    int log = KeepCalls.memory("veneer-write-log");
    WriteLog.create(log, WriteLog.DEFAULT_BYTES);
    FileMessages listener = FileMessages.listen(socket);
    new Keeping(socket, Long.parseLong(arguments[1]), log).run(listener);
  }
}
