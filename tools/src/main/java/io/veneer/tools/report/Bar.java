// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.report;

/**
 * One bar of a chart.
 *
 * @param name whose value
 * @param value 0 or more; how long the bar is
 * @param text the value as people read it
 * @param note a few words behind it, such as a ratio, or empty
 */
public record Bar(String name, double value, String text, String note) {}
