/**
 * What the file-level drivers share: records of layers, the search through branches, copy_up.
 *
 * <p>May import {@code io.veneer.driver}, {@code io.veneer.driver.snapshot} and {@code
 * io.veneer.driver.host}.
 *
 * <p>Public are {@link io.veneer.driver.layer.LayerLayout}, which each driver implements, with the
 * words it needs ({@link io.veneer.driver.layer.Layer}, {@link io.veneer.driver.layer.Branches},
 * {@link io.veneer.driver.layer.Whiteouts}, {@link io.veneer.driver.layer.CopyCounter}), and {@link
 * io.veneer.driver.layer.LayerStore}, which makes a driver of it.
 */
package io.veneer.driver.layer;
