/**
 * Serves block devices to NBD clients over unix sockets and TCP.
 *
 * <p>May import the thinpool module, {@link io.veneer.driver.socket}, {@link io.veneer.driver.pace}
 * and {@link io.veneer.driver.meter.DeviceMeter}. Only {@link io.veneer.driver.nbd.PoolExports}
 * knows of pools; the rest sees {@link io.veneer.thinpool.BlockDevice}.
 */
package io.veneer.driver.nbd;
