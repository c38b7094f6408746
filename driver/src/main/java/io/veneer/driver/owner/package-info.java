/**
 * One engine's part of a driver: several engines on one pool never see each other's snapshots.
 *
 * <p>May import {@code io.veneer.driver}.
 *
 * <p>Public is {@link io.veneer.driver.owner.OwnedDriver}, which the doors of container engines
 * serve.
 */
package io.veneer.driver.owner;
