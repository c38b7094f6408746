// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;

/** Makes the exceptions for what an ext4 file system cannot say, and for what is not read here. */
final class Damage {
  private Damage() {}

  /** What the device says contradicts itself. */
  static DriverException found(String what) {
    return new DriverException(Kind.DATA_LOSS, "ext4 is damaged: " + what);
  }

  /** Throws unless a condition holds; the message is put together only then. */
  static void unless(boolean holds, String what, String name, long value) {
    if (!holds) {
      throw found(what + " " + name + "=" + value);
    }
  }

  /** As the other, with the inode it is about. */
  static void unless(boolean holds, String what, long inode, String name, long value) {
    if (!holds) {
      throw found(what + " inode=" + inode + " " + name + "=" + value);
    }
  }

  /** The file system is sound but has what this reader does not know. */
  static DriverException unsupported(String what) {
    return new DriverException(Kind.UNIMPLEMENTED, "ext4 cannot be read: " + what);
  }
}
