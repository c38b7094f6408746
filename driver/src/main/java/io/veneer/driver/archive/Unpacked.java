// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

/**
 * What was unpacked.
 *
 * @param entries files, folders, links and whiteouts
 * @param contentBytes sizes of the regular files together, holes included
 * @param leftOut devices and attributes that were left out
 */
public record Unpacked(long entries, long contentBytes, long leftOut) {}
