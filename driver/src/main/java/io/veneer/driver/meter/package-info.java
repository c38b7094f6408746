/**
 * What a server counts, for a monitor to read: the pool's space and work, the doors' requests.
 *
 * <p>May import the thinpool module and {@link io.veneer.driver.socket.TcpAddress}.
 *
 * <p>Public are {@link io.veneer.driver.meter.RequestMeter} and {@link
 * io.veneer.driver.meter.DeviceMeter}, of which a door is given one, {@link
 * io.veneer.driver.meter.Meters}, where they all come from, and {@link
 * io.veneer.driver.meter.MetricsServer}, which shows them.
 */
package io.veneer.driver.meter;
