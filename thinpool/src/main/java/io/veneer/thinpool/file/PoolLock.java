// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.PoolLockedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A held lock on a pool's lock file: exclusive for a writer, shared for readers. The host gives it
 * up when the process ends, however it ends, so a lock is never left behind.
 *
 * <p>A writer leaves its process id and the start of its command in the file, if there is room, for
 * the message that a second opener gets; what a killed writer left there is never taken for a lock.
 * Readers leave nothing, so for them the kernel's list of locks is asked.
 *
 * <p>Of a killed writer that the host cannot end, whose lock therefore stays, the next writer may
 * put another lock file in the place of the locked one. So a lock counts only while its file is the
 * one at the path.
 */
final class PoolLock implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PoolLock.class);
  private static final Path KERNEL_LOCKS = Path.of("/proc/locks");
  private static final int PID_COLUMN = 4;
  private static final int FILE_COLUMN = 5;
  private static final int COMMAND_CHARS_MAX = 80;

  private final HostFile file;
  private final boolean exclusive;

  private PoolLock(HostFile file, boolean exclusive) {
    this.file = file;
    this.exclusive = exclusive;
  }

  /** Locks for writing. The lock file is there. */
  static PoolLock exclusive(Path lockFile) {
    HostFile file = HostFile.open(lockFile, false);
    PoolLock lock = take(file, true);
    lock.writeHolder(holder(ProcessHandle.current().pid(), command()));
    return lock;
  }

  /**
   * Locks for reading. Where there is no lock file that can be opened and locked, reading goes on
   * without: the folder is then a copy, or on a disk that takes no writer either.
   */
  static PoolLock shared(Path lockFile) {
    try {
      return take(HostFile.open(lockFile, true), false);
    } catch (PoolLockedException e) {
      throw e;
    } catch (PoolException e) {
      LOG.info("reading a pool without a lock: file={} reason={}", lockFile, e.getMessage());
      return new PoolLock(null, false);
    }
  }

  private static PoolLock take(HostFile file, boolean exclusive) {
    try {
      if (!file.tryLock(exclusive) || !file.isAtItsPath()) {
        throw new PoolLockedException(
            "pool is in use: pool="
                + file.path().getParent()
                + " holder="
                + holderOf(file.path()).orElse("not known"));
      }
      return new PoolLock(file, exclusive);
    } catch (PoolException e) {
      file.close();
      throw e;
    }
  }

  /**
   * The lock is the kernel's and holds without a word in the file. So a disk that has not even room
   * for that keeps nobody from opening the pool, and removing from it.
   */
  private void writeHolder(String holder) {
    try {
      file.setLength(0);
      if (!holder.isEmpty()) {
        IoVector text = IoVector.ofThisThread();
        text.add(ByteBuffer.wrap(holder.getBytes(StandardCharsets.UTF_8)));
        file.write(text, 0);
      }
    } catch (PoolException e) {
      LOG.info("cannot write who holds a lock: file={} reason={}", file.path(), e.getMessage());
    }
  }

  /** Whether a process that can be seen from here holds a lock on a file; takes none. */
  static boolean isHeld(Path lockFile) {
    return pidFromKernel(lockFile).isPresent();
  }

  /** Which process that can be seen from here holds a lock on a file, as messages name it. */
  static Optional<String> holder(Path lockFile) {
    Optional<Long> pid = pidFromKernel(lockFile);
    return pid.isEmpty() ? Optional.empty() : holderOf(lockFile, pid);
  }

  private static Optional<String> holderOf(Path lockFile) {
    return holderOf(lockFile, pidFromKernel(lockFile));
  }

  private static Optional<String> holderOf(Path lockFile, Optional<Long> pid) {
    String written = read(lockFile).strip();
    if (pid.isEmpty() || written.startsWith("pid " + pid.get() + " ")) {
      return Optional.of(written).filter(text -> !text.isEmpty());
    }
    String command = ProcessHandle.of(pid.get()).flatMap(p -> p.info().command()).orElse("?");
    return Optional.of(holder(pid.get(), command));
  }

  /** Which process holds a lock on the file; empty also when it lives in another pid namespace. */
  private static Optional<Long> pidFromKernel(Path lockFile) {
    try (Stream<String> locks = Files.lines(KERNEL_LOCKS)) {
      String inode = ":" + Files.getAttribute(lockFile, "unix:ino");
      return locks
          .map(line -> line.trim().split("\\s+"))
          .filter(columns -> columns.length > FILE_COLUMN && columns[1].equals("FLOCK"))
          .filter(columns -> columns[FILE_COLUMN].endsWith(inode))
          .map(columns -> Long.valueOf(columns[PID_COLUMN]))
          .filter(pid -> pid > 0)
          .findFirst();
    } catch (IOException | RuntimeException e) {
      LOG.debug("cannot read the kernel's list of locks", e);
      return Optional.empty();
    }
  }

  private static String read(Path lockFile) {
    try {
      return Files.readString(lockFile);
    } catch (IOException e) {
      LOG.debug("cannot read who holds a lock", e);
      return "";
    }
  }

  private static String holder(long pid, String command) {
    int length = Math.min(command.length(), COMMAND_CHARS_MAX);
    return "pid " + pid + " (" + command.substring(0, length) + ")";
  }

  /** What the JVM was told to run: class, or file name of the jar, and arguments. */
  private static String command() {
    String command = System.getProperty("sun.java.command", "java").lines().findFirst().orElse("");
    int end = command.indexOf(' ');
    String program = end < 0 ? command : command.substring(0, end);
    return command.substring(program.lastIndexOf('/') + 1);
  }

  /** Gives the lock up. */
  @Override
  public void close() {
    if (file == null) {
      return;
    }
    try {
      if (exclusive) {
        writeHolder("");
      }
    } finally {
      file.close();
    }
  }
}
