/**
 * Pages of charts that stand on their own: one HTML file that needs no script and no network.
 *
 * <p>May import nothing of Veneer; who makes a page hands in numbers and their texts.
 */
package io.veneer.tools.report;
