// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh.nbd;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Block devices of the kernel that are compared, all of them loop devices over the same image: on a
 * FUSE file of ours, on a plain file (what the loop driver alone costs), and on nbdfuse's file with
 * nbdkit behind it, as losetup makes it and with direct I/O. For first writes: on a new snapshot of
 * ours each time, and on nbdfuse with a new qcow2 overlay behind it.
 *
 * <p>As fio opens the devices for direct I/O, a job can hit the page cache only below them: that of
 * the file that the loop device is on, which with direct I/O is not used either, and ours never is;
 * and that of the server's own file.
 */
final class AttachedLineup implements Lineup {
  private final Path image;
  private final VeneerServer veneer;
  private final List<Contender> steady = new ArrayList<>();
  private final List<Contender> firstWriters = new ArrayList<>();

  /**
   * Puts all files in place and starts nothing.
   *
   * @param snapshots how often first writes will be measured
   */
  AttachedLineup(Path folder, Path image, int snapshots) {
    this.image = image;
    veneer = new VeneerServer(folder, image, snapshots);
    steady.add(veneer.attachedDevice());
    Path plain = Lineup.copy(image, folder.resolve("plain.raw"));
    steady.add(LoopContender.steady("loop on a file", new FileBehind(plain)));
    steady.add(LoopContender.steady("loop on nbdfuse, nbdkit file", nbdkit(folder, "nbdkit")));
    steady.add(
        LoopContender.steadyDirect(
            "direct loop on nbdfuse, nbdkit file", nbdkit(folder, "direct")));
    firstWriters.add(veneer.attachedSnapshots());
    firstWriters.add(overlay(folder, image));
  }

  private LoopContender.Behind nbdkit(Path folder, String name) {
    Path socket = folder.resolve(name + ".sock");
    Path copy = Lineup.copy(image, folder.resolve(name + ".raw"));
    List<String> server = List.of("nbdkit", "-f", "-U", socket.toString(), "file", copy.toString());
    return new NbdFuseBehind(folder, socket, server, () -> {});
  }

  private static Contender overlay(Path folder, Path image) {
    Path socket = folder.resolve("overlay.sock");
    Path file = folder.resolve("overlay.qcow2");
    List<String> create =
        List.of("qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", image.toString());
    List<String> whole = new ArrayList<>(create);
    whole.add(file.toString());
    List<String> server = NbdLineup.qemuCommand(socket, "qcow2", file);
    return LoopContender.fresh(
        "loop on nbdfuse, qcow2 overlay",
        new NbdFuseBehind(folder, socket, server, () -> HostProgram.run(whole)));
  }

  @Override
  public List<Contender> of(FioJob job) {
    return job.kind() == FioJob.Kind.FIRST_WRITE ? firstWriters : steady;
  }

  @Override
  public List<Path> sources() {
    return List.of(image, veneer.dataFile());
  }

  @Override
  public void close() {
    steady.forEach(Contender::close);
    firstWriters.forEach(Contender::close);
    veneer.close();
  }
}
