/**
 * Archives of layers: applying a tar to a folder without ever leaving it, and writing one.
 *
 * <p>May import {@code io.veneer.driver}.
 *
 * <p>Public are {@link io.veneer.driver.archive.Unpacker} and {@link
 * io.veneer.driver.archive.Packer} with the words they need ({@link
 * io.veneer.driver.archive.UnpackOptions}, {@link io.veneer.driver.archive.Unpacked}, {@link
 * io.veneer.driver.archive.WhiteoutForm}, {@link io.veneer.driver.archive.LowerLayers}), {@link
 * io.veneer.driver.archive.NodePacker} with {@link io.veneer.driver.archive.PackedNode}, and {@link
 * io.veneer.driver.archive.Compression}.
 */
package io.veneer.driver.archive;
