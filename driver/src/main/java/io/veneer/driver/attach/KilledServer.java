// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server that was killed and cannot end. Where one of its own threads waits for a file system
 * that lies on a device which the server itself serves, the thread cannot be ended before it is
 * answered, and it keeps the connection open on which nobody answers any more; with the connection,
 * the pool's lock and the loop devices. Whoever wants the pool next breaks the circle: when the
 * connections are aborted, all that waits for them fails and ends.
 *
 * <p>Stateless; any thread.
 */
public final class KilledServer {
  private static final Logger LOG = LoggerFactory.getLogger(KilledServer.class);
  private static final Path PROCESSES = Path.of("/proc");
  private static final Pattern HOLDER = Pattern.compile("pid ([0-9]{1,10}) .*", Pattern.DOTALL);

  /** What comes behind the command's name in proc_pid_stat(5) when only threads are left. */
  private static final String ZOMBIE = ") Z ";

  private KilledServer() {}

  /**
   * Aborts what a killed server serves, if the holder of a lock is one.
   *
   * @param lockFile the pool's lock file, in which its holder left its process id
   * @param runFolder where that server attached its devices, see {@link Attachments#open}
   * @return whether it was one; its lock is free a moment later
   */
  public static boolean free(Path lockFile, Path runFolder) {
    OptionalLong pid = holder(lockFile);
    if (pid.isEmpty() || !isKilled(pid.getAsLong())) {
      return false;
    }
    LOG.warn("aborting what a killed server still serves: pid={}", pid.getAsLong());
    for (String point : KernelMounts.read().pointsBelow(AttachFolder.in(runFolder).path())) {
      DeviceCalls.abort(point);
    }
    return true;
  }

  private static OptionalLong holder(Path lockFile) {
    try {
      Matcher text = HOLDER.matcher(Files.readString(lockFile));
      return text.matches() ? OptionalLong.of(Long.parseLong(text.group(1))) : OptionalLong.empty();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  private static boolean isKilled(long pid) {
    try {
      Path stat = PROCESSES.resolve(Long.toString(pid)).resolve("stat");
      return Files.readString(stat, StandardCharsets.ISO_8859_1).contains(ZOMBIE);
    } catch (IOException e) {
      return false; // gone
    }
  }
}
