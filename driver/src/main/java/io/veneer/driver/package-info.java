/**
 * Storage drivers for containers: layers, names and mounts that stand on a pool.
 *
 * <p>May import the thinpool module.
 */
package io.veneer.driver;
