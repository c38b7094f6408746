/**
 * The rules of the snapshot model, kept once for all drivers: kinds, names, labels, removal.
 *
 * <p>May import {@code io.veneer.driver}.
 *
 * <p>Public are {@link io.veneer.driver.snapshot.SnapshotDriver}, which is the rules, and {@link
 * io.veneer.driver.snapshot.SnapshotStore}, which a driver implements below them.
 */
package io.veneer.driver.snapshot;
