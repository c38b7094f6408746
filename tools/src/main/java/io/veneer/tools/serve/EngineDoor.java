// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.serve;

import io.veneer.driver.DriverException;
import io.veneer.driver.StorageDriver;
import io.veneer.driver.containerd.SnapshotterServer;
import io.veneer.driver.docker.GraphdriverServer;
import io.veneer.driver.docker.PoolPlace;
import io.veneer.driver.docker.PoolStatusRows;
import io.veneer.driver.meter.Meters;
import io.veneer.driver.owner.OwnedDriver;
import io.veneer.driver.thin.VolumeOptions;
import io.veneer.thinpool.PoolException;
import io.veneer.tools.control.DoorState;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The layers of a pool for container engines: containerd's snapshotters, Docker's plugins. */
public final class EngineDoor implements Door {
  private static final String CONTAINERD = "containerd";
  private static final String DOCKER = "docker";

  @Option(
      names = "--containerd",
      paramLabel = "[OWNER=]SOCKET",
      converter = EngineSocket.Converter.class,
      description = {
        "Be a snapshotter of containerd on a unix socket. Each containerd on the",
        "pool needs an owner of its own, a short name, and is shown only what it",
        "made. Default: containerd"
      })
  private List<EngineSocket> containerd = new ArrayList<>();

  @Option(
      names = "--docker",
      paramLabel = "[OWNER=]SOCKET",
      converter = EngineSocket.Converter.class,
      description = {
        "Be a storage driver of Docker (up to version 27) on a unix socket,",
        "which Docker looks for as /run/docker/plugins/NAME.sock. Owners as",
        "above. Default: docker"
      })
  private List<EngineSocket> docker = new ArrayList<>();

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  private final Supplier<StorageDriver> driver;
  private final Supplier<VolumeOptions> volumes;
  private final Meters meters;
  private final Deque<Runnable> open = new ArrayDeque<>();
  private final List<Supplier<DoorState>> states = new ArrayList<>();

  /**
   * A door whose options are not set yet.
   *
   * @param driver gives the driver of the served pool, once the door is started
   * @param volumes the volumes of layers without parents
   * @param meters are told of each request
   */
  public EngineDoor(
      Supplier<StorageDriver> driver, Supplier<VolumeOptions> volumes, Meters meters) {
    this.driver = driver;
    this.volumes = volumes;
    this.meters = meters;
  }

  @Override
  public boolean isAsked() {
    return !containerd.isEmpty() || !docker.isEmpty();
  }

  @Override
  public void check() {
    containerd = owned(containerd, CONTAINERD);
    docker = owned(docker, DOCKER);
    Set<String> owners = new HashSet<>();
    List<EngineSocket> all = new ArrayList<>(containerd);
    all.addAll(docker);
    for (EngineSocket socket : all) {
      if (!owners.add(socket.owner())) {
        throw new ParameterException(
            command.commandLine(),
            "two engines cannot both own '"
                + socket.owner()
                + "': they would remove each other's snapshots; write OWNER=SOCKET");
      }
    }
  }

  @Override
  public List<Path> sockets() {
    return Stream.concat(containerd.stream(), docker.stream()).map(EngineSocket::path).toList();
  }

  private static List<EngineSocket> owned(List<EngineSocket> sockets, String owner) {
    return sockets.stream().map(socket -> socket.ownedBy(owner)).toList();
  }

  @Override
  public void start(ServedPool served) {
    try {
      containerd.forEach(this::startContainerd);
      docker.forEach(socket -> startDocker(socket, served));
    } catch (DriverException e) {
      stop();
      throw new PoolException(PoolException.Severity.REQUEST, e.getMessage(), e);
    } catch (RuntimeException e) {
      stop();
      throw e;
    }
  }

  private void startContainerd(EngineSocket socket) {
    SnapshotterServer server =
        SnapshotterServer.start(
            socket.path(),
            new OwnedDriver(driver.get(), socket.owner()),
            meters.ofDoor(CONTAINERD));
    opened(server::close, CONTAINERD, socket, server::connectionCount);
  }

  private void startDocker(EngineSocket socket, ServedPool served) {
    PoolPlace place = place(served);
    GraphdriverServer server =
        GraphdriverServer.start(
            socket.path(),
            new OwnedDriver(driver.get(), socket.owner()),
            () -> PoolStatusRows.of(place, served.pool().status()),
            meters.ofDoor(DOCKER));
    opened(server::close, DOCKER, socket, server::connectionCount);
  }

  private PoolPlace place(ServedPool served) {
    VolumeOptions first = volumes.get();
    String version = EngineDoor.class.getPackage().getImplementationVersion();
    return new PoolPlace(
        served.folder(),
        first.kind().name().toLowerCase(Locale.ROOT),
        first.sizeBytes(),
        version == null ? "unknown" : version);
  }

  private void opened(Runnable close, String door, EngineSocket socket, IntSupplier connections) {
    open.push(close);
    String address = socket.path().toAbsolutePath().normalize().toString();
    states.add(() -> new DoorState(door, address, connections.getAsInt()));
  }

  @Override
  public List<DoorState> states() {
    return states.stream().map(Supplier::get).toList();
  }

  @Override
  public void stop() {
    while (!open.isEmpty()) {
      open.pop().run();
    }
  }
}
