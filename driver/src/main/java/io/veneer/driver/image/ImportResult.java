// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.image;

/**
 * What an import did.
 *
 * @param name what the image is called now
 * @param chainId name of its topmost layer
 * @param layers how many it has
 * @param importedLayers how many of these were not there before
 * @param contentBytes sizes of the files in the layers that were imported
 */
public record ImportResult(
    String name, String chainId, int layers, int importedLayers, long contentBytes) {}
