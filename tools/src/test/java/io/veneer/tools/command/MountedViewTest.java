// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.veneer.driver.compare.ImageInfo;
import io.veneer.driver.workload.Measurement;
import io.veneer.driver.workload.MountedResult;
import io.veneer.driver.workload.Quantity;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MountedViewTest {
  private final MountedResult result =
      new MountedResult(
          new ImageInfo("/images/a.raw", 1L << 30),
          List.of("thin", "overlay2"),
          Map.of("btrfs", "no program, install it name=mkfs.btrfs"),
          List.of(
              measured(Quantity.FIRST_WRITE, "thin", 1_000, 1_500, 2_000),
              measured(Quantity.FIRST_WRITE, "overlay2", 900_000),
              measured(Quantity.LARGE_FILE_COPIED, "thin", 64 << 10),
              measured(Quantity.LARGE_FILE_COPIED, "overlay2", 1 << 30),
              measured(Quantity.MOUNT, "thin", 30_000),
              measured(Quantity.MOUNT, "overlay2", 1_000)));

  @Test
  void showsMediansAndSaysWhereThinLoses() {
    assertEquals(
        """
        image /images/a.raw (1 GiB), through real mounts; every write with fsync

        MEDIAN OF                             thin  overlay2
        large-file: first write             1.5 ms    900 ms
        large-file: copied for a container  64 KiB     1 GiB
        start: mounting a container          30 ms      1 ms

        A container's first 4 KiB write to the large file took 1.5 ms with thin and 900 ms with overlay2\
         (600x): thin copies blocks where overlay2 copies the file.
        Where thin is not the best in start: mounting a container (30 ms, overlay2 1 ms).
        btrfs was left out: no program, install it name=mkfs.btrfs.
        """,
        new MountedView(result).text());
  }

  @Test
  void takesFloorsForNoDrivers() {
    MountedResult floors =
        new MountedResult(
            new ImageInfo("/images/a.raw", 1L << 30),
            List.of("thin", "raw", "plain"),
            Map.of(),
            List.of(
                measured(Quantity.FIRST_WRITE, "thin", 6_000),
                measured(Quantity.FIRST_WRITE, "raw", 2_400),
                measured(Quantity.FIRST_WRITE, "plain", 800)));
    assertEquals(
        List.of(
            "A container's first write with thin took 2.5x as long as with raw (2.4 ms), and"
                + " 7.5x as long as with plain (800 us)."),
        new MountedFindings(floors).sentences());
  }

  @Test
  void writesTheJsonThatIsDocumented() {
    JsonObject json = JsonParser.parseString(new MountedView(result).json()).getAsJsonObject();
    JsonObject thin = json.getAsJsonArray("drivers").get(0).getAsJsonObject();
    assertEquals("thin", thin.get("name").getAsString());
    JsonObject largeFile = thin.getAsJsonObject("workloads").getAsJsonObject("large-file");
    assertEquals(
        "{\"p50\":1500.0,\"p99\":2000.0,\"max\":2000.0,\"samples\":3}",
        largeFile.get("firstWriteMicros").toString());
    assertEquals(65536, largeFile.get("bytesCopied").getAsLong());
    assertTrue(json.getAsJsonObject("absent").has("btrfs"));
  }

  @Test
  void makesAPageThatNeedsNothingElse() {
    String html = new MountedReport(result, Map.of("Command", "veneer <compare>")).page().html();
    assertTrue(html.contains("first write</figcaption>"), html);
    assertTrue(html.contains("900 ms <small>600x</small>"), html);
    assertTrue(html.contains("every first write"), html);
    assertTrue(html.contains("<dd>veneer &lt;compare&gt;</dd>"), html);
    assertTrue(html.contains("Where thin is not the best"), html);
    assertFalse(html.contains("http"), html);
    assertFalse(html.contains("<script"), html);
  }

  private static Measurement measured(Quantity quantity, String driver, double... samples) {
    return new Measurement(quantity, driver, samples);
  }
}
