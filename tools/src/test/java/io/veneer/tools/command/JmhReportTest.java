// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JmhReportTest {
  private static final String RUN =
      """
      {"jmhVersion": "1.37", "benchmark": "io.veneer.jmh.DriverWorkloads.%s", "mode": "ss",
       "forks": 1, "jdkVersion": "17.0.15", "params": {"driver": "%s", "imageBytes": "1048576"},
       "primaryMetric": {"score": 99, "scoreUnit": "%s", "rawData": [[%s]]}}
      """;

  @TempDir private Path folder;

  private Path result(String... runs) throws IOException {
    return Files.writeString(folder.resolve("jmh.json"), "[" + String.join(",", runs) + "]");
  }

  private Path report() {
    return folder.resolve("out.html");
  }

  private Outcome draw(Path result) {
    return Outcome.of("compare", "--jmh", result.toString(), "--report", report().toString());
  }

  @Test
  void drawsABarForEachDriverInAChartForEachBenchmark() throws IOException {
    Path file =
        result(
            RUN.formatted("firstWrite", "thin", "us/op", "900, 1500, 2000"),
            RUN.formatted("firstWrite", "overlay2", "ms/op", "600"),
            RUN.formatted("manySmallFiles", "thin", "us/op", "7"),
            RUN.formatted("throughput", "thin", "ops/s", "7"));
    draw(file).succeeded();
    String html = Files.readString(report());
    assertTrue(html.contains("first write<"), html);
    assertTrue(html.contains("imageBytes"), "what all runs have in common is said once");
    assertEquals(html.indexOf("1048576"), html.lastIndexOf("1048576"), html);
    assertTrue(html.contains("many small files"), html);
    assertTrue(html.contains("1.5 ms"), html);
    assertTrue(html.contains("600 ms <small>400x</small>"), html);
    assertTrue(html.contains("17.0.15"), html);
    assertFalse(html.contains("throughput"), html);
  }

  @Test
  void titlesTellTheParametersThatDiffer() throws IOException {
    String run = RUN.replace("\"1048576\"", "\"%s\", \"depth\": \"16\"");
    Path file =
        result(
            run.formatted("firstWrite", "thin", "1048576", "us/op", "1"),
            run.formatted("firstWrite", "thin", "2097152", "us/op", "2"),
            run.formatted("commit", "thin", "2097152", "us/op", "2"));
    draw(file).succeeded();
    String html = Files.readString(report());
    assertTrue(html.contains("first write, imageBytes 1048576"), html);
    assertTrue(html.contains("first write, imageBytes 2097152"), html);
    assertTrue(html.contains("commit, imageBytes 2097152"), html);
    assertFalse(html.contains("depth 16"), html);
    assertTrue(html.contains("depth"), html);
  }

  @Test
  void whatIsNoResultIsRefused() throws IOException {
    Path none = folder.resolve("none");
    assertTrue(draw(none).failedWith(1).contains("-rf json"));
    for (String text : new String[] {"", "{}", "[1]", "[{}]", "{\"a\": [", "[[]]", "\u0000"}) {
      String line = draw(Files.writeString(folder.resolve("bad"), text)).failedWith(1);
      assertTrue(line.contains("is no result of JMH"), line);
    }
    Files.write(folder.resolve("bad"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    assertTrue(draw(folder.resolve("bad")).failedWith(1).contains("is no result of JMH"));
    String line = draw(result()).failedWith(1);
    assertTrue(line.contains("no times of a benchmark"), line);
    assertFalse(Files.exists(report()));
  }

  @Test
  void goesWithAReportAndNothingToRun() throws IOException {
    Path file = result(RUN.formatted("firstWrite", "thin", "us/op", "9"));
    Outcome alone = Outcome.of("compare", "--jmh", file.toString());
    assertTrue(alone.failedWith(2).contains("--report"));
    Outcome run =
        Outcome.of(
            "compare", "--mounted", "--jmh", file.toString(), "--report", report().toString());
    assertTrue(run.failedWith(2).contains("--mounted"));
    assertEquals(1, Files.list(folder).count());
  }
}
