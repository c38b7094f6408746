// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import io.veneer.driver.meter.DeviceMeter;
import io.veneer.driver.nbd.Program;
import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.Requirement;
import io.veneer.thinpool.pool.ThinPool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/**
 * A pool whose devices can be attached, in a folder of its own. Closing unmounts what a test left
 * mounted, detaches everything, and fails if a mount or a loop device is left.
 */
final class AttachedPool implements AutoCloseable {
  static final int MIB = 1 << 20;
  private static final int CAP_SYS_RESOURCE = 24;

  private final Path folder;
  ThinPool pool;
  Attachments attachments;

  private AttachedPool(Path folder) {
    this.folder = folder;
  }

  /** A pool of 4 GiB, or the test is skipped where this machine cannot attach. */
  static AttachedPool in(Path folder) throws IOException {
    return in(folder, PoolOptions.ofSize(4096L * MIB));
  }

  static AttachedPool in(Path folder, PoolOptions options) throws IOException {
    requireKernel();
    AttachedPool made = new AttachedPool(folder.toRealPath());
    ThinPool.create(made.poolFolder(), options);
    made.open();
    return made;
  }

  static void requireKernel() {
    Program.skipUnless(isRoot(), "attaching needs root");
    Program.skipUnless(Files.exists(Path.of("/dev/fuse")), "no /dev/fuse");
    Program.skipUnless(Files.exists(Path.of("/dev/loop-control")), "no loop devices");
  }

  /** For tests of what outlives its server. */
  static void requireKeeping() {
    requireKernel();
    Requirement.skipBelowLinux(6, 9, "keeping what is attached");
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  void open() {
    pool = ThinPool.open(poolFolder());
    openAttachments();
  }

  /** Of a server that keeps nothing. */
  void openAttachments() {
    attachments = Attachments.open(pool, runFolder());
  }

  /** Of a server that keeps what it has attached when it ends. */
  void openKeeping() {
    Optional<Duration> patience = Optional.of(Duration.ofSeconds(60));
    attachments = Attachments.open(pool, runFolder(), new DeviceMeter("attach"), patience);
  }

  Path poolFolder() {
    return folder.resolve("pool");
  }

  Path runFolder() {
    return folder.resolve("run");
  }

  /** A new device, attached. */
  Path attachNew(String name, long sizeBytes) {
    pool.createDevice(name, sizeBytes);
    return attach(name);
  }

  Path attach(String name) {
    return attachments.attach(name, false, Via.AUTO).path();
  }

  /** Mounts a block device on a new folder. */
  Path mount(Path device, String... options) throws IOException, InterruptedException {
    Path point = Files.createTempDirectory(folder, "mount");
    String all = String.join(",", Stream.concat(Stream.of("rw"), Stream.of(options)).toList());
    Program.run("mount", "-o", all, device, point);
    return point;
  }

  static void unmount(Path point) throws IOException, InterruptedException {
    Program.run("umount", point);
  }

  /** As who follows an advice does. */
  static void paste(String command) throws IOException, InterruptedException {
    Program.run("bash", "-c", command);
  }

  /**
   * Grows a mounted ext4 to the size of its device. Where this process may not do that online, it
   * is unmounted meanwhile.
   */
  Path growExt4(Path device, Path point) throws IOException, InterruptedException {
    if (mayResizeOnline()) {
      Program.run("resize2fs", device);
      return point;
    }
    System.out.println("ext4 is grown while it is not mounted: no CAP_SYS_RESOURCE here");
    unmount(point);
    Program.run("e2fsck", "-fy", device);
    Program.run("resize2fs", device);
    return mount(device);
  }

  /** Replays the journal of an ext4 that was cut off; it must be clean then. */
  static void recoverExt4(Path device) throws IOException, InterruptedException {
    Program.run("sh", "-c", "e2fsck -p " + device + "; test $? -le 1");
    Program.run("e2fsck", "-fn", device);
  }

  private static boolean mayResizeOnline() throws IOException {
    String capabilities =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("CapEff:"))
            .findFirst()
            .orElse("CapEff: 0")
            .substring("CapEff:".length())
            .strip();
    return (Long.parseUnsignedLong(capabilities, 16) >>> CAP_SYS_RESOURCE & 1) == 1;
  }

  /** What the host holds for the data file once everything freed is given back. */
  long hostBytes() throws IOException, InterruptedException {
    pool.commit();
    String blocks = Program.run("stat", "-c", "%b", poolFolder().resolve("data"));
    return Long.parseLong(blocks.strip()) * 512;
  }

  static byte[] bytes(int length, int seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /** Reads from a device past everything that is attached. */
  byte[] read(String name, long offset, int length) {
    try (BlockDevice device = pool.openDeviceReadOnly(name)) {
      ByteBuffer bytes = ByteBuffer.allocate(length);
      device.read(offset, bytes);
      return bytes.array();
    }
  }

  /** Mounts and loop devices of this pool and its test. */
  static List<String> remains(Path folder) throws IOException {
    try (Stream<Path> devices = Files.list(Path.of("/sys/block"))) {
      Stream<String> loops =
          devices
              .map(device -> device.resolve("loop").resolve("backing_file"))
              .map(AttachedPool::contentOrNothing)
              .filter(backing -> backing.startsWith(folder.toString()));
      return Stream.concat(loops, KernelMounts.read().pointsBelow(folder).stream()).toList();
    }
  }

  private static String contentOrNothing(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      return "";
    }
  }

  /** Unmounts whatever a failed test left, but for the FUSE files themselves. */
  static void unmountAll(Path folder) throws IOException, InterruptedException {
    for (String point : KernelMounts.read().pointsBelow(folder)) {
      if (!Path.of(point).startsWith(folder.resolve("run"))) {
        Program.run("umount", "-l", point);
      }
    }
  }

  @Override
  public void close() throws IOException {
    try {
      unmountAll(folder);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    attachments.close();
    pool.close();
    List<String> remains = remains(folder);
    if (!remains.isEmpty()) {
      throw new AssertionError("left behind: " + remains);
    }
  }
}
