// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import io.veneer.tools.control.ControlServer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A process that has a pool and does not answer for it, as far as it is known.
 *
 * @param serves whether it was started as a server
 * @param age how long it runs; zero if that cannot be told
 */
record PoolHolder(boolean serves, Duration age) {
  private static final Pattern HOLDER = Pattern.compile("holder=pid ([0-9]{1,10}) \\((.*)\\)");
  private static final Duration STARTING = Duration.ofSeconds(10);

  /** The holder that the failure to lock a pool names. */
  static PoolHolder in(String message) {
    Matcher holder = HOLDER.matcher(message);
    return holder.find()
        ? new PoolHolder(isServer(holder.group(2)), age(Long.parseLong(holder.group(1))))
        : new PoolHolder(false, Duration.ZERO);
  }

  /** The command stands behind the program's name and the options that all commands have. */
  private static boolean isServer(String commandLine) {
    return Arrays.stream(commandLine.split(" "))
        .skip(1)
        .filter(word -> !word.startsWith("-"))
        .findFirst()
        .filter("serve"::equals)
        .isPresent();
  }

  private static Duration age(long pid) {
    return ProcessHandle.of(pid)
        .flatMap(process -> process.info().startInstant())
        .map(start -> Duration.between(start, Instant.now()))
        .orElse(Duration.ZERO);
  }

  /** What to do about it, for who has waited a moment already. */
  String advice(Path pool) {
    if (!serves) {
      return "wait until that process has ended, or end it";
    } else if (age.compareTo(STARTING) < 0) {
      return "that is a server that is starting or ending, try again in a moment";
    }
    return "that is a server which is ending, or whose socket "
        + pool.resolve(ControlServer.SOCKET_NAME)
        + " was removed; if it stays, end it with SIGTERM and start it again";
  }
}
