// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Access control lists as ext4 keeps them, and as everybody else sees them; integers are
 * little-endian. Kept entries have a number only where it says something.
 *
 * <pre>
 *   kept   0 u32 version 1   then entries of 0 u16 tag   2 u16 permissions   [4 u32 id]
 *   seen   0 u32 version 2   then entries of 0 u16 tag   2 u16 permissions    4 u32 id
 * </pre>
 */
final class AccessListFormat {
  /** Who may do what. */
  static final String ACCESS = "system.posix_acl_access";

  /** What new files in a directory get. */
  static final String DEFAULT = "system.posix_acl_default";

  private static final int SEEN_VERSION = 2;
  private static final int SHORT_ENTRY = 4;
  private static final int LONG_ENTRY = 8;
  private static final int USER = 2;
  private static final int GROUP = 8;
  private static final int NO_ID = -1;

  private AccessListFormat() {}

  static boolean isAccessList(String name) {
    return name.equals(ACCESS) || name.equals(DEFAULT);
  }

  static byte[] seen(byte[] kept, long inode) {
    Damage.unless(kept.length >= Integer.BYTES, "access list", inode, "length", kept.length);
    ByteBuffer in = FileContents.littleEndian(kept).position(Integer.BYTES);
    ByteBuffer out =
        ByteBuffer.allocate(Integer.BYTES + kept.length / SHORT_ENTRY * LONG_ENTRY)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(SEEN_VERSION);
    while (in.hasRemaining()) {
      Damage.unless(in.remaining() >= SHORT_ENTRY, "access list", inode, "length", kept.length);
      short tag = in.getShort();
      out.putShort(tag).putShort(in.getShort());
      boolean hasId = tag == USER || tag == GROUP;
      Damage.unless(
          !hasId || in.remaining() >= Integer.BYTES, "access list", inode, "length", kept.length);
      out.putInt(hasId ? in.getInt() : NO_ID);
    }
    byte[] bytes = new byte[out.position()];
    out.get(0, bytes);
    return bytes;
  }
}
