// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.report;

import java.util.List;

/**
 * A part of a page.
 *
 * @param title its heading
 * @param text a few sentences, or empty
 * @param charts its charts
 * @param spreads its drawings of single values
 */
public record Section(String title, String text, List<Chart> charts, List<Spread> spreads) {}
