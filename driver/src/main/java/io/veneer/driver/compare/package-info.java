/**
 * The comparison: the same image and the same writes through every driver, measured and verified.
 *
 * <p>May import {@code io.veneer.driver}, its packages {@code host}, {@code overlay2}, {@code
 * overlay}, {@code aufs}, {@code vfs}, {@code reflink} and {@code thin}, and the thinpool module.
 *
 * <p>Public are {@link io.veneer.driver.compare.Comparison} with its options, progress and results,
 * {@link io.veneer.driver.compare.DriverCatalog} and {@link io.veneer.driver.compare.SampleImage}:
 * what a command line needs.
 */
package io.veneer.driver.compare;
