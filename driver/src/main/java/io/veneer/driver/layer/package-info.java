/**
 * What the file-level drivers share: records, the union of branches, changes, archives, mounts.
 *
 * <p>May import {@code io.veneer.driver} and its packages {@code snapshot}, {@code host} and {@code
 * archive}.
 *
 * <p>Public are {@link io.veneer.driver.layer.LayerLayout}, which each driver implements, with the
 * words it needs ({@link io.veneer.driver.layer.Layer}, {@link io.veneer.driver.layer.Branches},
 * {@link io.veneer.driver.layer.Whiteouts}, {@link io.veneer.driver.layer.CopyCounter}, {@link
 * io.veneer.driver.layer.LayerFolders}, {@link io.veneer.driver.layer.OverlayOptions}); {@link
 * io.veneer.driver.layer.WholeTrees}, a layout for drivers without branches; {@link
 * io.veneer.driver.layer.LayerStore}, which makes a driver of a layout; and {@link
 * io.veneer.driver.layer.FolderChanges}, the comparison of any two folders.
 */
package io.veneer.driver.layer;
