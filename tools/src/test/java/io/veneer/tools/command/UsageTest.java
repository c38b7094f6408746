// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Wrong usage is one line that names the mistake and the way to the help text, exit code 2. */
class UsageTest {
  private static final int WRONG_USAGE = 2;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "device lst p | there is no command 'lst'; did you mean list?; see 'veneer device --help'",
        "devicee list p | there is no command 'devicee'; did you mean device?; see 'veneer --help'",
        "foo | there is no command 'foo'; see 'veneer --help'",
        "help | there is no command 'help'; see 'veneer --help'",
        "sreve p | there is no command 'sreve'; did you mean serve?; see 'veneer --help'",
        "pool stat p | there is no command 'stat'; did you mean status?; see 'veneer pool --help'",
        "pool watch p --lines abc | invalid value for option '--lines': 'abc' is not a whole number;"
            + " see 'veneer pool watch --help'",
        "pool watch p --interval x | invalid value for option '--interval': 'x' is not a number;"
            + " see 'veneer pool watch --help'",
        "serve p --keep-attached 99999999999 | --keep-attached takes 1 to 86400 seconds;"
            + " see 'veneer serve --help'",
        "pool set p --no-space-timeout 99999999999 | a timeout of 99999999999 seconds is out of"
            + " range; use 0 to 2147483; see 'veneer pool set --help'",
        "compare --writes 99999999999 | invalid value for option '--writes': '99999999999' is too"
            + " large a number; see 'veneer compare --help'",
        "compare --seed -99999999999999999999 | invalid value for option '--seed':"
            + " '-99999999999999999999' is too small a number; see 'veneer compare --help'",
        "attach p n --sector-size 99999999999 | --sector-size takes 512 or 4096:"
            + " sectorBytes=99999999999; see 'veneer attach --help'",
        "compare --containers x | invalid value for option '--containers': 'x' is not a whole"
            + " number; see 'veneer compare --help'",
        "device | missing command; see 'veneer device --help'",
        "device list | missing required parameter: 'POOL'; see 'veneer device list --help'",
        "device info p | missing required parameter: 'NAME'; see 'veneer device info --help'",
        "device remove p | missing required parameter: 'NAME'; see 'veneer device remove --help'",
        "device rename p a b c | one argument too many: 'c'; see 'veneer device rename --help'",
        "device list p --al | unknown option: '--al'; see 'veneer device list --help'",
        "device set p n | nothing to set: give --quota, --guarantee, --attribute or --seal;"
            + " see 'veneer device set --help'",
        "device set p n --attribute =v | an attribute needs a name: KEY=VALUE;"
            + " see 'veneer device set --help'",
        "pool create p --no-space wait | invalid value for option '--no-space': 'wait' is none of"
            + " error, queue; see 'veneer pool create --help'",
        "device set p n --guarantee $1 | invalid value for option '--guarantee': '$1' is none of"
            + " on, off; see 'veneer device set --help'",
        "pool set p | nothing to set: give --data-limit, --low-water, --no-space,"
            + " --no-space-timeout or --discard-passdown; see 'veneer pool set --help'",
        "pool watch p --lines 0 | --interval is 0.1 or more, --lines is 1 or more;"
            + " see 'veneer pool watch --help'",
        "pool grow p | nothing to grow: give --data-size, --metadata-size or both;"
            + " see 'veneer pool grow --help'",
        "serve p --layer-fs zfs | no such file system, there are ext4, xfs, btrfs: option=zfs;"
            + " see 'veneer serve --help'",
        "serve p --layer-size 1M | a volume with ext4 has 4M to 16T: sizeBytes=1048576;"
            + " see 'veneer serve --help'",
        "serve p --layer-mkfs -d/etc | a mkfs option has letters, digits and -+_^=,.: only:"
            + " option=-d/etc; see 'veneer serve --help'",
        "serve p --layer-mount ro | a mount option that is not for you to choose: option=ro;"
            + " see 'veneer serve --help'",
        "layer remove p | nothing to remove: name images, or say --unused;"
            + " see 'veneer layer remove --help'",
        "pool create p --no-space-timeout -1 | a timeout of -1 seconds is out of range; use 0 to"
            + " 2147483; see 'veneer pool create --help'",
        "attach p n --sector-size 1000 | --sector-size takes 512 or 4096: sectorBytes=1000;"
            + " see 'veneer attach --help'",
        "device set p n --attribute k | value for option '--attribute' (KEY=VALUE) should be in"
            + " KEY=VALUE format but was k; see 'veneer device set --help'",
        "device create p n | missing required option: '--size=SIZE';"
            + " see 'veneer device create --help'",
      })
  void namesTheMistakeInOneLine(String arguments, String message) {
    assertEquals(message, Outcome.of(arguments.split(" ")).failedWith(WRONG_USAGE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pool create",
        "pool status",
        "pool watch",
        "device list",
        "device create n --size 1M",
        "layer list",
        "container list",
        "check",
        "serve",
        "attach --list",
        "detach n"
      })
  void refusesAnEmptyPool(String command) {
    List<String> line = new ArrayList<>(List.of(command.split(" ")));
    line.add(leafLength(line), "");
    String message = Outcome.of(line.toArray(String[]::new)).failedWith(WRONG_USAGE);
    assertTrue(message.startsWith("POOL must not be empty; see 'veneer "), message);
  }

  private static int leafLength(List<String> line) {
    return CommandTree.groupNames().contains(line.get(0)) ? 2 : 1;
  }

  @ParameterizedTest
  @ValueSource(strings = {"--nbd", "--containerd", "--docker", "--tls-certificates"})
  void refusesAnEmptyPathOfAnOption(String option) {
    String message = Outcome.of("serve", "p", option, "").failedWith(WRONG_USAGE);
    assertEquals(option + " must not be empty; see 'veneer serve --help'", message);
  }

  @Test
  void refusesAnEmptyFile() {
    String message = Outcome.of("device", "export", "p", "n", "").failedWith(WRONG_USAGE);
    assertEquals("FILE must not be empty; see 'veneer device export --help'", message);
  }

  @Test
  void withoutACommandPointsToTheHelpText() {
    assertEquals("missing command; see 'veneer --help'", Outcome.of().failedWith(WRONG_USAGE));
  }

  @Test
  void anOptionWithoutItsSizeIsWrongUsage() {
    String message = Outcome.of("device", "create", "p", "n", "--size").failedWith(WRONG_USAGE);
    assertTrue(message.startsWith("missing required parameter for option '--size'"), message);
  }

  @Test
  void takesGlobalOptionsBeforeAndBehindTheCommand() {
    String before = Outcome.of("--quiet", "device", "list", "/nowhere").failedWith(1);
    String behind = Outcome.of("device", "list", "/nowhere", "--quiet").failedWith(1);
    assertEquals(before, behind);
  }

  @Test
  void printsAStackTraceOnlyWhenAsked() {
    Outcome outcome = Outcome.of("device", "list", "/nowhere", "--stacktrace");
    assertEquals(1, outcome.exitCode());
    assertTrue(outcome.err().contains("\tat io.veneer.tools.command."), outcome.err());
  }

  @Test
  void showsTheVersion() {
    assertTrue(Outcome.of("--version").succeeded().startsWith("veneer "));
  }
}
