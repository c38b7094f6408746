// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh.nbd;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.pool.ThinPool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * {@code veneer serve} on a pool that holds the image twice: as a device with blocks of its own,
 * and as the origin of as many snapshots as there will be runs of first writes. One process serves
 * both contenders.
 */
final class VeneerServer implements AutoCloseable {
  private static final String DISK = "disk";
  private static final String ORIGIN = "origin";
  private static final int PIECE_BYTES = 1 << 20;
  private static final int ROOM = 8;

  private final Path pool;
  private final Path socket;
  private ServerProcess process;
  private int snapshotsUsed;

  VeneerServer(Path folder, Path image, int snapshots) {
    this.pool = folder.resolve("pool");
    this.socket = folder.resolve("veneer.sock");
    try (FileChannel file = FileChannel.open(image)) {
      ThinPool.create(pool, PoolOptions.ofSize(ROOM * file.size()));
      try (ThinPool open = ThinPool.open(pool)) {
        copy(file, open, DISK);
        copy(file, open, ORIGIN);
        for (int i = 0; i < snapshots; i++) {
          open.createSnapshot(snapshot(i), ORIGIN);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where the blocks of the pool are. */
  Path dataFile() {
    return pool.resolve("data");
  }

  private static void copy(FileChannel file, ThinPool pool, String name) throws IOException {
    ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES);
    pool.createDevice(name, file.size());
    try (BlockDevice device = pool.openDevice(name)) {
      long offset = 0;
      while (file.read(piece.clear(), offset) > 0) {
        device.write(offset, piece.flip(), false);
        offset += piece.limit();
      }
    }
  }

  private static String snapshot(int number) {
    return "snapshot-" + number;
  }

  private void start() {
    if (process == null) {
      process =
          ServerProcess.start(
              socket, command("serve", pool.toString(), "--nbd", socket.toString()));
    }
  }

  /** This virtual machine's own Java, as the launcher of the {@code veneer} command runs it. */
  private static List<String> command(String... words) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-Djnr.ffi.x86asm.enabled=false"));
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add"))
        .forEach(command::add);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add("io.veneer.tools.command.Veneer");
    command.addAll(List.of(words));
    return command;
  }

  /** A device that shares nothing. */
  Contender device() {
    return new Export("veneer") {
      @Override
      String export() {
        return DISK;
      }
    };
  }

  /**
   * A snapshot that nobody has written to, each time; removed after its run, as other servers'
   * overlays are, so that all of them find the memory that the last run's pages gave back.
   */
  Contender snapshots() {
    return new Export("veneer snapshot") {
      @Override
      String export() {
        return snapshot(snapshotsUsed++);
      }

      @Override
      public void served() {
        String used = snapshot(snapshotsUsed - 1);
        HostProgram.run(command("device", "remove", "--quiet", pool.toString(), used));
      }
    };
  }

  /** A device that shares nothing, as a block device of the kernel. */
  Contender attachedDevice() {
    return new AttachedExport(DISK, () -> DISK, false);
  }

  /** A snapshot that nobody has written to, each time, as a block device of the kernel. */
  Contender attachedSnapshots() {
    return new AttachedExport("snapshot", () -> snapshot(snapshotsUsed++), true);
  }

  @Override
  public void close() {
    if (process != null) {
      process.close();
      process = null;
    }
  }

  private abstract class Export implements Contender {
    private final String name;

    Export(String name) {
      this.name = name;
    }

    abstract String export();

    @Override
    public String name() {
      return name;
    }

    @Override
    public String serve() {
      start();
      return Contender.uri(export(), socket);
    }

    @Override
    public void served() {
      // the process goes on
    }

    @Override
    public void close() {
      VeneerServer.this.close();
    }
  }

  private final class AttachedExport implements Contender {
    private final String name;
    private final Supplier<String> exports;
    private final boolean fresh;
    private String export;
    private String device;

    AttachedExport(String what, Supplier<String> exports, boolean fresh) {
      this.name = "veneer " + what + ", attached";
      this.exports = exports;
      this.fresh = fresh;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public String serve() {
      start();
      if (device == null) {
        export = exports.get();
        device = HostProgram.run(command("attach", "--quiet", pool.toString(), export)).strip();
      }
      return device;
    }

    @Override
    public void served() {
      if (fresh) {
        detach();
      }
    }

    private void detach() {
      if (device != null) {
        HostProgram.run(command("detach", "--quiet", pool.toString(), export));
        device = null;
      }
    }

    @Override
    public void close() {
      if (process != null) {
        detach();
      }
      VeneerServer.this.close();
    }
  }
}
