// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver;

/** What is at a path of a tree. */
public enum NodeType {
  /** A regular file. */
  FILE,
  /** A folder. */
  FOLDER,
  /** A symbolic link. */
  LINK,
  /** A named pipe. */
  FIFO,
  /** A character device. */
  CHARACTER_DEVICE,
  /** A block device. */
  BLOCK_DEVICE,
  /** A socket's name. */
  SOCKET
}
