// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import io.veneer.driver.fuse.FuseOptions;
import io.veneer.driver.meter.DeviceMeter;
import io.veneer.driver.nbd.NbdOptions;
import io.veneer.driver.nbd.NbdServer;
import io.veneer.driver.nbd.PoolExports;
import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.pool.ThinPool;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The two ways from the kernel to a device, and the choice between them.
 *
 * <p>Where the machine can do both, a loop device on a FUSE file is taken: it takes over a new size
 * while it is attached, it is there when the process ends without anything to disconnect, and every
 * line of it is tried on each build. The kernel's NBD client needs a module that many machines do
 * not have loaded, and a program to speak to it.
 *
 * <p>Any thread; the kernel's NBD client is told of one device at a time.
 */
final class Ways implements AutoCloseable {
  private static final Path FUSE = Path.of("/dev/fuse");
  private static final Path LOOP = Path.of("/dev/loop-control");

  private final PoolExports exports;
  private final NbdClient nbd;
  private final AttachFolder folder;
  private final DeviceMeter meter;
  private final boolean kept;

  /** For the kernel alone, from when it is first needed. */
  private NbdServer server;

  Ways(ThinPool pool, NbdClient nbd, AttachFolder folder, DeviceMeter meter, boolean kept) {
    this.exports = new PoolExports(pool, null);
    this.nbd = nbd;
    this.folder = folder;
    this.meter = meter;
    this.kept = kept;
  }

  Via choose(Via asked) {
    if (asked != Via.AUTO) {
      return asked;
    }
    boolean loops = Files.exists(FUSE) && Files.exists(LOOP);
    return !loops && nbd.isThere() ? Via.NBD : Via.LOOP;
  }

  /** Attaches a device, which belongs to the attachment then, and is closed if that fails. */
  Attached attach(BlockDevice device, Via via, Path record, int sectorBytes) {
    return via == Via.NBD
        ? attachNbd(device, record, sectorBytes)
        : LoopAttached.attach(device, record, options(device), sectorBytes);
  }

  /** How a device is served as a FUSE file. */
  FuseOptions options(BlockDevice device) {
    FuseOptions options =
        FuseOptions.of(device.isReadOnly())
            .withWaitingWrites(exports::writesMayWait)
            .withMeter(meter);
    return kept ? options.withMemoryHeld() : options;
  }

  private synchronized Attached attachNbd(BlockDevice device, Path record, int sectorBytes) {
    Path socket = folder.socket();
    try {
      if (server == null) {
        server = NbdServer.start(exports, NbdOptions.builder().socket(socket).meter(meter).build());
      }
      NbdConnection connection =
          nbd.connect(socket, device.name(), device.isReadOnly(), sectorBytes, device.sizeBytes());
      folder.note(record, connection.line());
      return new NbdAttached(nbd, device, connection, sectorBytes);
    } catch (RuntimeException | Error e) {
      device.close();
      throw e;
    }
  }

  @Override
  public synchronized void close() {
    if (server != null) {
      server.close();
    }
  }
}
