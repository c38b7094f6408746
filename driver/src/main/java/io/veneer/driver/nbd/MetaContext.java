// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

/** One kind of knowledge about the ranges of an export. Any thread. */
interface MetaContext {
  /** The name by which clients choose it. */
  String name();

  /** Describes a range in ascending order, without gaps, until it ends or no more is taken. */
  void describe(long offset, long lengthBytes, Descriptors descriptors);

  /** Notes that the client has changed the export, and will be told so after this. */
  default void changed() {}

  /** Lets go of what it holds; nobody asks any more. */
  default void close() {}
}
