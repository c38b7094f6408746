// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh.nbd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Drives Veneer, nbdkit and qemu-nbd, or the block devices that are made of them, with the same fio
 * jobs over the same image, in turns, and prints the medians with the smallest and largest round,
 * and the first server's median divided by each other's.
 */
@Command(name = "NbdComparison", mixinStandardHelpOptions = true)
final class NbdComparison implements Callable<Integer> {
  private static final int PIECE_BYTES = 1 << 20;
  private static final long SEED = 20_240_229;

  @Option(names = "--size-mib", description = "Size of the image. Default: ${DEFAULT-VALUE}.")
  private int sizeMib = 1024;

  @Option(names = "--rounds", description = "Runs of each job. Default: ${DEFAULT-VALUE}.")
  private int rounds = 5;

  @Option(names = "--seconds", description = "Length of a run. Default: ${DEFAULT-VALUE}.")
  private double seconds = 1.5;

  @Option(names = "--jobs", description = "Only jobs whose title this pattern finds.")
  private Pattern jobs = Pattern.compile("");

  @Option(names = "--only", description = "Only servers whose name this pattern finds.")
  private Pattern servers = Pattern.compile("");

  @Option(
      names = "--attached",
      description = "Compare block devices of the kernel instead; needs root.")
  private boolean attached;

  @Option(names = "--folder", description = "Where a folder for all files is made, and removed.")
  private Path where = Path.of(System.getProperty("java.io.tmpdir"));

  private final Figures figures = new Figures();

  private NbdComparison() {}

  /** Runs the comparison; see {@code --help}. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new NbdComparison()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    Path folder = Files.createTempDirectory(where, "nbd-comparison");
    try {
      compare(folder);
    } finally {
      remove(folder);
    }
    return 0;
  }

  private void compare(Path folder) throws IOException {
    Path image = makeImage(folder.resolve("image.raw"));
    List<FioJob> chosen = FioJob.all().stream().filter(this::isChosen).toList();
    try (Lineup lineup = lineup(folder, image, (rounds + 1) * chosen.size())) {
      Fio fio = new Fio((long) sizeMib << 20);
      for (int round = 0; round <= rounds; round++) {
        for (FioJob job : chosen) {
          runAll(lineup, fio, job, round, folder);
        }
      }
    }
    System.out.println(figures.table(false));
    System.out.println(figures.table(true));
  }

  private Lineup lineup(Path folder, Path image, int snapshots) {
    return attached
        ? new AttachedLineup(folder, image, snapshots)
        : new NbdLineup(folder, image, snapshots);
  }

  private boolean isChosen(FioJob job) {
    return jobs.matcher(job.title()).find();
  }

  /** Random bytes, so that nothing is found to be zeroes. */
  private Path makeImage(Path file) throws IOException {
    Random random = new Random(SEED);
    byte[] piece = new byte[PIECE_BYTES];
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int i = 0; i < sizeMib; i++) {
        random.nextBytes(piece);
        channel.write(ByteBuffer.wrap(piece));
      }
    }
    return file;
  }

  /** Round 0 warms up and does not count. Who is first in one round is second in the next. */
  private void runAll(Lineup lineup, Fio fio, FioJob job, int round, Path folder) {
    List<Contender> order = new ArrayList<>(lineup.of(job));
    order.removeIf(contender -> !servers.matcher(contender.name()).find());
    Collections.rotate(order, round);
    List<Contender> inTableOrder = lineup.of(job);
    double[] reached = new double[inTableOrder.size()];
    for (Contender contender : order) {
      if (job.kind() == FioJob.Kind.FIRST_WRITE) {
        lineup.sources().forEach(NbdComparison::readWhole);
      }
      double figure = run(fio, job, contender, round, folder);
      reached[inTableOrder.indexOf(contender)] = figure;
      System.err.printf("%d %-40s %-20s %.0f%n", round, job.title(), contender.name(), figure);
    }
    if (round > 0) {
      for (int i = 0; i < reached.length; i++) {
        if (order.contains(inTableOrder.get(i))) {
          figures.add(job, inTableOrder.get(i).name(), reached[i]);
        }
      }
    }
  }

  /** Brings a file into the page cache, from which the host may have taken it since it was made. */
  private static void readWhole(Path file) {
    ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES);
    try (FileChannel channel = FileChannel.open(file)) {
      while (channel.read(piece.clear()) > 0) {
        // only the reading counts
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What was written is brought to the disk before the next one runs. */
  private double run(Fio fio, FioJob job, Contender contender, int round, Path folder) {
    String target = contender.serve();
    try {
      return fio.run(job, target, seconds, SEED + round);
    } finally {
      contender.served();
      if (job.writes()) {
        HostProgram.run("sync", "-f", folder.toString());
      }
    }
  }

  private static void remove(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(NbdComparison::delete);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
