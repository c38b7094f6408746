/**
 * What the doors count, for a monitor to read: requests, how they ended, how long they took.
 *
 * <p>May import nothing of Veneer.
 *
 * <p>Public is {@link io.veneer.driver.meter.RequestMeter}, which a door is given.
 */
package io.veneer.driver.meter;
