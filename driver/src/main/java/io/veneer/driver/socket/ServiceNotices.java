// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.socket;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the service manager that started this process how it is: the datagrams of sd_notify(3), one
 * {@code NAME=value} a line, to the socket that {@code NOTIFY_SOCKET} names. Without a manager, and
 * when it does not listen, nothing happens. Threads: any.
 */
public final class ServiceNotices {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceNotices.class);

  private final String socket;

  /**
   * Notices to a service manager.
   *
   * @param notifySocket what the environment variable {@code NOTIFY_SOCKET} holds: an absolute
   *     path, or @ and an abstract name; null or empty for no manager
   */
  public ServiceNotices(String notifySocket) {
    this.socket = notifySocket;
  }

  /**
   * Tells that clients can come.
   *
   * @param status how the process is, for people, in one line
   */
  public void ready(String status) {
    send("READY=1\nSTATUS=" + status.replaceAll("\\R", " ") + "\n");
  }

  /** Tells that the process is about to end. */
  public void stopping() {
    send("STOPPING=1\n");
  }

  private void send(String state) {
    if (socket == null || socket.isEmpty()) {
      return;
    }
    try {
      DatagramCalls.send(socket, state.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      LOG.warn("service manager could not be told: {}", e.getMessage());
    }
  }
}
