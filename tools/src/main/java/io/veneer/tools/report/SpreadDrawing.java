// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.report;

import java.util.Locale;

/** Draws a {@link Spread} as SVG: a row a driver, a point a value, a line a power of ten. */
final class SpreadDrawing {
  private static final int WIDTH = 1000;
  private static final int NAMES_WIDTH = 110;
  private static final int RIGHT_MARGIN = 50;
  private static final int ROW_HEIGHT = 26;
  private static final int SCALE_HEIGHT = 26;
  private static final int TEXT_DROP = 4;

  /** Points of one row are set apart a little, by a pattern that is always the same. */
  private static final int[] LIFTS = {0, -5, 5, -2, 3, -7, 7};

  private final Spread spread;
  private final String highlighted;
  private final int firstPower;
  private final int lastPower;

  SpreadDrawing(Spread spread, String highlighted) {
    this.spread = spread;
    this.highlighted = highlighted;
    this.firstPower = spread.firstPower();
    this.lastPower = spread.lastPower();
  }

  String figure() {
    int height = spread.rows().size() * ROW_HEIGHT + SCALE_HEIGHT;
    StringBuilder svg = new StringBuilder();
    svg.append("<figure><figcaption>").append(Page.escape(spread.title()));
    svg.append("</figcaption>\n<svg viewBox=\"0 0 ").append(WIDTH).append(' ').append(height);
    svg.append("\" role=\"img\">\n");
    appendScale(svg, height);
    for (int row = 0; row < spread.rows().size(); row++) {
      appendRow(svg, spread.rows().get(row), row * ROW_HEIGHT + ROW_HEIGHT / 2);
    }
    return svg.append("</svg></figure>\n").toString();
  }

  private void appendScale(StringBuilder svg, int height) {
    for (int power = firstPower; power <= lastPower; power++) {
      double x = x(Math.pow(10, power));
      svg.append(
          String.format(
              Locale.ROOT,
              "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"0\" y2=\"%d\"/>"
                  + "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>%n",
              x,
              x,
              height - SCALE_HEIGHT,
              x,
              height - TEXT_DROP,
              Page.escape(spread.text().apply(Math.pow(10, power)))));
    }
  }

  private void appendRow(StringBuilder svg, Spread.Row row, int y) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>%n",
            NAMES_WIDTH - 2 * TEXT_DROP,
            y + TEXT_DROP,
            Page.escape(row.name())));
    double[] values = row.values();
    String kind = row.name().equals(highlighted) ? " class=\"own\"" : "";
    for (int i = 0; i < values.length; i++) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<circle%s cx=\"%.1f\" cy=\"%d\" r=\"4\"/>",
              kind,
              x(values[i]),
              y + LIFTS[i % LIFTS.length]));
    }
    svg.append('\n');
  }

  private double x(double value) {
    double power = Math.max(firstPower, Math.log10(Math.max(value, 1)));
    double share = (power - firstPower) / (lastPower - firstPower);
    return NAMES_WIDTH + share * (WIDTH - NAMES_WIDTH - RIGHT_MARGIN);
  }
}
