/**
 * The control socket: how veneer commands reach a pool that another process has open.
 *
 * <p>May import the driver and thinpool modules.
 */
package io.veneer.tools.control;
