/**
 * One process that owns a pool, and the doors through which others come to it while it runs.
 *
 * <p>May import {@link io.veneer.tools.control}, and the driver and thinpool modules.
 */
package io.veneer.tools.serve;
