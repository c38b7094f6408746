// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The {@code veneer} command. It only starts its sub-commands; called without one it says how to be
 * called. Exit codes: 0 ok, 1 failed or damage found, 2 wrong usage.
 */
@Command(
    name = "veneer",
    description = "Block-level copy-on-write storage for containers.",
    versionProvider = Veneer.ManifestVersion.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "'veneer COMMAND --help' explains a command and shows an example.",
      "Sizes are bytes, or whole numbers with K, M, G or T (1024 each): 64K, 100G.",
      "Exit codes: 0 ok, 1 failed or damage found, 2 wrong usage."
    })
final class Veneer implements Runnable {
  @Spec private CommandSpec spec;

  @Mixin private final GlobalOptions options;

  @Option(names = "--version", versionHelp = true, description = "Show the version and exit.")
  private boolean version;

  Veneer(GlobalOptions options) {
    this.options = options;
  }

  /**
   * Runs the command and ends the process with its exit code.
   *
   * @param arguments what stands behind the program's name
   */
  public static void main(String[] arguments) {
    OneLineLog.install(arguments);
    PrintStream err =
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    int exitCode =
        run(
            arguments,
            new FileInputStream(FileDescriptor.in),
            new FileOutputStream(FileDescriptor.out),
            err);
    System.exit(exitCode);
  }

  /** Runs one command on given streams and returns the exit code; closes none of them. */
  static int run(String[] arguments, InputStream in, OutputStream out, PrintStream err) {
    Console console = new Console(in, out, err, new GlobalOptions());
    try {
      CommandLine command = CommandTree.of(console, arguments);
      command.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
      command.setErr(new PrintWriter(err, true));
      return command.execute(arguments);
    } catch (Throwable e) {
      // The parser passes errors of the virtual machine on; they get their one line, too.
      return new FailureReport(console).failed(e);
    }
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
