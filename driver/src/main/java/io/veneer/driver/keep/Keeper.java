// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.keep;

import io.veneer.driver.keep.FileMessages.Message;
import io.veneer.thinpool.PoolException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server's hold on its keeper. Opening it takes over what an earlier server left there.
 *
 * <p>Any thread may call. A keeper that is gone is replaced when that is noticed, by a call.
 */
public final class Keeper implements AutoCloseable {
  /** The longest that a keeper can be asked to wait for the next server. */
  public static final Duration PATIENCE_MAX = Duration.ofDays(1);

  private static final String SOCKET = "keeper.sock";
  private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);

  private final Path path;
  private final Optional<Duration> patience;
  private final WriteLog log;

  /** The log's memory, for a keeper that comes in the place of one that has gone. */
  private final int logDescriptor;

  private final List<KeptFiles> taken;

  /** What is kept now, by the record. */
  private final Map<Path, KeptFiles> kept = new LinkedHashMap<>();

  private FileMessages socket;

  private Keeper(
      Path path,
      Optional<Duration> patience,
      FileMessages socket,
      int logDescriptor,
      List<KeptFiles> taken)
      throws IOException {
    this.path = path;
    this.patience = patience;
    this.socket = socket;
    this.logDescriptor = logDescriptor;
    this.log = WriteLog.open(logDescriptor, path);
    this.taken = taken;
    taken.forEach(files -> kept.put(files.device().record(), files));
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
      if (!isThere(runFolder)) {
        LOG.warn("the process that kept what was attached has just let go: keeper={}", path);
        return Optional.empty();
      }
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
      return take(KeeperLaunch.start(path, patience), path, Optional.of(patience));
    } catch (IOException e) {
      throw failure("the process that keeps what is attached cannot be used", path, e);
    }
  }

  private static Keeper take(FileMessages socket, Path path, Optional<Duration> patience)
      throws IOException {
    List<KeptFiles> taken = new ArrayList<>();
    try {
      int log = take(socket, patience, taken);
      return new Keeper(path, patience, socket, log, taken);
    } catch (IOException e) {
      taken.forEach(KeptFiles::close);
      socket.close();
      throw e;
    }
  }

  /** The descriptor of the log's memory. */
  private static int take(FileMessages socket, Optional<Duration> patience, List<KeptFiles> taken)
      throws IOException {
    String seconds = patience.map(longest -> " " + longest.toSeconds()).orElse("");
    socket.send(Keeping.TAKE + ProcessHandle.current().pid() + seconds);
    int log = -1;
    for (Message message = next(socket);
        !message.text().equals(Keeping.OK);
        message = next(socket)) {
      int[] files = message.descriptors();
      if (message.text().equals(Keeping.LOG)) {
        log = files[0];
      } else {
        String device = message.text().substring(Keeping.KEEP.length());
        taken.add(new KeptFiles(KeptDevice.decoded(device), files[1], files[0]));
      }
    }
    return log;
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
   * @param files its open files, which stay the caller's, and open until they are dropped
   * @throws PoolException if the keeper is gone, and there can be no other
   */
  public synchronized void keep(KeptFiles files) {
    ask(Keeping.KEEP + files.device().encoded(), files.loop(), files.connection());
    kept.put(files.device().record(), files);
  }

  /**
   * Does not keep an attachment any longer, so that it can be taken back.
   *
   * @param record the file that it is mounted on
   * @throws PoolException if the keeper is gone, and there can be no other
   */
  public synchronized void drop(Path record) {
    kept.remove(record);
    ask(Keeping.DROP + record);
  }

  /**
   * Sees to it that all is kept, by another keeper if this one has ended or was killed.
   *
   * @throws PoolException if there can be no other
   */
  public synchronized void require() {
    ask(Keeping.LOOK);
  }

  /** Ends the keeper with all that it keeps; what this process has open goes on. */
  public synchronized void end() {
    try {
      call(Keeping.END);
    } catch (IOException e) {
      LOG.debug("had ended already: keeper={}", path);
    }
  }

  private void ask(String request, int... descriptors) {
    try {
      call(request, descriptors);
    } catch (IOException e) {
      replace(e);
      try {
        call(request, descriptors);
      } catch (IOException again) {
        throw gone(again);
      }
    }
  }

  private void call(String request, int... descriptors) throws IOException {
    socket.send(request, descriptors);
    next(socket);
  }

  /** Nothing is lost with a keeper as long as there is a server, which has all that it had. */
  private void replace(IOException reason) {
    if (patience.isEmpty()) {
      throw gone(reason);
    }
    socket.close();
    try {
      socket = KeeperLaunch.start(path, patience.get());
      KeepCalls.close(take(socket, patience, new ArrayList<>()));
      call(Keeping.LOG, logDescriptor);
      for (KeptFiles each : kept.values()) {
        call(Keeping.KEEP + each.device().encoded(), each.loop(), each.connection());
      }
      LOG.warn("another process keeps what is attached, the last is gone: {}", reason.getMessage());
    } catch (IOException e) {
      throw gone(e);
    }
  }

  private static PoolException gone(IOException cause) {
    return new PoolException(
        PoolException.Severity.REQUEST,
        "the process that keeps what is attached is gone; serve the pool anew: cause="
            + cause.getMessage(),
        cause);
  }

  /** Lets the keeper wait for the next server. */
  @Override
  public synchronized void close() {
    socket.close();
    KeepCalls.close(logDescriptor);
  }

  private static PoolException failure(String what, Path path, IOException cause) {
    return new PoolException(
        PoolException.Severity.REQUEST,
        what + ": keeper=" + path + " cause=" + cause.getMessage(),
        cause);
  }
}
