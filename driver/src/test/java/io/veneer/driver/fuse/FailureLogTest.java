// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.veneer.thinpool.OutOfDataSpaceException;
import io.veneer.thinpool.ReadOnlyException;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Why requests fail is said, and not again for each. */
class FailureLogTest {
  private final Logger logger = Logger.getLogger(FailureLog.class.getName());
  private final Messages said = new Messages();
  private final FailureLog log = new FailureLog();

  @BeforeEach
  void listen() {
    logger.addHandler(said);
  }

  @AfterEach
  void listenNoMore() {
    logger.removeHandler(said);
  }

  @Test
  void eachCauseIsToldOnce() {
    log.tell("disk", FuseProtocol.WRITE, new IllegalStateException("first"));
    log.tell("disk", FuseProtocol.WRITE, new IllegalStateException("second"));
    log.tell("disk", FuseProtocol.WRITE, new IllegalArgumentException("another"));
    new FailureLog().tell("other", FuseProtocol.WRITE, new IllegalStateException("x"));
    assertEquals(
        List.of(
            "requests fail: device=disk operation=write cause=java.lang.IllegalStateException: first",
            "requests fail: device=disk operation=write cause=java.lang.IllegalArgumentException: another",
            "requests fail: device=other operation=write cause=java.lang.IllegalStateException: x"),
        said.messages);
  }

  @Test
  void whatThePoolExplainsNeedsNoClass() {
    log.tell("disk", FuseProtocol.FSYNC, new OutOfDataSpaceException("no space: pool=p"));
    log.tell("disk", 4711, new ReadOnlyException("device takes no writes: name=disk"));
    assertEquals(
        List.of(
            "requests fail: device=disk operation=flush cause=no space: pool=p",
            "requests fail: device=disk operation=4711 cause=device takes no writes: name=disk"),
        said.messages);
  }

  private static final class Messages extends Handler {
    private final List<String> messages = new ArrayList<>();

    @Override
    public void publish(LogRecord record) {
      messages.add(record.getMessage());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
