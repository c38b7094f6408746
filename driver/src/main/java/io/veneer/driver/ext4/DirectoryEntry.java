// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

/**
 * One name in a directory.
 *
 * @param name the name; bytes that are no UTF-8 are kept, see {@link FileName}
 * @param inode the number of what it names
 * @param type what that is, or null where entries do not tell
 */
public record DirectoryEntry(String name, long inode, FileType type) {}
