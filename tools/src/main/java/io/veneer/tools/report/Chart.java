// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.report;

import java.util.List;

/**
 * Bars of one quantity, of which less is better.
 *
 * @param title what is shown
 * @param bars one for each driver, in the order in which they are drawn
 */
public record Chart(String title, List<Bar> bars) {}
