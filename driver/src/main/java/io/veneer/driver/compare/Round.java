// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.compare;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.LayerFile;
import io.veneer.driver.compare.ComparisonProgress.Phase;
import io.veneer.driver.host.HostFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ObjIntConsumer;

/**
 * All drivers, once through all phases on one image.
 *
 * <p>Drivers take turns in small batches, and another one begins each time, so that whatever else
 * the machine does hits all of them alike; each turn ends with everything forced, so that nobody
 * pays for what another left in the page cache. One thread; owns the drivers and the folders it
 * works in.
 */
final class Round implements AutoCloseable {
  /** What all contestants are bound to. */
  record Terms(long imageBytes, boolean forceEachWrite) {}

  private static final int BATCH_WRITES = 10;
  private static final long SPARE_BYTES = 128L << 20;

  private final ImageFile image;
  private final WritePlan plan;
  private final ComparisonOptions options;
  private final Scratch scratch;
  private final ComparisonProgress progress;
  private final List<Contestant> contestants = new ArrayList<>();
  private int turns;

  private Round(
      ImageFile image, ComparisonOptions options, Scratch scratch, ComparisonProgress progress) {
    this.image = image;
    this.options = options;
    this.plan =
        WritePlan.of(
            options.seed(),
            options.containers(),
            options.writesPerContainer(),
            options.writeBytes(),
            image.sizeBytes());
    this.scratch = scratch;
    this.progress = progress;
  }

  /** Opens all drivers, each in a folder of its own inside the scratch folder of the options. */
  static Round open(
      ComparisonOptions options,
      DriverCatalog catalog,
      Scratch scratch,
      ComparisonProgress progress) {
    Round round = new Round(ImageFile.check(options.image()), options, scratch, progress);
    try {
      for (String name : options.drivers()) {
        round.contestants.add(round.contestant(name, catalog.factory(name)));
      }
      round.checkSpace();
      return round;
    } catch (RuntimeException e) {
      round.close();
      throw e;
    }
  }

  /** Imports and writes, everything that is measured. */
  void run() {
    importImage();
    firstWrites();
    newPlaces();
    rewrites();
  }

  /** Opens the drivers again, and compares every container with a plain copy. */
  List<DriverResult> verify() {
    contestants.forEach(Contestant::reopen);
    try {
      boolean[] verified = new boolean[contestants.size()];
      Arrays.fill(verified, true);
      long plainBytes = 0;
      for (int container = 0; container < plan.containers(); container++) {
        Path file = options.scratchFolder().resolve("plain");
        try (Verification copy = Verification.copyOf(image, file)) {
          copy.force();
          plainBytes = HostFiles.sizeOf(file).allocatedBytes();
          copy.apply(plan, container);
          verify(copy, container, verified);
        }
      }
      return results(verified, plainBytes);
    } catch (IOException e) {
      throw DriverException.io("cannot verify", e);
    }
  }

  @Override
  public void close() {
    contestants.forEach(Contestant::close);
    contestants.clear();
  }

  private Contestant contestant(String name, DriverFactory factory) {
    Terms terms = new Terms(image.sizeBytes(), options.flushPolicy() == FlushPolicy.EACH_WRITE);
    return new Contestant(name, options.scratchFolder().resolve(name), factory, plan, terms);
  }

  private void importImage() {
    for (Contestant contestant : contestants) {
      try {
        contestant.importImage(file -> importInto(contestant, file));
      } catch (IOException e) {
        throw DriverException.io("cannot import image driver=" + contestant.name(), e);
      }
    }
  }

  private void importInto(Contestant contestant, LayerFile file) throws IOException {
    image.copyTo(
        file::write,
        Long.MAX_VALUE,
        done -> {
          scratch.checkWanted();
          progress.advanced(Phase.IMPORT, contestant.name(), done, image.sizeBytes());
        });
  }

  private void firstWrites() {
    Steps steps = new Steps(Phase.FIRST_WRITES, (long) plan.containers() * contestants.size());
    for (int container = 0; container < plan.containers(); container++) {
      inTurn(container, Contestant::prepare);
      inTurn(
          container,
          (contestant, number) -> {
            contestant.write(number, 0, 0, contestant.firstWrites);
            contestant.endTurn(number);
            steps.done(contestant, 1);
          });
    }
  }

  private void newPlaces() {
    Steps steps = new Steps(Phase.NEW_PLACES, writesOfAll(plan.writesPerContainer() - 1));
    for (int begin = 1; begin < plan.writesPerContainer(); begin += BATCH_WRITES) {
      batches(0, begin, steps);
    }
  }

  private void rewrites() {
    Steps steps = new Steps(Phase.REWRITES, writesOfAll(plan.writesPerContainer()));
    for (int begin = 0; begin < plan.writesPerContainer(); begin += BATCH_WRITES) {
      batches(1, begin, steps);
    }
  }

  private void batches(int pass, int begin, Steps steps) {
    int end = Math.min(begin + BATCH_WRITES, plan.writesPerContainer());
    for (int container = 0; container < plan.containers(); container++) {
      inTurn(
          container,
          (contestant, number) -> {
            Samples samples = pass == 0 ? contestant.newPlaces : contestant.rewrites;
            for (int write = begin; write < end; write++) {
              contestant.write(number, pass, write, samples);
            }
            contestant.endTurn(number);
            steps.done(contestant, end - begin);
          });
    }
  }

  /** Lets every driver do something with one container; each time another driver begins. */
  private void inTurn(int container, ObjIntConsumer<Contestant> work) {
    int first = turns;
    turns++;
    for (int i = 0; i < contestants.size(); i++) {
      scratch.checkWanted();
      work.accept(contestants.get((first + i) % contestants.size()), container);
    }
  }

  private void verify(Verification copy, int container, boolean[] verified) throws IOException {
    for (int i = 0; i < contestants.size(); i++) {
      scratch.checkWanted();
      Contestant contestant = contestants.get(i);
      try (LayerFile file = contestant.openForVerifying(container)) {
        verified[i] &= copy.matches(file, contestant.isVolume());
      }
      long done = (long) container * contestants.size() + i + 1;
      long total = (long) plan.containers() * contestants.size();
      progress.advanced(Phase.VERIFICATION, contestant.name(), done, total);
    }
  }

  private List<DriverResult> results(boolean[] verified, long plainBytes) throws IOException {
    List<DriverResult> results = new ArrayList<>();
    for (int i = 0; i < contestants.size(); i++) {
      Contestant contestant = contestants.get(i);
      contestant.close();
      long heldBytes = HostFiles.sizeOf(contestant.folder()).allocatedBytes();
      results.add(
          new DriverResult(
              contestant.name(),
              contestant.prepares.timing(),
              contestant.firstWrites.timing(),
              contestant.newPlaces.timing(),
              contestant.rewrites.timing(),
              contestant.copiedBytes(),
              heldBytes - plainBytes,
              verified[i]));
    }
    return results;
  }

  /** Refuses at once what would fail half-way; a file system's own needs come on top. */
  private void checkSpace() {
    try {
      long copies = contestants.size() + 1L;
      copies +=
          plan.containers() * contestants.stream().filter(Contestant::copiesWholeFiles).count();
      long neededBytes = copies * image.allocatedBytes() + SPARE_BYTES;
      long usableBytes = Files.getFileStore(options.scratchFolder()).getUsableSpace();
      if (neededBytes > usableBytes) {
        throw new DriverException(
            Kind.RESOURCE_EXHAUSTED,
            "not enough space to compare, choose a smaller image or fewer containers or drivers"
                + " neededBytes="
                + neededBytes
                + " usableBytes="
                + usableBytes
                + " folder="
                + options.scratchFolder());
      }
    } catch (IOException e) {
      throw DriverException.io("cannot tell the space in folder=" + options.scratchFolder(), e);
    }
  }

  private long writesOfAll(int writesOfContainer) {
    return (long) plan.containers() * writesOfContainer * contestants.size();
  }

  /** Counts what is done of a phase. */
  private final class Steps {
    private final Phase phase;
    private final long total;
    private long done;

    Steps(Phase phase, long total) {
      this.phase = phase;
      this.total = total;
    }

    void done(Contestant contestant, int count) {
      done += count;
      progress.advanced(phase, contestant.name(), done, total);
    }
  }
}
