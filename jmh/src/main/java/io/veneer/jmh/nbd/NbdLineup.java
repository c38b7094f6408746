// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh.nbd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The servers that are compared, each with the same image: a raw file, memory, qcow2 with and
 * without extended L2 entries (32 pieces of a cluster with a state each), and a pool. For first
 * writes: an overlay on the raw file, or a snapshot. All with the caching they have by default,
 * which is the host's page cache, written back when the client flushes.
 */
final class NbdLineup implements Lineup {
  private static final String EXTENDED = "extended_l2=on,cluster_size=128k";

  private final Path folder;
  private final Path image;
  private final VeneerServer veneer;
  private final List<Contender> steady = new ArrayList<>();
  private final List<Contender> firstWriters = new ArrayList<>();

  /**
   * Puts all files in place and starts nothing.
   *
   * @param snapshots how often first writes will be measured
   */
  NbdLineup(Path folder, Path image, int snapshots) {
    this.folder = folder;
    this.image = image;
    this.veneer = new VeneerServer(folder, image, snapshots);
    steady.add(veneer.device());
    steady.add(nbdkit("nbdkit file", "file", copyOfImage("nbdkit.raw").toString(), () -> {}));
    steady.add(nbdkit("nbdkit memory", "memory", sizeText(), () -> fill("nbdkit memory")));
    steady.add(qemu("qemu-nbd raw", "raw", copyOfImage("qemu.raw"), List.of()));
    steady.add(qemu("qemu-nbd qcow2", "qcow2", folder.resolve("full.qcow2"), List.of()));
    steady.add(
        qemu("qemu-nbd qcow2 ext", "qcow2", folder.resolve("ext.qcow2"), List.of("-o", EXTENDED)));
    firstWriters.add(veneer.snapshots());
    firstWriters.add(overlay("qcow2 overlay", "overlay.qcow2", List.of()));
    firstWriters.add(overlay("qcow2 ext overlay", "overlay-ext.qcow2", List.of("-o", EXTENDED)));
    firstWriters.add(copyOnWriteFilter());
  }

  @Override
  public List<Contender> of(FioJob job) {
    return job.kind() == FioJob.Kind.FIRST_WRITE ? firstWriters : steady;
  }

  private Path socket(String name) {
    return folder.resolve(name.replace(' ', '-') + ".sock");
  }

  private Contender nbdkit(String name, String plugin, String argument, Runnable fill) {
    Path socket = socket(name);
    List<String> command = List.of("nbdkit", "-f", "-U", socket.toString(), plugin, argument);
    return new SteadyServer(name, socket, "", command, fill);
  }

  private void fill(String name) {
    HostProgram.run("nbdcopy", image.toString(), Contender.uri("", socket(name)));
  }

  /** The plugin wants the size without a unit. */
  private String sizeText() {
    try {
      return Long.toString(Files.size(image));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Contender qemu(String name, String format, Path file, List<String> options) {
    if (format.equals("qcow2")) {
      List<String> convert = new ArrayList<>(List.of("qemu-img", "convert", "-f", "raw"));
      convert.addAll(List.of("-O", format));
      convert.addAll(options);
      convert.addAll(List.of(image.toString(), file.toString()));
      HostProgram.run(convert);
    }
    Path socket = socket(name);
    return new SteadyServer(name, socket, "", qemuCommand(socket, format, file), () -> {});
  }

  /** {@code qemu-nbd}, for as many clients as a job has connections. */
  static List<String> qemuCommand(Path socket, String format, Path file) {
    return List.of(
        "qemu-nbd", "-t", "-e", "8", "-f", format, "-k", socket.toString(), file.toString());
  }

  private Contender overlay(String name, String fileName, List<String> options) {
    Path socket = socket(name);
    Path file = folder.resolve(fileName);
    List<String> create = new ArrayList<>(List.of("qemu-img", "create", "-q", "-f", "qcow2"));
    create.addAll(options);
    create.addAll(List.of("-F", "raw", "-b", image.toString(), file.toString()));
    return new FreshServer(
        name, socket, "", qemuCommand(socket, "qcow2", file), () -> HostProgram.run(create));
  }

  /** Copies into an unnamed temporary file; nothing of it outlives the server. */
  private Contender copyOnWriteFilter() {
    String name = "nbdkit cow filter";
    Path socket = socket(name);
    List<String> command =
        List.of("nbdkit", "-f", "-U", socket.toString(), "--filter=cow", "file", image.toString());
    return new FreshServer(name, socket, "", command, () -> {});
  }

  private Path copyOfImage(String name) {
    return Lineup.copy(image, folder.resolve(name));
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
