// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.keep;

import io.veneer.thinpool.PoolException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server's hold on its keeper. Opening it takes over what an earlier server left there.
 *
 * <p>Any thread may call. A keeper that is gone is replaced when that is noticed, by a call. One
 * that is there and does not answer is not, as it holds what it has: calls fail until it does.
 */
public final class Keeper implements AutoCloseable {
  /** The longest that a keeper can be asked to wait for the next server. */
  public static final Duration PATIENCE_MAX = Duration.ofDays(1);

  private static final String SOCKET = "keeper.sock";
  private static final int REJOIN_ATTEMPTS = 50;
  private static final long REJOIN_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long PREDECESSOR_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);

  private final Path path;
  private final Optional<Duration> patience;
  private final WriteLog log;

  /** The log's memory, for a keeper that comes in the place of one that has gone. */
  private final int logDescriptor;

  private final List<KeptFiles> taken;

  /** What is kept now, by the record. */
  private final Map<Path, KeptFiles> kept = new LinkedHashMap<>();

  /** Of which records the keeper may think otherwise, as it is new or did not answer in time. */
  private final Set<Path> untold = new LinkedHashSet<>();

  private KeeperLine line;

  /** Set when nothing is to be kept by this any more, so that no other is started. */
  private boolean over;

  /** Set when the log's descriptor may be somebody else's. */
  private boolean closed;

  private Keeper(
      Path path,
      Optional<Duration> patience,
      KeeperLine line,
      int logDescriptor,
      List<KeptFiles> taken)
      throws IOException {
    this.path = path;
    this.patience = patience;
    this.line = line;
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
    } catch (NoAnswerException e) {
      return true;
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
   * @throws KeeperStuckException if it does not answer within seconds
   * @throws PoolException if it does not answer as it should
   */
  public static Optional<Keeper> find(Path runFolder, Optional<Duration> patience) {
    Path path = runFolder.resolve(SOCKET);
    try {
      Optional<KeeperLine> line = KeeperLine.connect(path);
      return line.isEmpty() ? Optional.empty() : Optional.of(take(line.get(), path, patience));
    } catch (NoAnswerException e) {
      throw new KeeperStuckException(path, "and what it keeps with it", e);
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

  private static Keeper take(KeeperLine line, Path path, Optional<Duration> patience)
      throws IOException {
    List<KeptFiles> taken = new ArrayList<>();
    try {
      int log = line.take(takeRequest(patience), taken);
      line.predecessor().ifPresent(Keeper::awaitEnd);
      return withLog(path, patience, line, log, taken);
    } catch (IOException e) {
      taken.forEach(KeptFiles::close);
      line.close();
      throw e;
    }
  }

  private static Keeper withLog(
      Path path,
      Optional<Duration> patience,
      KeeperLine line,
      int logDescriptor,
      List<KeptFiles> taken)
      throws IOException {
    try {
      return new Keeper(path, patience, line, logDescriptor, taken);
    } catch (IOException e) {
      KeepCalls.close(logDescriptor);
      throw e;
    }
  }

  /**
   * A server gives its pool up before its process ends, and until then its threads wait for
   * requests of the kernel, which they would take and not answer, after those that it took before
   * were asked for again.
   */
  private static void awaitEnd(ProcessHandle predecessor) {
    long deadline = System.nanoTime() + PREDECESSOR_NANOS;
    while (!Keeping.isGone(predecessor)) {
      if (System.nanoTime() - deadline > 0) {
        LOG.warn(
            "the server before this one does not end, end it (kill -KILL {}), as it may take"
                + " requests that nobody answers then: pid={}",
            predecessor.pid(),
            predecessor.pid());
        return;
      }
      LockSupport.parkNanos(REJOIN_PAUSE_NANOS);
    }
  }

  /** With the process number, which keepers of earlier versions go by. */
  private static String takeRequest(Optional<Duration> patience) {
    String seconds = patience.map(longest -> " " + longest.toSeconds()).orElse("");
    return Keeping.TAKE + ProcessHandle.current().pid() + seconds;
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
   * @throws KeeperStuckException if the keeper does not answer within seconds; it is not kept then
   * @throws PoolException if the keeper is gone, and there can be no other
   */
  public synchronized void keep(KeptFiles files) {
    try {
      keepStill(files);
    } catch (PoolException e) {
      kept.remove(files.device().record());
      throw e;
    }
  }

  /**
   * The same for what goes on whether it is kept or not: a keeper that does not answer now is told
   * when it does.
   *
   * @param files its open files, which stay the caller's, and open until they are dropped
   * @throws PoolException if the keeper was not told
   */
  public synchronized void keepStill(KeptFiles files) {
    kept.put(files.device().record(), files);
    tell(files.device().record());
  }

  /**
   * Does not keep an attachment any longer, whose open files are closed after this. The keeper is
   * told with the next call.
   *
   * @param record the file that it is mounted on
   */
  public synchronized void forget(Path record) {
    if (kept.remove(record) != null) {
      untold.add(record);
    }
  }

  /**
   * Does not keep an attachment any longer, so that it can be taken back.
   *
   * @param record the file that it is mounted on
   * @throws KeeperStuckException if the keeper does not answer within seconds; it stays kept then
   * @throws PoolException if the keeper is gone, and there can be no other
   */
  public synchronized void drop(Path record) {
    KeptFiles dropped = kept.remove(record);
    if (dropped == null && !untold.contains(record)) {
      return; // the keeper never heard of it
    }
    try {
      tell(record);
    } catch (KeeperStuckException e) {
      if (dropped != null) {
        kept.put(record, dropped);
      }
      throw e;
    }
  }

  /**
   * Sees to it that all is kept, by another keeper if this one has ended or was killed.
   *
   * @throws KeeperStuckException if it does not answer within seconds; at once if it did not answer
   *     an earlier call, and has not yet, on a connection that was not lost
   * @throws PoolException if there can be no other, or this was ended or closed
   */
  public synchronized void require() {
    if (over) {
      throw PoolException.badRequest("nothing is kept any more: keeper=" + path);
    }
    try {
      if (untold.isEmpty()) {
        line.ask(Keeping.LOOK);
      }
      tellAll();
    } catch (NoAnswerException e) {
      throw stuck(e);
    } catch (IOException e) {
      recover(e);
    }
  }

  /** Ends the keeper with all that it keeps; what this process has open goes on. */
  public synchronized void end() {
    over = true;
    try {
      line.askLast(Keeping.END);
    } catch (NoAnswerException e) {
      LOG.warn("{}", new KeeperStuckException(path, "as it is not needed", e).getMessage());
    } catch (IOException e) {
      LOG.debug("had ended already: keeper={}", path);
    }
  }

  private void tell(Path record) {
    untold.add(record);
    require();
  }

  private void tellAll() throws IOException {
    for (Path record : List.copyOf(untold)) {
      KeptFiles files = kept.get(record);
      if (files == null) {
        line.ask(Keeping.DROP + record);
      } else {
        line.ask(Keeping.KEEP + files.device().encoded(), files.loop(), files.connection());
      }
      untold.remove(record);
    }
  }

  /**
   * Connects again where only the connection was lost, and else to another keeper. Nothing is lost
   * with one as long as there is a server, which has all that it had.
   */
  private void recover(IOException reason) {
    line.close();
    try {
      if (rejoin()) {
        LOG.warn(
            "connected again to the process that keeps what is attached: {}", reason.getMessage());
      } else {
        startAnother(reason);
        LOG.warn(
            "another process keeps what is attached, the last is gone: {}", reason.getMessage());
      }
    } catch (NoAnswerException e) {
      line.close(); // what it answers later is not to be taken for something else
      throw stuck(e);
    } catch (IOException e) {
      line.close();
      throw gone(e);
    }
  }

  /** False if the keeper is not there. One that is just ending is there for a moment. */
  private boolean rejoin() throws IOException {
    for (int attempt = 1; ; attempt++) {
      Optional<KeeperLine> same = KeeperLine.connect(path);
      if (same.isEmpty()) {
        return false;
      }
      line = same.get();
      try {
        tellAnew();
        return true;
      } catch (NoAnswerException e) {
        throw e;
      } catch (IOException e) {
        line.close();
        if (attempt == REJOIN_ATTEMPTS) {
          throw e;
        }
        LockSupport.parkNanos(REJOIN_PAUSE_NANOS);
      }
    }
  }

  private void startAnother(IOException reason) throws IOException {
    if (patience.isEmpty()) {
      throw gone(reason);
    }
    line = KeeperLaunch.start(path, patience.get());
    tellAnew();
  }

  private void tellAnew() throws IOException {
    List<KeptFiles> had = new ArrayList<>();
    try {
      KeepCalls.close(line.take(takeRequest(patience), had));
    } finally {
      had.forEach(KeptFiles::close);
    }
    untold.clear();
    untold.addAll(kept.keySet());
    had.forEach(files -> untold.add(files.device().record()));
    line.ask(Keeping.LOG, logDescriptor);
    tellAll();
  }

  private KeeperStuckException stuck(NoAnswerException cause) {
    return new KeeperStuckException(path, "then another keeps it", cause);
  }

  private static PoolException gone(IOException cause) {
    return new PoolException(
        PoolException.Severity.REQUEST,
        "the process that keeps what is attached is gone; serve the pool anew: cause="
            + cause.getMessage(),
        cause);
  }

  /** Lets the keeper wait for the next server. Idempotent. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (!over) {
      leave();
    }
    over = true;
    line.close();
    KeepCalls.close(logDescriptor);
  }

  private void leave() {
    try {
      line.askLast(Keeping.LEAVE);
    } catch (IOException e) {
      LOG.debug("left without a word: keeper={} cause={}", path, e.getMessage());
    }
  }

  private static PoolException failure(String what, Path path, IOException cause) {
    return new PoolException(
        PoolException.Severity.REQUEST,
        what + ": keeper=" + path + " cause=" + cause.getMessage(),
        cause);
  }
}
