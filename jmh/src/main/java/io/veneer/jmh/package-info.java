// SPDX-License-Identifier: Apache-2.0
/**
 * How fast the engine is: benchmarks, each beside its floor, and the table of budgets.
 *
 * <p>May import everything.
 */
package io.veneer.jmh;
