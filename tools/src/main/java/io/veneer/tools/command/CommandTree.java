// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * The tree of commands, built as far as a call needs it. Reading the annotations of all commands
 * takes longer than most of them run, so only the one that is named is built; all are built when
 * none is named, for the help text and for the suggestions after a typing error.
 */
final class CommandTree {
  private static final Map<String, String> GROUPS = groups();
  private static final List<String> LEAVES =
      List.of(
          "compare",
          "check",
          "serve",
          "attach",
          "detach",
          "doctor",
          "pool create",
          "pool status",
          "pool grow",
          "pool set",
          "pool watch",
          "device create",
          "device snapshot",
          "device remove",
          "device rename",
          "device resize",
          "device set",
          "device list",
          "device info",
          "device import",
          "device export",
          "device write",
          "device read",
          "layer import",
          "layer list",
          "layer tree",
          "layer history",
          "layer size",
          "layer remove",
          "container create",
          "container list",
          "container mount",
          "container unmount",
          "container commit",
          "container remove");
  private static final String ARCHIVE_CLASSES = "archive-classes";
  private static final int HELP_WIDTH = 100;

  private final Console console;
  private final CommandLine root;

  private CommandTree(Console console) {
    this.console = console;
    this.root = new CommandLine(new Veneer(console.options()));
  }

  /** The full names of all commands, such as {@code device list}. */
  static List<String> leaves() {
    return LEAVES;
  }

  /** The names of the commands that only hold others. */
  static List<String> groupNames() {
    return List.copyOf(GROUPS.keySet());
  }

  /** The command line for these arguments, ready to be executed. */
  static CommandLine of(Console console, String... arguments) {
    CommandTree tree = new CommandTree(console);
    String named = namedLeaf(arguments);
    for (String leaf : named.isEmpty() ? LEAVES : List.of(named)) {
      tree.add(leaf);
    }
    return tree.finished();
  }

  private static Map<String, String> groups() {
    Map<String, String> groups = new LinkedHashMap<>();
    groups.put("pool", "Make, look at, grow, change and watch pools.");
    groups.put("device", "Make, change, fill and read the thin devices of a pool.");
    groups.put("layer", "Import, look at and remove the images of a pool and their layers.");
    groups.put("container", "Make, mount, commit and remove containers of a pool's images.");
    return groups;
  }

  private static String namedLeaf(String... arguments) {
    StringBuilder name = new StringBuilder();
    for (String argument : arguments) {
      if (!argument.startsWith("-")) {
        name.append(name.isEmpty() ? "" : " ").append(argument);
        if (LEAVES.contains(name.toString()) || ARCHIVE_CLASSES.contentEquals(name)) {
          return name.toString();
        }
        if (!GROUPS.containsKey(name.toString())) {
          return "";
        }
      }
    }
    return "";
  }

  private void add(String leaf) {
    int blank = leaf.indexOf(' ');
    CommandLine parent = blank < 0 ? root : group(leaf.substring(0, blank));
    CommandLine child = new CommandLine(command(leaf));
    setBlankLine(child.getCommandSpec());
    parent.addSubcommand(leaf.substring(blank + 1), child);
  }

  /** One blank line between what the command does and what it takes. */
  private static void setBlankLine(CommandSpec spec) {
    boolean takesOptionsOnly = spec.positionalParameters().isEmpty();
    spec.usageMessage().sortOptions(false);
    if (takesOptionsOnly) {
      spec.usageMessage().optionListHeading("\n");
    } else {
      spec.usageMessage().parameterListHeading("\n");
    }
  }

  private CommandLine group(String name) {
    CommandLine group = root.getSubcommands().get(name);
    if (group == null) {
      root.addSubcommand(name, new CommandLine(groupSpec(name)));
      group = root.getSubcommands().get(name);
    }
    return group;
  }

  private static CommandSpec groupSpec(String name) {
    CommandSpec[] spec = new CommandSpec[1];
    Runnable run =
        () -> {
          throw new ParameterException(spec[0].commandLine(), "Missing command");
        };
    spec[0] = CommandSpec.wrapWithoutInspection(run);
    spec[0].usageMessage().description(GROUPS.get(name)).synopsisSubcommandLabel("COMMAND");
    return spec[0];
  }

  /** One place that names the classes, each loaded only when its case is reached. */
  private Object command(String leaf) {
    return switch (leaf) {
      case "compare" -> new Compare(console);
      case "check" -> new Check(console);
      case "serve" -> new Serve(console);
      case "attach" -> new Attach(console);
      case "detach" -> new Detach(console);
      case "doctor" -> new Doctor(console);
      case "pool create" -> new PoolCreate(console);
      case "pool status" -> new PoolShow(console);
      case "pool grow" -> new PoolGrow(console);
      case "pool set" -> new PoolSet(console);
      case "pool watch" -> new PoolWatch(console);
      case "device create" -> new DeviceCreate(console);
      case "device snapshot" -> new DeviceSnapshot(console);
      case "device remove" -> new DeviceRemove(console);
      case "device rename" -> new DeviceRename(console);
      case "device resize" -> new DeviceResize(console);
      case "device set" -> new DeviceSet(console);
      case "device list" -> new DeviceList(console);
      case "device info" -> new DeviceShow(console);
      case "device import" -> new DeviceImport(console);
      case "device export" -> new DeviceExport(console);
      case "device write" -> new DeviceWrite(console);
      case "device read" -> new DeviceRead(console);
      case "layer import" -> new LayerImportCommand(console);
      case "layer list" -> new LayerList(console);
      case "layer tree" -> new LayerTree(console);
      case "layer history" -> new LayerHistory(console);
      case "layer size" -> new LayerSize(console);
      case "layer remove" -> new LayerRemove(console);
      case "container create" -> new ContainerCreate(console);
      case "container list" -> new ContainerList(console);
      case "container mount" -> new ContainerMount(console);
      case "container unmount" -> new ContainerUnmount(console);
      case "container commit" -> new ContainerCommit(console);
      case "container remove" -> new ContainerRemove(console);
      case ARCHIVE_CLASSES -> new ArchiveClasses();
      default -> throw new IllegalArgumentException("no such command: " + leaf);
    };
  }

  private CommandLine finished() {
    FailureReport report = new FailureReport(console);
    root.registerConverter(Path.class, new PathConverter());
    root.setCaseInsensitiveEnumValuesAllowed(true);
    root.setUsageHelpWidth(HELP_WIDTH);
    root.setColorScheme(Help.defaultColorScheme(Help.Ansi.OFF));
    root.setParameterExceptionHandler(report);
    root.setExecutionExceptionHandler(report);
    return root;
  }
}
