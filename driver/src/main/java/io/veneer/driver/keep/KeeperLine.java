// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.keep;

import io.veneer.driver.keep.FileMessages.Message;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A server's connection to its keeper. A request that is not answered in time fails; the next ones
 * fail at once for as long as its answer has not come, so that nobody waits twice and no answer is
 * taken for another's. One thread at a time.
 */
final class KeeperLine implements AutoCloseable {
  private final FileMessages socket;

  /** Whether the answer to an earlier request is still to come. */
  private boolean owed;

  private Optional<ProcessHandle> predecessor = Optional.empty();

  private KeeperLine(FileMessages socket) {
    this.socket = socket;
  }

  /** To the keeper that listens at a path; empty if there is none. */
  static Optional<KeeperLine> connect(Path path) throws IOException {
    return FileMessages.connect(path).map(KeeperLine::new);
  }

  /** Asks for something, and waits until it is done. */
  void ask(String request, int... descriptors) throws IOException {
    awaitOwed();
    socket.send(request, descriptors);
    owed = true;
    next();
    owed = false;
  }

  /** Asks for the last time: also of a keeper that does not answer, which does it when it can. */
  void askLast(String request) throws IOException {
    try {
      awaitOwed();
    } finally {
      socket.send(request);
    }
    next();
  }

  /**
   * Serves the pool from now on.
   *
   * @param request says so
   * @param taken gets what is kept
   * @return the descriptor of the log's memory
   */
  int take(String request, List<KeptFiles> taken) throws IOException {
    socket.send(request);
    int log = -1;
    try {
      for (Message message = next(); !message.text().equals(Keeping.OK); message = next()) {
        int[] files = message.descriptors();
        if (message.text().equals(Keeping.LOG)) {
          log = files[0];
        } else if (message.text().startsWith(Keeping.LEFT)) {
          predecessor = process(message.text().substring(Keeping.LEFT.length()).split(" "));
        } else {
          String device = message.text().substring(Keeping.KEEP.length());
          taken.add(new KeptFiles(KeptDevice.decoded(device), files[1], files[0]));
        }
      }
    } catch (IOException e) {
      if (log >= 0) {
        KeepCalls.close(log);
      }
      throw e;
    }
    return log;
  }

  private static Optional<ProcessHandle> process(String[] numberAndStart) {
    return ProcessHandle.of(Long.parseLong(numberAndStart[0]))
        .filter(each -> Keeping.startMillis(each) == Long.parseLong(numberAndStart[1]));
  }

  /** The server that left before this one took, if its process was still there then. */
  Optional<ProcessHandle> predecessor() {
    return predecessor;
  }

  private void awaitOwed() throws IOException {
    if (owed) {
      requireMessage(socket.receiveNow());
      owed = false;
    }
  }

  private Message next() throws IOException {
    return requireMessage(socket.receive());
  }

  private static Message requireMessage(Message message) throws IOException {
    if (message == null) {
      throw new IOException("keeper has ended");
    }
    return message;
  }

  @Override
  public void close() {
    socket.close();
  }
}
