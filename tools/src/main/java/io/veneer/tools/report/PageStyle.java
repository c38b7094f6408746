// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.report;

/** How pages look. */
final class PageStyle {
  private static final String STYLE =
      """
      :root { color-scheme: light dark; --paper: #fcfcfa; --ink: #1d2129; --quiet: #5f6773;
        --line: #d9dce1; --track: #eceef1; --bar: #9aa5b5; --own: #0b6e8f; }
      @media (prefers-color-scheme: dark) { :root { --paper: #15181d; --ink: #e6e8eb;
        --quiet: #9aa3af; --line: #333a44; --track: #232830; --bar: #66717f; --own: #4cb8d9; } }
      * { box-sizing: border-box; }
      body { margin: 0; background: var(--paper); color: var(--ink);
        font: 16px/1.5 system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
      main { max-width: 1080px; margin: 0 auto; padding: 32px 20px 64px; }
      h1 { font-size: 28px; line-height: 1.2; margin: 0 0 12px; }
      h2 { font-size: 20px; margin: 40px 0 4px; padding-top: 16px;
        border-top: 1px solid var(--line); }
      p { margin: 4px 0 12px; max-width: 74ch; }
      p.summary { font-size: 17px; }
      .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(430px, 1fr));
        gap: 20px 40px; }
      @media (max-width: 520px) { .charts { grid-template-columns: 1fr; } }
      figure { margin: 8px 0; }
      figcaption { font-weight: 600; margin-bottom: 4px; }
      .bars { display: grid; grid-template-columns: max-content 1fr max-content; gap: 4px 10px;
        align-items: center; font-size: 14px; }
      .name { color: var(--quiet); text-align: right; }
      .track { background: var(--track); border-radius: 3px; height: 14px; overflow: hidden; }
      .bar { display: block; height: 100%; min-width: 2px; background: var(--bar);
        border-radius: 3px; }
      .bar.own { background: var(--own); }
      .value { font-variant-numeric: tabular-nums; white-space: nowrap; }
      small { color: var(--quiet); }
      svg { width: 100%; height: auto; font-size: 12px; }
      svg text { fill: var(--quiet); }
      svg line { stroke: var(--line); }
      svg circle { fill: var(--bar); fill-opacity: 0.55; }
      svg circle.own { fill: var(--own); }
      dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 20px; font-size: 14px; }
      dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; }
      """;

  private PageStyle() {}

  /** Everything before the page's content. */
  static String head(String title) {
    return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
        + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>"
        + title
        + "</title>\n<style>\n"
        + STYLE
        + "</style></head><body><main>\n";
  }
}
