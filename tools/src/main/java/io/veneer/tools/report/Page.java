// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.report;

import java.util.List;
import java.util.Map;

/**
 * One page as HTML. Colours come from variables that follow the reader's choice of light or dark;
 * bars have their value as text beside them, so that nothing depends on telling colours apart.
 *
 * @param title the heading
 * @param summary what the figures say, a paragraph each
 * @param facts what was run and on what machine, by name, in order
 * @param sections the parts
 * @param highlighted the name whose bars stand out
 */
public record Page(
    String title,
    List<String> summary,
    Map<String, String> facts,
    List<Section> sections,
    String highlighted) {

  private static final double PER_CENT = 100;

  /**
   * Renders the page.
   *
   * @return a whole HTML document
   */
  public String html() {
    StringBuilder html = new StringBuilder(PageStyle.head(escape(title)));
    html.append("<h1>").append(escape(title)).append("</h1>\n");
    for (String sentence : summary) {
      html.append("<p class=\"summary\">").append(escape(sentence)).append("</p>\n");
    }
    for (Section section : sections) {
      append(html, section);
    }
    appendFacts(html);
    return html.append("</main></body></html>\n").toString();
  }

  private void append(StringBuilder html, Section section) {
    html.append("<section>\n<h2>").append(escape(section.title())).append("</h2>\n");
    if (!section.text().isEmpty()) {
      html.append("<p>").append(escape(section.text())).append("</p>\n");
    }
    html.append("<div class=\"charts\">\n");
    section.charts().forEach(chart -> append(html, chart));
    html.append("</div>\n");
    section
        .spreads()
        .forEach(spread -> html.append(new SpreadDrawing(spread, highlighted).figure()));
    html.append("</section>\n");
  }

  private void append(StringBuilder html, Chart chart) {
    double most = chart.bars().stream().mapToDouble(Bar::value).max().orElse(0);
    html.append("<figure><figcaption>").append(escape(chart.title())).append("</figcaption>\n");
    html.append("<div class=\"bars\">\n");
    for (Bar bar : chart.bars()) {
      double width = most <= 0 ? 0 : PER_CENT * bar.value() / most;
      String kind = bar.name().equals(highlighted) ? "bar own" : "bar";
      html.append("<span class=\"name\">")
          .append(escape(bar.name()))
          .append("</span>")
          .append("<span class=\"track\"><span class=\"")
          .append(kind)
          .append("\" style=\"width:")
          .append(String.format(java.util.Locale.ROOT, "%.2f", width))
          .append("%\"></span></span><span class=\"value\">")
          .append(escape(bar.text()))
          .append(bar.note().isEmpty() ? "" : " <small>" + escape(bar.note()) + "</small>")
          .append("</span>\n");
    }
    html.append("</div></figure>\n");
  }

  private void appendFacts(StringBuilder html) {
    html.append("<section>\n<h2>How it was measured</h2>\n<dl>\n");
    facts.forEach(
        (name, value) ->
            html.append("<dt>")
                .append(escape(name))
                .append("</dt><dd>")
                .append(escape(value))
                .append("</dd>\n"));
    html.append("</dl>\n</section>\n");
  }

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
