// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.keep;

import io.veneer.driver.keep.FileMessages.Message;
import io.veneer.thinpool.PoolException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A server's hold on its keeper. Opening it takes over what an earlier server left there.
 *
 * <p>Any thread may call. That the keeper is gone is told once, by {@link #keep}.
 */
public final class Keeper implements AutoCloseable {
  /** The longest that a keeper can be asked to wait for the next server. */
  public static final Duration PATIENCE_MAX = Duration.ofDays(1);

  private static final String SOCKET = "keeper.sock";
  private static final long START_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long START_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private final FileMessages socket;
  private final WriteLog log;
  private final List<KeptFiles> taken;

  private Keeper(FileMessages socket, WriteLog log, List<KeptFiles> taken) {
    this.socket = socket;
    this.log = log;
    this.taken = taken;
  }

  /**
   * Whether a keeper waits for the next server, or serves one.
   *
   * @param runFolder the folder that its server was given
   * @return whether there is one
   */
  public static boolean isThere(Path runFolder) {
    try {
      Optional<FileMessages> found = FileMessages.connect(runFolder.resolve(SOCKET));
      found.ifPresent(FileMessages::close);
      return found.isPresent();
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * The keeper that an earlier server left.
   *
   * @param runFolder the folder that its server was given
   * @param patience how long it shall wait for the server after this one; empty for as long as
   *     before
   * @return its keeper, to be closed; empty if there is none
   * @throws PoolException if it does not answer as it should
   */
  public static Optional<Keeper> find(Path runFolder, Optional<Duration> patience) {
    Path path = runFolder.resolve(SOCKET);
    try {
      Optional<FileMessages> socket = FileMessages.connect(path);
      return socket.isEmpty() ? Optional.empty() : Optional.of(take(socket.get(), path, patience));
    } catch (IOException e) {
      throw failure("what an earlier server kept cannot be taken over", path, e);
    }
  }

  /**
   * A new keeper, a process that goes on when this one ends.
   *
   * @param runFolder a folder for its socket; the same pool always has the same
   * @param patience how long it waits for the next server
   * @return the keeper, to be closed
   * @throws PoolException if it cannot be started
   */
  public static Keeper start(Path runFolder, Duration patience) {
    Path path = runFolder.resolve(SOCKET);
    try {
      if (isThere(runFolder)) {
        throw new IOException("there is one already");
      }
      FileMessages socket = connect(spawn(path, patience), path);
      return take(socket, path, Optional.of(patience));
    } catch (IOException e) {
      throw failure("the process that keeps what is attached cannot be used", path, e);
    }
  }

  private static FileMessages connect(Process process, Path path) throws IOException {
    long deadline = System.nanoTime() + START_NANOS;
    while (true) {
      Optional<FileMessages> socket = FileMessages.connect(path);
      if (socket.isPresent()) {
        return socket.get();
      }
      if (!process.isAlive()) {
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        throw new IOException("it ended: " + said.lines().findFirst().orElse(""));
      }
      if (System.nanoTime() - deadline > 0) {
        process.destroyForcibly();
        throw new IOException("it does not start to listen");
      }
      LockSupport.parkNanos(START_PAUSE_NANOS);
    }
  }

  /** In no folder and with no file of ours, so that it is in nobody's way. */
  private static Process spawn(Path path, Duration patience) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx16m",
            "-Djnr.ffi.x86asm.enabled=false",
            "-cp",
            absolute(System.getProperty("java.class.path")),
            KeeperProcess.class.getName(),
            path.toAbsolutePath().toString(),
            Long.toString(patience.toSeconds()))
        .directory(new File("/"))
        .redirectErrorStream(true)
        .start();
  }

  private static String absolute(String classPath) {
    List<String> entries = new ArrayList<>();
    for (String entry : classPath.split(File.pathSeparator)) {
      entries.add(Path.of(entry).toAbsolutePath().toString());
    }
    return String.join(File.pathSeparator, entries);
  }

  private static Keeper take(FileMessages socket, Path path, Optional<Duration> patience)
      throws IOException {
    String seconds = patience.map(longest -> " " + longest.toSeconds()).orElse("");
    socket.send(Keeping.TAKE + ProcessHandle.current().pid() + seconds);
    List<KeptFiles> taken = new ArrayList<>();
    WriteLog log = null;
    for (Message message = next(socket);
        !message.text().equals(Keeping.OK);
        message = next(socket)) {
      int[] files = message.descriptors();
      if (message.text().equals(Keeping.LOG)) {
        log = WriteLog.open(files[0], path);
        KeepCalls.close(files[0]);
      } else {
        String device = message.text().substring(Keeping.KEEP.length());
        taken.add(new KeptFiles(KeptDevice.decoded(device), files[1], files[0]));
      }
    }
    return new Keeper(socket, log, taken);
  }

  private static Message next(FileMessages socket) throws IOException {
    Message message = socket.receive();
    if (message == null) {
      throw new IOException("keeper has ended");
    }
    return message;
  }

  /**
   * What was written since the last commit. After taking over it is to be repeated before anything
   * is served.
   *
   * @return the log
   */
  public WriteLog log() {
    return log;
  }

  /**
   * What the server before this one left.
   *
   * @return the attachments, whose open files belong to the caller; they stay kept until they are
   *     dropped
   */
  public List<KeptFiles> taken() {
    return taken;
  }

  /**
   * Keeps an attachment from now on.
   *
   * @param files its open files, which stay the caller's
   * @throws PoolException if the keeper is gone
   */
  public void keep(KeptFiles files) {
    call(Keeping.KEEP + files.device().encoded(), files.loop(), files.connection());
  }

  /**
   * Does not keep an attachment any longer, so that it can be taken back.
   *
   * @param record the file that it is mounted on
   */
  public void drop(Path record) {
    call(Keeping.DROP + record);
  }

  /** Ends the keeper with all that it keeps; what this process has open goes on. */
  public void end() {
    call(Keeping.END);
  }

  private synchronized void call(String request, int... descriptors) {
    try {
      socket.send(request, descriptors);
      next(socket);
    } catch (IOException e) {
      throw new PoolException(
          PoolException.Severity.REQUEST,
          "the process that keeps what is attached is gone; serve the pool anew: cause="
              + e.getMessage(),
          e);
    }
  }

  /** Lets the keeper wait for the next server. */
  @Override
  public void close() {
    socket.close();
  }

  private static PoolException failure(String what, Path path, IOException cause) {
    return new PoolException(
        PoolException.Severity.REQUEST,
        what + ": keeper=" + path + " cause=" + cause.getMessage(),
        cause);
  }
}
