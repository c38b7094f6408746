// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Gives a pool more room. */
@Command(
    header = "Give a pool more room.",
    description = "A pool that ran full takes writes again at once.",
    footer = {"", "Example:", "  veneer pool grow /srv/pool --data-size 2T"})
final class PoolGrow extends PoolTask {
  @Option(
      names = "--data-size",
      paramLabel = "SIZE",
      converter = ByteSize.Converter.class,
      description = "New size of the data file, larger than now.")
  private Long dataBytes;

  @Option(
      names = "--metadata-size",
      paramLabel = "SIZE",
      converter = ByteSize.Converter.class,
      description = "New limit of the metadata, larger than now.")
  private Long metadataBytes;

  @Spec private CommandSpec spec;

  PoolGrow(Console console) {
    super(console, PoolAccess.Purpose.CHANGE);
  }

  @Override
  void check() {
    if (dataBytes == null && metadataBytes == null) {
      throw new ParameterException(
          spec.commandLine(), "nothing to grow: give --data-size, --metadata-size or both");
    }
  }

  @Override
  void run(PoolAccess pool) {
    if (metadataBytes == null) {
      pool.growData(dataBytes);
    } else if (dataBytes == null) {
      pool.growMetadata(metadataBytes);
    } else {
      pool.grow(dataBytes, metadataBytes);
    }
    String data = ByteSize.format(pool.status().totalDataBytes());
    String metadata = ByteSize.format(pool.status().totalMetadataBytes());
    console().confirm("pool " + folder() + ": " + data + " of data, " + metadata + " of metadata");
  }
}
