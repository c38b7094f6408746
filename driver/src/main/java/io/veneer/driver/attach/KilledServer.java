// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import io.veneer.driver.keep.Keeper;
import io.veneer.thinpool.PoolException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server that was killed and cannot end. Where one of its own threads waits for a file system
 * that lies on a device which the server itself serves, the thread cannot be ended before it is
 * answered, and it keeps the connection open on which nobody answers any more; with the connection,
 * the pool's lock and the loop devices. Whoever wants the pool next breaks the circle: where a
 * keeper waits for him, by taking the lock away, and then he answers; else by aborting the
 * connections, so that all that waits for them fails and ends.
 *
 * <p>Stateless; any thread.
 */
public final class KilledServer {
  private static final Logger LOG = LoggerFactory.getLogger(KilledServer.class);
  private static final Pattern HOLDER = Pattern.compile("pid ([0-9]{1,10}) .*", Pattern.DOTALL);

  private KilledServer() {}

  /**
   * Ends the hold of a killed server on its pool, if the holder of a lock is one.
   *
   * @param lockFile the pool's lock file, in which its holder left its process id; beside it are
   *     the pool's other files
   * @param runFolder where that server attached its devices, see {@link Attachments#open}
   * @return whether it was one; the pool's lock is free a moment later
   */
  public static boolean free(Path lockFile, Path runFolder) {
    Optional<KilledProcess> holder = holder(lockFile).filter(KilledProcess::isKilled);
    if (holder.isEmpty()) {
      return false;
    }
    // It may be ending just now.
    Patience patience = new Patience();
    while (holder.get().isKilled() && patience.pause()) {
      continue;
    }
    if (holder.get().isKilled()) {
      end(holder.get(), lockFile, runFolder);
    }
    return true;
  }

  private static void end(KilledProcess holder, Path lockFile, Path runFolder) {
    if (Keeper.isThere(runFolder) && holder.leavesAlone(lockFile.toAbsolutePath().getParent())) {
      LOG.warn("taking over from a killed server that waits for itself: {}", holder);
      replace(lockFile);
      return;
    }
    LOG.warn("aborting what a killed server still serves: {}", holder);
    for (String point : KernelMounts.read().pointsBelow(AttachFolder.in(runFolder).path())) {
      DeviceCalls.abort(point);
    }
  }

  /**
   * Puts another lock file in the place of the one that the killed process has locked. Who is the
   * first to do so has the next file to himself until it is in place; who comes later finds that
   * the holder is not the killed one any more.
   */
  private static void replace(Path lockFile) {
    Path next = lockFile.resolveSibling(lockFile.getFileName() + ".next");
    try (FileChannel channel =
        FileChannel.open(next, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.lock();
      if (holder(lockFile).filter(KilledProcess::isKilled).isPresent()) {
        Files.move(next, lockFile, StandardCopyOption.ATOMIC_MOVE);
      } else {
        Files.deleteIfExists(next);
      }
    } catch (IOException e) {
      throw new PoolException(
          PoolException.Severity.REQUEST, "cannot take over a killed server's lock: " + e, e);
    }
  }

  private static Optional<KilledProcess> holder(Path lockFile) {
    try {
      Matcher text = HOLDER.matcher(Files.readString(lockFile));
      return text.matches()
          ? Optional.of(new KilledProcess(Long.parseLong(text.group(1))))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
