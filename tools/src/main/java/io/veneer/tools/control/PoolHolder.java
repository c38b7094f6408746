// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A process that has a pool and does not answer for it, as far as it is known.
 *
 * @param pid its process id, 0 if that is not known
 * @param serves whether it was started as a server
 */
public record PoolHolder(long pid, boolean serves) {
  private static final Pattern HOLDER = Pattern.compile("pid ([0-9]{1,10}) \\((.*)\\)$");

  /** Flags of a socket that listens, then its state, its inode, and where it was bound. */
  private static final Pattern LISTENING =
      Pattern.compile("00010000 [0-9]{4} [0-9]{2} +[0-9]+ (/.*)/\\.veneer[0-9]+/s$");

  /**
   * The holder that the failure to lock a pool names, or that a pool's files do.
   *
   * @param words what ends with the process id and the command
   * @return the holder, of whom nothing may be known
   */
  public static PoolHolder in(String words) {
    Matcher holder = HOLDER.matcher(words);
    return holder.find()
        ? new PoolHolder(Long.parseLong(holder.group(1)), isServer(holder.group(2)))
        : new PoolHolder(0, false);
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

  /** Whether it is a server that takes no clients just now, but will or will have ended. */
  boolean startsOrEnds(Path pool) {
    return serves && !listensUnseen(pool);
  }

  /**
   * Whether a server takes clients that cannot find it, as somebody removed its socket. The kernel
   * knows sockets by where they were bound, which is in a folder in the pool's that is gone by now.
   */
  private boolean listensUnseen(Path pool) {
    try (Stream<String> sockets = Files.lines(Path.of("/proc/" + pid + "/net/unix"))) {
      return sockets
          .map(LISTENING::matcher)
          .filter(Matcher::find)
          .anyMatch(socket -> isSame(Path.of(socket.group(1)), pool));
    } catch (IOException | RuntimeException e) {
      return false; // it has just ended, or paths are not text
    }
  }

  private static boolean isSame(Path folder, Path pool) {
    try {
      return Files.isSameFile(folder, pool);
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * What to do about it.
   *
   * @param pool the pool's folder
   * @return the advice, for who has waited a moment already
   */
  public String advice(Path pool) {
    if (!serves) {
      return "wait until that process has ended, or end it";
    } else if (startsOrEnds(pool)) {
      return "that is a server that is starting or ending, try again in a moment";
    }
    return "that is a server whose socket "
        + pool.resolve(ControlServer.SOCKET_NAME)
        + " was removed; end it with SIGTERM and start it again";
  }
}
