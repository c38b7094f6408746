// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver;

/** What a caller may count on beyond what every driver does. */
public enum Capability {
  /** A snapshot is a tree of files: {@link StorageDriver#openFile} takes any path in it. */
  FILES,
  /**
   * A snapshot is one volume of a fixed size, on which a file system may stand: {@link
   * StorageDriver#openFile} takes {@link StorageDriver#VOLUME} and nothing else.
   */
  VOLUME
}
