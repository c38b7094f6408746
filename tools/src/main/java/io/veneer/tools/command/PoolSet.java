// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import io.veneer.thinpool.NoSpacePolicy;
import io.veneer.thinpool.PoolPolicy;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Changes what a pool does as it runs low and is full. */
@Command(
    header = "Change what a pool does as it runs low and is full.",
    description = "What is not given stays as it is. Writes that wait for space follow at once.",
    footer = {
      "",
      "Example: a pool that extends itself, and lets writes wait when it cannot",
      "  veneer pool set /srv/pool --data-limit 4T --no-space queue --no-space-timeout 30"
    })
final class PoolSet extends PoolTask {
  private static final int SECOND_MILLIS = 1000;
  private static final long CLAIM_WAIT_MILLIS = 10_000;

  /** The two positions of a switch on the command line. */
  private enum Switch {
    ON,
    OFF
  }

  @Option(
      names = "--data-limit",
      paramLabel = "SIZE",
      converter = ByteSize.Converter.class,
      description = "How far the data file extends itself when space runs low; 0 for not at all.")
  private Long dataLimitBytes;

  @Option(
      names = "--low-water",
      paramLabel = "SIZE",
      converter = ByteSize.Converter.class,
      description = "Free data below which space counts as low; 0 for never.")
  private Long lowWaterBytes;

  @Option(
      names = "--no-space",
      paramLabel = "error|queue",
      description = "What a write does that finds the pool full: fail at once, or wait for space.")
  private NoSpacePolicy noSpace;

  @Option(
      names = "--no-space-timeout",
      paramLabel = "SECONDS",
      description = "How long a write waits with --no-space queue.")
  private Long noSpaceTimeoutSeconds;

  @Option(
      names = "--discard-passdown",
      paramLabel = "on|off",
      description = "Whether blocks that are freed from now on are punched out of the data file.")
  private Switch passdown;

  @Spec private CommandSpec spec;

  PoolSet(Console console) {
    super(console, PoolAccess.Purpose.CHANGE);
  }

  /** Seconds of {@code --no-space-timeout} as the library wants them. */
  static int timeoutMillis(long seconds, CommandSpec spec) {
    if (seconds < 0 || seconds > Integer.MAX_VALUE / SECOND_MILLIS) {
      throw new ParameterException(
          spec.commandLine(),
          "a timeout of "
              + seconds
              + " seconds is out of range; use 0 to "
              + Integer.MAX_VALUE / SECOND_MILLIS);
    }
    return (int) (seconds * SECOND_MILLIS);
  }

  @Override
  void check() {
    boolean any =
        dataLimitBytes != null
            || lowWaterBytes != null
            || noSpace != null
            || noSpaceTimeoutSeconds != null
            || passdown != null;
    if (noSpaceTimeoutSeconds != null) {
      timeoutMillis(noSpaceTimeoutSeconds, spec);
    }
    if (!any) {
      throw new ParameterException(
          spec.commandLine(),
          "nothing to set: give --data-limit, --low-water, --no-space, --no-space-timeout or"
              + " --discard-passdown");
    }
  }

  @Override
  void run(PoolAccess pool) {
    pool.claim("a change of the pool", CLAIM_WAIT_MILLIS);
    pool.setPolicy(changed(PoolPolicy.of(pool.status())));
    console().confirm("changed pool " + folder());
  }

  private PoolPolicy changed(PoolPolicy now) {
    return new PoolPolicy(
        dataLimitBytes == null ? now.dataLimitBytes() : dataLimitBytes,
        lowWaterBytes == null ? now.lowWaterBytes() : lowWaterBytes,
        noSpace == null ? now.noSpacePolicy() : noSpace,
        noSpaceTimeoutSeconds == null
            ? now.noSpaceTimeoutMillis()
            : timeoutMillis(noSpaceTimeoutSeconds, spec),
        passdown == null ? now.discardPassdown() : passdown == Switch.ON);
  }
}
