// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Help texts are part of the interface: each is compared letter by letter with a golden file. */
class HelpTest {

  static List<String> commands() {
    return Stream.of(List.of(""), CommandTree.groupNames(), CommandTree.leaves())
        .flatMap(List::stream)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void saysWhatTheGoldenFileSays(String command) throws IOException {
    assertEquals(golden(command), help(command));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void fitsIntoAHundredColumns(String command) {
    assertTrue(help(command).lines().allMatch(line -> line.length() <= 100), help(command));
  }

  @ParameterizedTest
  @MethodSource("io.veneer.tools.command.CommandTree#leaves")
  void showsAnExampleOfTheCommandItself(String command) {
    assertTrue(help(command).contains("veneer " + command + " "), help(command));
    assertTrue(help(command).contains("Example:"), help(command));
  }

  @Test
  void namesAllCommandsOfAGroup() {
    for (String leaf : CommandTree.leaves()) {
      String[] words = leaf.split(" ");
      String parent = words.length == 1 ? "" : words[0];
      assertTrue(help(parent).contains("\n  " + words[words.length - 1] + " "), leaf);
    }
  }

  private static String help(String command) {
    List<String> arguments =
        new ArrayList<>(command.isEmpty() ? List.of() : List.of(command.split(" ")));
    arguments.add("--help");
    return Outcome.of(arguments.toArray(String[]::new)).succeeded();
  }

  private static String golden(String command) throws IOException {
    String name = command.isEmpty() ? "veneer" : command.replace(' ', '-');
    String resource = "/golden/help/" + name + ".txt";
    try (InputStream file = HelpTest.class.getResourceAsStream(resource)) {
      assertNotNull(file, () -> "there is no golden file " + resource);
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
