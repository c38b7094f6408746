// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import io.veneer.driver.DriverException;
import io.veneer.driver.compare.Comparison;
import io.veneer.driver.compare.ComparisonOptions;
import io.veneer.driver.compare.ComparisonResult;
import io.veneer.driver.compare.DriverCatalog;
import io.veneer.driver.compare.DriverResult;
import io.veneer.driver.host.HostNodes;
import io.veneer.driver.workload.MountedComparison;
import io.veneer.driver.workload.MountedOptions;
import io.veneer.driver.workload.MountedResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs the same containers on several storage drivers and shows what each of them did. */
@Command(
    header = "Compare storage drivers on a real disk image.",
    description = {
      "Puts an image into a base layer, starts containers on it and lets each write 4 KiB pieces at",
      "random places, with every driver the same. Shows what each driver took, copied and stored, and",
      "verifies every container's contents against a plain copy. Needs no root; the image is only read.",
      "With --mounted (and root) every driver is mounted for real, the kernel's overlayfs and btrfs",
      "beside it, and more workloads are run."
    },
    footer = {
      "",
      "Example: all drivers, on an ext4 image of the running Java",
      "  veneer compare --size 1G",
      "Example: two drivers, on an image of your own",
      "  veneer compare --image ubuntu.raw --drivers thin,overlay2 --containers 8",
      "Example: through real mounts, with charts",
      "  veneer compare --mounted --report out.html",
      "Example: what benchmarks found, as charts",
      "  veneer compare --jmh results.json --report out.html"
    })
final class Compare implements Callable<Integer> {
  private static final long USUAL_BYTES = 1L << 30;
  private static final long IMAGE_BYTES_MIN = 1L << 20;

  /** On a disk even where {@code /tmp} is memory. */
  private static final Path USUAL_FOLDER = Path.of("/var/tmp");

  @Option(
      names = "--size",
      paramLabel = "SIZE",
      converter = ByteSize.Converter.class,
      description = "Size of the image that is made where none is given. Default: 1G.")
  private Long sizeBytes;

  @Option(
      names = "--image",
      paramLabel = "FILE",
      description = "The image; any file of 1M or more. Default: one made of the running Java.")
  private Path image;

  @Option(
      names = "--drivers",
      paramLabel = "NAME",
      split = ",",
      description = "The drivers, with commas between them. Default: all that there are here.")
  private List<String> drivers;

  @Option(
      names = "--containers",
      paramLabel = "N",
      defaultValue = "" + ComparisonOptions.DEFAULT_CONTAINERS,
      description = "Containers of each driver. Default: ${DEFAULT-VALUE}.")
  private int containers;

  @Option(
      names = "--writes",
      paramLabel = "N",
      defaultValue = "" + ComparisonOptions.DEFAULT_WRITES_PER_CONTAINER,
      description = "Places that each container writes to, twice each. Default: ${DEFAULT-VALUE}.")
  private int writes;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "" + ComparisonOptions.DEFAULT_SEED,
      description = "Gives the places and the bytes. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--work-dir",
      paramLabel = "DIR",
      description = {
        "Where the drivers work; needs room for the image once per container and driver.",
        "What is made there is removed at the end. Default: /var/tmp."
      })
  private Path workFolder;

  @Option(
      names = "--mounted",
      description = "Compare through real mounts; needs root, FUSE and loop devices.")
  private boolean mounted;

  @Option(
      names = "--workloads",
      paramLabel = "NAME",
      split = ",",
      description = {
        "With --mounted: what is run, with commas between. Default: all of",
        "large-file,commit,many-files,start,deep,remove."
      })
  private List<String> workloads;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Also write a page with charts, one HTML file that needs nothing else.")
  private Path report;

  @Option(
      names = "--jmh",
      paramLabel = "FILE",
      description = {
        "Run nothing, but draw with --report what the benchmark DriverWorkloads found:",
        "its result as JSON."
      })
  private Path jmh;

  @Option(names = "--json", description = "Print a JSON object, times in microseconds.")
  private boolean json;

  @Spec private CommandSpec spec;

  private final Console console;

  Compare(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    check();
    if (jmh != null) {
      reportFile().write(JmhReport.of(jmh).page(commandLine()));
      return 0;
    }
    try {
      Path folder = workFolder();
      if (image != null) {
        return run(image, folder);
      }
      try (MadeImage made = MadeImage.in(folder, sizeBytes == null ? USUAL_BYTES : sizeBytes)) {
        return run(made.path(), folder);
      }
    } catch (DriverException e) {
      throw advised(e);
    }
  }

  private int run(Path file, Path folder) throws IOException {
    return mounted ? showMounted(compareMounted(file, folder), folder) : show(file, folder);
  }

  private Path workFolder() throws IOException {
    if (workFolder != null) {
      return Files.createDirectories(workFolder);
    }
    return Files.isWritable(USUAL_FOLDER)
        ? USUAL_FOLDER
        : Path.of(System.getProperty("java.io.tmpdir"));
  }

  private int show(Path file, Path folder) throws IOException {
    ComparisonResult result = compare(file, folder);
    CompareView view = new CompareView(result);
    if (report != null) {
      ReportFile target = reportFile();
      target.write(
          new ComparisonReport(result, view.meaning(), target.facts(commandLine(), folder)).page());
    }
    console.print(json ? view.json() : view.text());
    boolean verified = result.drivers().stream().allMatch(DriverResult::verified);
    return verified ? 0 : FailureReport.FAILED;
  }

  private int showMounted(MountedResult result, Path folder) throws IOException {
    if (report != null) {
      ReportFile target = reportFile();
      target.write(new MountedReport(result, target.facts(commandLine(), folder)).page());
    }
    MountedView view = new MountedView(result);
    console.print(json ? view.json() : view.text());
    return 0;
  }

  private MountedResult compareMounted(Path file, Path folder) {
    MountedOptions options =
        MountedOptions.of(file, folder)
            .choosing(orNone(drivers), orNone(workloads))
            .withLoad(containers, writes, seed);
    try (MountedProgress progress = new MountedProgress(console)) {
      return new MountedComparison(options, progress).run();
    }
  }

  private static List<String> orNone(List<String> names) {
    return names == null ? List.of() : names;
  }

  private ReportFile reportFile() {
    return new ReportFile(report, Clock.systemUTC());
  }

  private String commandLine() {
    return "veneer " + String.join(" ", spec.root().commandLine().getParseResult().originalArgs());
  }

  private ComparisonResult compare(Path file, Path folder) {
    ComparisonOptions options =
        ComparisonOptions.of(file, folder).withLoad(containers, writes).withSeed(seed);
    options = drivers == null ? options : options.withDrivers(drivers);
    try (CompareProgress progress = new CompareProgress(console)) {
      return new Comparison(options, DriverCatalog.standard(), progress).run();
    }
  }

  private void check() {
    requireKnown("driver", orNone(drivers), knownDrivers());
    requireKnown("workload", orNone(workloads), MountedComparison.workloadNames());
    if (mounted && jmh == null && !HostNodes.isRoot()) {
      throw new CommandFailure("mounting needs root; be root, or compare without --mounted");
    }
    if (workloads != null && !mounted) {
      throw wrong("--workloads goes with --mounted");
    }
    if (report != null) {
      reportFile().requireWritable();
    }
    if (jmh != null && (report == null || mounted || image != null || json)) {
      throw wrong("--jmh goes with --report, and not with --mounted, --image or --json");
    }
    if (image != null && sizeBytes != null) {
      throw wrong("--size is for the image that is made, it does not go with --image");
    }
    if (sizeBytes != null && sizeBytes < IMAGE_BYTES_MIN) {
      throw wrong("--size is 1M or more");
    }
    if (containers < 1 || writes < 1) {
      throw wrong("--containers and --writes are 1 or more");
    }
    if (image != null && !Files.isReadable(image)) {
      throw new CommandFailure("there is no file " + image + " that can be read; name an image");
    }
  }

  private List<String> knownDrivers() {
    return mounted ? MountedComparison.driverNames() : DriverCatalog.standard().names();
  }

  private void requireKnown(String kind, List<String> names, List<String> known) {
    for (String name : names) {
      if (!known.contains(name)) {
        throw wrong("there is no " + kind + " '" + name + "', only " + String.join(", ", known));
      }
      if (Collections.frequency(names, name) > 1) {
        throw wrong("a " + kind + " is named twice: " + name);
      }
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private static CommandFailure advised(DriverException e) {
    String advice =
        switch (e.kind()) {
          case RESOURCE_EXHAUSTED ->
              "; free space, name another folder with --work-dir, or compare fewer drivers or"
                  + " containers";
          case IO -> "; look at that disk, or name another folder with --work-dir";
          default -> "";
        };
    return new CommandFailure(e.getMessage() + advice, e);
  }
}
