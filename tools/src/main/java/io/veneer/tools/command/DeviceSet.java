// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import io.veneer.thinpool.PoolOperations;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Changes what a device may do and what is kept with it. */
@Command(
    header = "Change a device's limits and attributes.",
    description = "All that is given is done in one transaction.",
    footer = {
      "",
      "Example:",
      "  veneer device set /srv/pool web --quota 5G --attribute owner=shop",
      "Example: no writes any more",
      "  veneer device set /srv/pool base --seal"
    })
final class DeviceSet extends DeviceTask {
  private static final long CLAIM_WAIT_MILLIS = 10_000;

  private enum Switch {
    ON,
    OFF
  }

  @Option(
      names = "--quota",
      paramLabel = "SIZE",
      converter = ByteSize.Converter.class,
      description = "The most that the device may provision itself; 0 for no limit.")
  private Long quotaBytes;

  @Option(
      names = "--guarantee",
      paramLabel = "on|off",
      description = "Keep blocks, so that no write to the device fails because the pool is full.")
  private Switch guarantee;

  @Option(
      names = "--attribute",
      paramLabel = "KEY=VALUE",
      description = "Keep a value with the device; an empty value removes it. May be repeated.")
  private Map<String, String> attributes;

  @Option(names = "--seal", description = "Make the device read-only for good.")
  private boolean seal;

  @Spec private CommandSpec spec;

  DeviceSet(Console console) {
    super(console, PoolAccess.Purpose.CHANGE);
  }

  @Override
  void check() {
    if (quotaBytes == null && guarantee == null && attributes == null && !seal) {
      throw new ParameterException(
          spec.commandLine(), "nothing to set: give --quota, --guarantee, --attribute or --seal");
    }
    if (attributes != null && attributes.containsKey("")) {
      throw new ParameterException(spec.commandLine(), "an attribute needs a name: KEY=VALUE");
    }
  }

  @Override
  void run(PoolAccess pool) {
    pool.claim("a change of " + name(), CLAIM_WAIT_MILLIS);
    Map<String, String> merged = merged(pool.device(name()).attributes());
    pool.apply(operations -> apply(operations, merged));
    console().confirm("changed " + name());
  }

  private void apply(PoolOperations operations, Map<String, String> merged) {
    if (quotaBytes != null) {
      operations.setQuota(name(), quotaBytes);
    }
    if (guarantee != null) {
      operations.setGuarantee(name(), guarantee == Switch.ON);
    }
    if (attributes != null) {
      operations.setAttributes(name(), merged);
    }
    if (seal) {
      operations.sealDevice(name());
    }
  }

  private Map<String, String> merged(Map<String, String> present) {
    Map<String, String> merged = new LinkedHashMap<>(present);
    if (attributes != null) {
      merged.putAll(attributes);
      merged.values().removeIf(String::isEmpty);
    }
    return merged;
  }
}
