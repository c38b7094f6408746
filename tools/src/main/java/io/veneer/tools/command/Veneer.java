// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The {@code veneer} command. It only names its sub-commands; called without one it shows how to be
 * called. Exit codes: 0 ok, 1 failed or damage found, 2 wrong usage.
 */
@Command(
    name = "veneer",
    description = "Block-level copy-on-write storage for containers.",
    mixinStandardHelpOptions = true,
    versionProvider = Veneer.ManifestVersion.class,
    synopsisSubcommandLabel = "COMMAND")
final class Veneer implements Runnable {

  @Spec private CommandSpec spec;

  private Veneer() {}

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Veneer()).execute(arguments));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }

  /** The version that the build wrote into the jar's manifest. */
  static final class ManifestVersion implements IVersionProvider {

    @Override
    public String[] getVersion() {
      String version = Veneer.class.getPackage().getImplementationVersion();
      return new String[] {"veneer " + (version == null ? "(unpackaged)" : version)};
    }
  }
}
