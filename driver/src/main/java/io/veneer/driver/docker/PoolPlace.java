// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.docker;

import java.nio.file.Path;

/**
 * What {@code docker info} shows of a pool beside its state.
 *
 * @param folder the pool's folder
 * @param fileSystem the file system of new images
 * @param baseBytes how large a container's file system may become, if nothing else is said
 * @param version of Veneer
 */
public record PoolPlace(Path folder, String fileSystem, long baseBytes, String version) {}
