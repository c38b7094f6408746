// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.serve;

import io.veneer.driver.attach.KilledServer;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.PoolListener;
import io.veneer.thinpool.PoolLockedException;
import io.veneer.thinpool.PoolMode;
import io.veneer.thinpool.PoolStatus;
import io.veneer.thinpool.pool.ThinPool;
import io.veneer.tools.control.ControlClient;
import io.veneer.tools.control.ControlRequests;
import io.veneer.tools.control.ControlServer;
import io.veneer.tools.control.DoorState;
import io.veneer.tools.control.PoolTurn;
import io.veneer.tools.control.ServerState;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pool that is open with its doors. Doors are opened in the order they are given, then the
 * control socket; they are closed in the opposite order, and the pool last, so that all that came
 * through a door is durable in the end. What a client does never ends the server.
 *
 * <p>One thread starts and closes it; any thread may ask.
 */
public final class PoolServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PoolServer.class);

  /** How long what a killed server held takes to be let go, at the most. */
  private static final long FREED_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final ThinPool pool;
  private final Deque<Door> open = new ArrayDeque<>();
  private List<Door> doors = List.of();
  private ControlServer control;
  private boolean closed;

  private PoolServer(ThinPool pool) {
    this.pool = pool;
  }

  /**
   * Opens a pool and the doors that are asked for.
   *
   * @param folder the pool's folder
   * @param doors all doors there are
   * @return the server, to be closed
   * @throws io.veneer.thinpool.PoolException if the pool or a door cannot be opened; nothing is
   *     left open then
   */
  public static PoolServer start(Path folder, List<Door> doors) {
    Path absolute = folder.toAbsolutePath().normalize();
    PoolServer server = new PoolServer(open(absolute));
    try {
      server.pool.addListener(new LoggingListener());
      server.open(absolute, doors.stream().filter(Door::isAsked).toList());
      return server;
    } catch (RuntimeException | Error e) {
      server.closeAfter(e);
      throw e;
    }
  }

  /**
   * Opens the pool, from a killed server that cannot end if need be; idle until what that one had
   * attached is taken over. A short command may have the pool, as of whoever monitors it when
   * nobody serves it, or a server that is ending: these are waited for. A service manager would not
   * try again. A server that is starting is not, from when it takes clients.
   */
  private static ThinPool open(Path folder) {
    try {
      return ThinPool.openIdle(folder);
    } catch (PoolLockedException e) {
      boolean freed = KilledServer.free(folder.resolve("lock"), folder);
      if (!freed && isServed(folder)) {
        throw e;
      }
      return freed
          ? PoolTurn.awaitFree(FREED_NANOS, () -> false, () -> ThinPool.openIdle(folder))
          : PoolTurn.awaitFree(
              PoolTurn.SERVER_NANOS, () -> isServed(folder), () -> ThinPool.openIdle(folder));
    }
  }

  private static boolean isServed(Path folder) {
    try {
      Optional<ControlClient> server = ControlClient.find(folder);
      server.ifPresent(ControlClient::close);
      return server.isPresent();
    } catch (PoolException e) {
      return true; // by one that cannot be talked to
    }
  }

  private void open(Path folder, List<Door> asked) {
    ControlRequests requests = ControlServer.requests(pool);
    requests.addServerState(this::state);
    ServedPool served = new ServedPool(folder, pool, requests);
    for (Door door : asked) {
      door.start(served);
      open.push(door);
    }
    pool.start();
    doors = asked;
    control = ControlServer.start(folder, requests);
    asked.forEach(Door::allOpen);
  }

  private void closeAfter(Throwable failure) {
    try {
      close();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  /**
   * Tells which addresses are served.
   *
   * @return the states of all doors, in the order in which these were given, and of the control
   *     socket
   */
  public ServerState state() {
    List<DoorState> states = new ArrayList<>();
    doors.forEach(door -> states.addAll(door.states()));
    states.add(
        new DoorState(
            ControlServer.DOOR_NAME, control.path().toString(), control.connectionCount()));
    return new ServerState(ProcessHandle.current().pid(), states);
  }

  /**
   * Closes the doors and then the pool, each whatever becomes of the others. Idempotent.
   *
   * @throws io.veneer.thinpool.PoolException if the pool could not make everything durable
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (control != null) {
      control.close();
    }
    while (!open.isEmpty()) {
      stop(open.pop());
    }
    pool.close();
  }

  private static void stop(Door door) {
    try {
      door.stop();
    } catch (RuntimeException e) {
      LOG.warn("a door did not close cleanly: {}", e.toString());
    }
  }

  /** What an operator must know goes to the log. */
  private static final class LoggingListener implements PoolListener {
    @Override
    public void lowWater(PoolStatus status) {
      LOG.warn(
          "pool runs low: usedDataBytes={} totalDataBytes={} usedMetadataBytes={}"
              + " totalMetadataBytes={}",
          status.usedDataBytes(),
          status.totalDataBytes(),
          status.usedMetadataBytes(),
          status.totalMetadataBytes());
    }

    @Override
    public void modeChanged(PoolMode before, PoolStatus status) {
      LOG.warn(
          "pool changed its mode: before={} now={} needsCheck={}",
          before,
          status.mode(),
          status.needsCheck());
    }
  }
}
