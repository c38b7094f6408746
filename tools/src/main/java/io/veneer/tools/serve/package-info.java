/**
 * One process that owns a pool, and the doors through which others come to it while it runs.
 *
 * <p>May import the driver and thinpool modules.
 */
package io.veneer.tools.serve;
