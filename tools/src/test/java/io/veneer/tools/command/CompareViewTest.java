// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.veneer.driver.compare.ComparisonResult;
import io.veneer.driver.compare.DriverResult;
import io.veneer.driver.compare.ImageInfo;
import io.veneer.driver.compare.Timing;
import java.util.List;
import org.junit.jupiter.api.Test;

class CompareViewTest {
  private static final long GIB = 1L << 30;

  private final DriverResult thin =
      new DriverResult("thin", of(310), of(1020), of(980), of(410), 400L * 65536, 27_000_000, true);
  private final DriverResult overlay2 =
      new DriverResult(
          "overlay2", of(250.4), of(1_230_000), of(400), of(410), 4 * GIB, 4 * GIB, true);

  @Test
  void showsEachFigureAndItsRatioToThin() {
    assertEquals(
        """
        image /images/a.raw (1 GiB), 4 containers, 100 places each written twice; times are medians

        DRIVER     PREPARE  FIRST WRITE  NEW PLACE  REWRITE  COPIED    STORED  VERIFIED
        thin        310 us      1.02 ms     980 us   410 us  25 MiB  25.7 MiB       yes
        overlay2    250 us       1.23 s     400 us   410 us   4 GiB     4 GiB       yes
          to thin    0.81x        1206x      0.41x       1x    164x      159x

        A container's first write to the image took 1.02 ms with thin and 1.23 s with overlay2 (1206x),
        and each container made thin copy 6.3 MiB in blocks where overlay2 copied 1 GiB of files (164x).
        """,
        new CompareView(result(thin, overlay2)).text());
  }

  @Test
  void showsNoTimeOfWhatWasNotDone() {
    DriverResult once =
        new DriverResult("thin", of(1), of(2), new Timing(0, 0, 0), of(3), 0, 0, true);
    String text = new CompareView(result(once)).text();
    assertTrue(text.contains("thin       1 us         2 us          -     3 us "), text);
  }

  @Test
  void showsNoRatioWithoutThin() {
    String text = new CompareView(result(overlay2)).text();
    assertTrue(text.endsWith("name thin and one more with --drivers.\n"), text);
    assertTrue(!text.contains("to thin"), text);
  }

  @Test
  void saysLoudlyWhatIsNotVerified() {
    DriverResult wrong = new DriverResult("vfs", of(1), of(1), of(1), of(1), 0, -4096, false);
    String text = new CompareView(result(thin, wrong)).text();
    assertTrue(text.contains(" -4 KiB        NO\n"), text);
  }

  @Test
  void writesTheJsonThatIsDocumented() {
    String text = new CompareView(result(thin, overlay2)).json();
    JsonObject json = JsonParser.parseString(text).getAsJsonObject();
    assertEquals("{\"path\":\"/images/a.raw\",\"bytes\":1073741824}", json.get("image").toString());
    assertEquals(4, json.get("containers").getAsInt());
    assertEquals(100, json.get("writesPerContainer").getAsInt());
    JsonObject second = json.getAsJsonArray("drivers").get(1).getAsJsonObject();
    assertEquals(
        "{\"name\":\"overlay2\","
            + "\"prepareMicros\":{\"p50\":250.4,\"p99\":500.8,\"max\":751.2},"
            + "\"firstWriteMicros\":{\"p50\":1230000.0,\"p99\":2460000.0,\"max\":3690000.0},"
            + "\"newPlaceMicros\":{\"p50\":400.0,\"p99\":800.0,\"max\":1200.0},"
            + "\"rewriteMicros\":{\"p50\":410.0,\"p99\":820.0,\"max\":1230.0},"
            + "\"bytesCopied\":4294967296,\"bytesStored\":4294967296,\"verified\":true}",
        second.toString());
  }

  private static ComparisonResult result(DriverResult... drivers) {
    return new ComparisonResult(new ImageInfo("/images/a.raw", GIB), 4, 100, List.of(drivers));
  }

  private static Timing of(double p50) {
    return new Timing(p50, Math.round(p50 * 20) / 10.0, Math.round(p50 * 30) / 10.0);
  }
}
