// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import io.veneer.driver.DriverException;
import io.veneer.driver.VolumeLabels;
import io.veneer.driver.thin.VolumeKind;
import io.veneer.driver.thin.VolumeOptions;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options for the file systems that images of engines begin with. */
final class LayerVolumes {
  @Option(
      names = "--layer-size",
      paramLabel = "SIZE",
      converter = ByteSize.Converter.class,
      defaultValue = "10G",
      description = {
        "How large a container's file system may become, if neither its image",
        "nor its engine says otherwise; only what is written takes room.",
        "Default: ${DEFAULT-VALUE}"
      })
  private long sizeBytes;

  @Option(
      names = "--layer-fs",
      paramLabel = "ext4|xfs|btrfs",
      defaultValue = "ext4",
      description = {
        "The file system of images that come from now on; those that are there",
        "keep theirs. Layers are compared by blocks on ext4 only.",
        "Default: ${DEFAULT-VALUE}"
      })
  private String fileSystem;

  @Option(
      names = "--layer-mkfs",
      paramLabel = "OPTIONS",
      defaultValue = "",
      description = "More options of its mkfs, in one word: '-i 8192'.")
  private String makeOptions;

  @Option(
      names = "--layer-mount",
      paramLabel = "OPTIONS",
      defaultValue = "",
      description = "More options of its mounts: nodiscard,commit=30.")
  private String mountOptions;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  LayerVolumes() {}

  /** What was asked for; refuses what no file system could be. */
  VolumeOptions options() {
    try {
      String name = VolumeLabels.fileSystem(fileSystem.toLowerCase(Locale.ROOT));
      return new VolumeOptions(
          VolumeKind.valueOf(name.toUpperCase(Locale.ROOT)),
          sizeBytes,
          VolumeLabels.makeOptions(makeOptions),
          VolumeLabels.mountOptions(mountOptions));
    } catch (DriverException e) {
      throw new ParameterException(command.commandLine(), e.getMessage());
    }
  }
}
