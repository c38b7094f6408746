// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Wrong usage is one line that names the mistake and the way to the help text, exit code 2. */
class UsageTest {
  private static final int WRONG_USAGE = 2;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "device lst p | there is no command 'lst'; did you mean list?; see 'veneer device --help'",
        "devicee list p | there is no command 'devicee'; did you mean device or detach?; see 'veneer --help'",
        "device | missing command; see 'veneer device --help'",
        "device list | missing required parameter: 'POOL'; see 'veneer device list --help'",
        "device info p | missing required parameter: 'NAME'; see 'veneer device info --help'",
        "device remove p | missing required parameter: 'NAME'; see 'veneer device remove --help'",
        "device rename p a b c | one argument too many: 'c'; see 'veneer device rename --help'",
        "device list p --al | unknown option: '--al'; see 'veneer device list --help'",
        "device set p n | nothing to set: give --quota, --guarantee, --attribute or --seal;"
            + " see 'veneer device set --help'",
        "pool grow p | nothing to grow: give --data-size, --metadata-size or both;"
            + " see 'veneer pool grow --help'",
        "device create p n | missing required option: '--size=SIZE';"
            + " see 'veneer device create --help'",
      })
  void namesTheMistakeInOneLine(String arguments, String message) {
    assertEquals(message, Outcome.of(arguments.split(" ")).failedWith(WRONG_USAGE));
  }

  @Test
  void withoutACommandPointsToTheHelpText() {
    assertEquals("missing command; see 'veneer --help'", Outcome.of().failedWith(WRONG_USAGE));
  }

  @ParameterizedTest
  @CsvSource({
    "device create p n --size, banana",
    "device create p n --size, -5",
    "device create p n --size, 1.5G",
    "device create p n --size, 10GB",
    "device create p n --size, ''",
    "device resize p n --size, 99999999999999999999",
    "device write p n --offset, x",
    "device read p n --length, 4x",
    "device set p n --quota, none",
    "device import p n --size, all",
    "pool create p --data-size, lots",
    "pool create p --block-size, 64KB",
    "pool create p --metadata-size, -1",
    "pool create p --data-limit, 1T1",
    "pool create p --low-water, 10%",
    "pool grow p --data-size, +1G",
    "pool grow p --metadata-size, 1e9",
  })
  void refusesASizeThatIsNone(String command, String size) {
    String[] words = (command + " " + "?").split(" ");
    words[words.length - 1] = size;
    String message = Outcome.of(words).failedWith(WRONG_USAGE);
    assertTrue(message.startsWith("invalid value for option '" + words[words.length - 2]), message);
    boolean saysWhy =
        message.contains("'" + size + "' is not a size; write bytes, or a whole")
            || message.contains("'" + size + "' is too large");
    assertTrue(saysWhy, message);
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
