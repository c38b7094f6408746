/**
 * Compares storage drivers through their real mounts, by what programs in containers do to files.
 *
 * <p>May import the words of {@code driver}, the drivers, {@code driver.compare} for samples and
 * scratch folders, {@code driver.attach} and {@code driver.host}.
 */
package io.veneer.driver.workload;
