/**
 * What the layer and container commands ask of a pool, done where the pool is open.
 *
 * <p>May import the driver and thinpool modules, and {@code io.veneer.tools.control}.
 *
 * <p>Public are {@link io.veneer.tools.layers.LayerService}, which does it in the process that has
 * the pool, and {@link io.veneer.tools.layers.LayerWords}, the names of requests and members.
 */
package io.veneer.tools.layers;
