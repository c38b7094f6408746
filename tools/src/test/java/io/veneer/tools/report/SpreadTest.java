// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpreadTest {
  @Test
  void scaleHoldsEveryValue() {
    Spread spread = spread(250, 90_000);
    assertEquals(2, spread.firstPower());
    assertEquals(5, spread.lastPower());
  }

  @Test
  void scaleOfOneValueHasTwoEnds() {
    Spread spread = spread(1_000);
    assertEquals(3, spread.firstPower());
    assertEquals(4, spread.lastPower());
  }

  @Test
  void drawsAPointForEachValueInsideTheDrawing() {
    String figure = new SpreadDrawing(spread(0, 10, 1_000), "thin").figure();
    assertEquals(3, figure.split("<circle class=\"own\"", -1).length - 1);
    assertTrue(figure.contains("cx=\"110.0\""), figure);
    assertTrue(figure.contains("cx=\"950.0\""), figure);
  }

  private static Spread spread(double... values) {
    return new Spread("times", List.of(new Spread.Row("thin", values)), value -> value + " us");
  }
}
