// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import io.veneer.driver.meter.Meters;
import io.veneer.driver.socket.ServiceNotices;
import io.veneer.thinpool.PoolException;
import io.veneer.tools.control.ControlServer;
import io.veneer.tools.control.DoorState;
import io.veneer.tools.serve.AttachDoor;
import io.veneer.tools.serve.Door;
import io.veneer.tools.serve.DriverDoor;
import io.veneer.tools.serve.EngineDoor;
import io.veneer.tools.serve.LayerDoor;
import io.veneer.tools.serve.MetricsDoor;
import io.veneer.tools.serve.NbdDoor;
import io.veneer.tools.serve.PoolServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Opens a pool and its doors, and keeps them open until the process is told to end. */
@Command(
    header = "Serve a pool: its devices to programs and the kernel, until it is told to end.",
    description = {
      "Says 'ready' when clients can come; a service manager is told, too. SIGTERM and Ctrl-C end",
      "it in good order. Every veneer command but check, which needs the pool closed, works on it",
      "meanwhile."
    },
    footer = {
      "",
      "Example:",
      "  veneer serve /srv/pool --nbd /run/veneer.sock",
      "  qemu-img info 'nbd+unix:///web?socket=/run/veneer.sock'",
      "Example: containers on a pool, see driver/README.md",
      "  veneer serve /srv/pool --containerd /run/veneer/containerd.sock",
      "Example: over TCP",
      "  veneer serve /srv/pool --nbd-tcp 0.0.0.0:10809 --tls-certificates /etc/pki/veneer"
    })
final class Serve implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "POOL", description = "The pool's folder.")
  private Path folder;

  private final Meters meters = new Meters();

  @Mixin private NbdDoor nbd = new NbdDoor(meters);

  @Mixin private AttachDoor attach = new AttachDoor(meters);

  private final DriverDoor driver = new DriverDoor(attach, () -> this.volumes.options());

  private final LayerDoor layers = new LayerDoor(driver::driver);

  @Mixin
  private EngineDoor engines = new EngineDoor(driver::driver, () -> this.volumes.options(), meters);

  @Mixin private LayerVolumes volumes = new LayerVolumes();

  @Mixin private MetricsDoor metrics = new MetricsDoor(meters);

  private final ServiceNotices notices = new ServiceNotices(System.getenv("NOTIFY_SOCKET"));
  private final Console console;

  Serve(Console console) {
    this.console = console;
  }

  /** All doors; they are opened in this order. First goes on what somebody waits for. */
  private List<Door> doors() {
    return List.of(attach, nbd, driver, layers, engines, metrics);
  }

  @Override
  public Integer call() {
    doors().forEach(Door::check);
    LocalPool.requirePool(folder);
    requireSocketsApart();
    StopRequest stop = StopRequest.listen();
    int exitCode = FailureReport.FAILED;
    try {
      serveUntil(stop);
      exitCode = 0;
    } catch (PoolException e) {
      new FailureReport(console).report(Advice.on(e, folder));
    } finally {
      stop.answer(exitCode);
    }
    return exitCode;
  }

  /** Two servers of one process on one socket would take each other for strangers. */
  private void requireSocketsApart() {
    Set<Path> taken = new HashSet<>();
    taken.add(place(folder.resolve(ControlServer.SOCKET_NAME)));
    for (Door door : doors()) {
      for (Path socket : door.sockets()) {
        if (!taken.add(place(socket))) {
          throw new CommandFailure(
              "this server has the socket already, for veneer commands or another option; take"
                  + " another path: path="
                  + socket);
        }
      }
    }
  }

  /** However it is written; as it is where its folder cannot be looked at, which is told later. */
  private static Path place(Path socket) {
    Path absolute = socket.toAbsolutePath().normalize();
    try {
      return absolute.getParent().toRealPath().resolve(absolute.getFileName());
    } catch (IOException | RuntimeException e) {
      return absolute;
    }
  }

  private void serveUntil(StopRequest stop) {
    try (PoolServer server = PoolServer.start(folder, doors())) {
      console.confirm(readiness(server.state().doors()));
      notices.ready("Serving " + folder);
      stop.await();
      notices.stopping();
    }
  }

  private String readiness(List<DoorState> states) {
    Table table = new Table(2);
    states.forEach(state -> table.row(state.door(), state.address()));
    return "serving " + folder + "\n" + table.render() + "ready";
  }
}
