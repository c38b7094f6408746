// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompareTest {
  @TempDir private Path folder;

  @Test
  void comparesOnAGivenImageAndLeavesItAsItWas() throws IOException {
    byte[] bytes = TransferTest.pattern(4 << 20);
    Path image = Files.write(folder.resolve("image"), bytes);
    Path work = folder.resolve("work");
    String out = compare("--image " + image + " --work-dir " + work).succeeded();
    assertTrue(out.startsWith("image " + image + " (4 MiB), 1 container, 5 places each"), out);
    assertTrue(out.contains("\n  to thin "), out);
    assertTrue(out.contains("\nA container's first write to the image took "), out);
    assertArrayEquals(bytes, Files.readAllBytes(image));
    assertEmpty(work);
  }

  @Test
  void makesAnImageWhereNoneIsGivenAndRemovesIt() throws IOException {
    String out = compare("--size 8M --json --work-dir " + folder).succeeded();
    JsonObject json = JsonParser.parseString(out).getAsJsonObject();
    assertEquals(8 << 20, json.getAsJsonObject("image").get("bytes").getAsLong());
    assertEquals(1, json.get("containers").getAsInt());
    assertEquals(5, json.get("writesPerContainer").getAsInt());
    assertEquals(2, json.getAsJsonArray("drivers").size());
    json.getAsJsonArray("drivers")
        .forEach(driver -> assertTrue(driver.getAsJsonObject().get("verified").getAsBoolean()));
    assertEmpty(folder);
  }

  @ParameterizedTest
  @CsvSource({
    "'--drivers thin,zfs', 'there is no driver ''zfs'', only thin, overlay2, overlay, aufs, vfs, reflink'",
    "'--drivers thin,vfs,thin', a driver is named twice: thin",
    "--size 1023K, --size is 1M or more",
    "--size 2M --image x, '--size is for the image that is made, it does not go with --image'",
    "--containers 0, --containers and --writes are 1 or more",
    "--writes -1, --containers and --writes are 1 or more",
    "--workloads deep, --workloads goes with --mounted",
    "--mounted --workloads shallow, 'there is no workload ''shallow'', only large-file, commit, many-files, start, deep, remove'",
  })
  void refusesWhatCannotBeCompared(String options, String message) {
    String[] words = ("compare " + options).split(" ");
    assertEquals(message + "; see 'veneer compare --help'", Outcome.of(words).failedWith(2));
  }

  @Test
  void namesTheImageThatIsNotThere() {
    Path none = folder.resolve("none");
    String message = Outcome.of("compare", "--image", none.toString()).failedWith(1);
    assertEquals("there is no file " + none + " that can be read; name an image", message);
  }

  @Test
  void writesAReport() throws IOException {
    Path report = folder.resolve("out.html");
    compare("--size 8M --report " + report + " --work-dir " + folder).succeeded();
    String html = Files.readString(report);
    assertTrue(html.contains("write to a new place</figcaption>"), html);
    assertTrue(html.contains("<dt>Command</dt><dd>veneer compare --containers 1"), html);
  }

  @Test
  void refusesAReportThatCannotBeWrittenBeforeAnythingRuns() {
    Path report = folder.resolve("none").resolve("out.html");
    String message = compare("--report " + report).failedWith(1);
    assertTrue(message.startsWith("cannot write the report to " + report), message);
  }

  @Test
  void refusesAFileThatIsTooSmall() throws IOException {
    Path small = Files.write(folder.resolve("small"), new byte[100]);
    Outcome.of("compare", "--image", small.toString()).failedWith(1);
  }

  private static Outcome compare(String options) {
    String usual = "compare --containers 1 --writes 5 --drivers thin,overlay2 ";
    return Outcome.of((usual + options).split(" "));
  }

  private static void assertEmpty(Path folder) throws IOException {
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(List.of(), left.toList());
    }
  }
}
