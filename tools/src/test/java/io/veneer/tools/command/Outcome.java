// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** What a command did: its exit code and what it wrote. */
record Outcome(int exitCode, byte[] outBytes, String err) {

  /** Runs a command in this process, without input. */
  static Outcome of(String... arguments) {
    return of(new byte[0], arguments);
  }

  /** Runs a command in this process on given input. */
  static Outcome of(byte[] input, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream errPrinter = new PrintStream(err, true, StandardCharsets.UTF_8);
    int exitCode = Veneer.run(arguments, new ByteArrayInputStream(input), out, errPrinter);
    return new Outcome(exitCode, out.toByteArray(), err.toString(StandardCharsets.UTF_8));
  }

  String out() {
    return new String(outBytes, StandardCharsets.UTF_8);
  }

  /** Checks that all went well and nothing was complained of, and gives what was printed. */
  String succeeded() {
    assertEquals("", err);
    assertEquals(0, exitCode);
    return out();
  }

  /** Checks that there was one line of error and no output, and gives the line. */
  String failedWith(int expectedExitCode) {
    assertEquals(expectedExitCode, exitCode, this::toString);
    assertEquals("", out());
    assertTrue(err.startsWith("veneer: "), err);
    assertEquals(err.length() - 1, err.indexOf('\n'), () -> "more than one line: " + err);
    return err.substring("veneer: ".length(), err.length() - 1);
  }

  @Override
  public String toString() {
    return "exitCode=" + exitCode + " out=" + out() + " err=" + err;
  }
}
