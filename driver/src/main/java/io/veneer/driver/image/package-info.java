/**
 * Images: reading OCI layouts and docker-save archives, and keeping them as layers of a driver.
 *
 * <p>May import {@code io.veneer.driver} and {@code io.veneer.driver.archive}.
 *
 * <p>Public are {@link io.veneer.driver.image.ImageArchive}, what images come in, and {@link
 * io.veneer.driver.image.Images}, what a driver has of them, with the words of both.
 */
package io.veneer.driver.image;
