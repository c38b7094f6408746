// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh.nbd;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Block devices of the kernel that are compared, all of them loop devices over the same image: on a
 * FUSE file of ours, on a plain file (what the loop driver alone costs), and on nbdfuse's file,
 * with nbdkit behind it. For first writes: on a new snapshot of ours each time, and on nbdfuse with
 * a new qcow2 overlay behind it. All with the host's page cache below them and none in between that
 * a job could hit, as fio opens the devices for direct I/O.
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
    Path kit = folder.resolve("nbdkit.sock");
    Path copy = Lineup.copy(image, folder.resolve("nbdkit.raw"));
    List<String> nbdkit = List.of("nbdkit", "-f", "-U", kit.toString(), "file", copy.toString());
    steady.add(
        LoopContender.steady(
            "loop on nbdfuse, nbdkit file", new NbdFuseBehind(folder, kit, nbdkit, () -> {})));
    firstWriters.add(veneer.attachedSnapshots());
    firstWriters.add(overlay(folder, image));
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
