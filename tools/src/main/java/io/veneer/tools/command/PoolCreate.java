// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import io.veneer.thinpool.NoSpacePolicy;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.pool.ThinPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a pool. */
@Command(
    header = "Make a pool.",
    description =
        "The folder must be new or empty. The files are sparse, so an empty pool takes next to no space.",
    footer = {
      "",
      "Example: a pool of 1 TiB that extends itself up to 4 TiB",
      "  veneer pool create /srv/pool --data-size 1T --data-limit 4T"
    })
final class PoolCreate implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "POOL", description = "The folder; made if it is missing.")
  private Path folder;

  @Option(
      names = "--data-size",
      paramLabel = "SIZE",
      defaultValue = "100G",
      converter = ByteSize.Converter.class,
      description = "Room for the data of all devices. Default: ${DEFAULT-VALUE}.")
  private long dataBytes;

  @Option(
      names = "--block-size",
      paramLabel = "SIZE",
      defaultValue = "64K",
      converter = ByteSize.Converter.class,
      description = {
        "What is copied at the first write to shared data: a power of two from 4K to 1M.",
        "Stays as it is for the pool's life. Default: ${DEFAULT-VALUE}."
      })
  private long blockBytes;

  @Option(
      names = "--metadata-size",
      paramLabel = "SIZE",
      converter = ByteSize.Converter.class,
      description = "Limit of the metadata. Default: derived from the data size.")
  private Long metadataBytes;

  @Option(
      names = "--data-limit",
      paramLabel = "SIZE",
      converter = ByteSize.Converter.class,
      description =
          "How far the data file extends itself when space runs low. Default: not at all.")
  private Long dataLimitBytes;

  @Option(
      names = "--low-water",
      paramLabel = "SIZE",
      converter = ByteSize.Converter.class,
      description = "Free data below which space counts as low. Default: a tenth, 8G at the most.")
  private Long lowWaterBytes;

  @Option(
      names = "--no-space",
      paramLabel = "error|queue",
      defaultValue = "error",
      description = {
        "What a write does that finds the pool full: fail at once, or wait for space.",
        "Default: ${DEFAULT-VALUE}."
      })
  private NoSpacePolicy noSpace;

  @Option(
      names = "--no-space-timeout",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "How long a write waits with --no-space queue. Default: ${DEFAULT-VALUE}.")
  private long noSpaceTimeoutSeconds;

  @Option(
      names = "--no-discard-passdown",
      description = "Keep freed blocks allocated in the data file instead of punching them out.")
  private boolean keepFreed;

  @Spec private CommandSpec command;

  private final Console console;

  PoolCreate(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    PoolOptions options = options();
    boolean isNew = !Files.exists(folder);
    boolean isFree = isNew || isEmptyFolder();
    try {
      ThinPool.create(folder, options);
    } catch (PoolException e) {
      if (isFree) {
        removeWhatIsLeft(isNew, e);
      }
      throw Advice.on(e, folder);
    }
    String size = ByteSize.format(dataBytes);
    String blocks = ByteSize.format(blockBytes);
    console.confirm("created pool " + folder + ": " + size + " of data in blocks of " + blocks);
    return 0;
  }

  private boolean isEmptyFolder() {
    String[] names = folder.toFile().list();
    return names != null && names.length == 0;
  }

  /** The files are made before the options are checked; in a folder that was free they are ours. */
  private void removeWhatIsLeft(boolean alsoFolder, PoolException failure) {
    try {
      for (String name : List.of("metadata", "data", "lock")) {
        Files.deleteIfExists(folder.resolve(name));
      }
      if (alsoFolder) {
        Files.deleteIfExists(folder);
      }
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private PoolOptions options() {
    PoolOptions options =
        PoolOptions.ofSize(dataBytes)
            .withBlockSize(blockSize())
            .withNoSpace(noSpace, PoolSet.timeoutMillis(noSpaceTimeoutSeconds, command))
            .withDiscardPassdown(!keepFreed);
    options = metadataBytes == null ? options : options.withMetadata(metadataBytes);
    options = dataLimitBytes == null ? options : options.withDataLimit(dataLimitBytes);
    return lowWaterBytes == null ? options : options.withLowWater(lowWaterBytes);
  }

  private int blockSize() {
    if (blockBytes > Integer.MAX_VALUE) {
      throw new CommandFailure(
          "a block size of "
              + ByteSize.format(blockBytes)
              + " is too large; use a power of two from 4K to 1M");
    }
    return (int) blockBytes;
  }
}
