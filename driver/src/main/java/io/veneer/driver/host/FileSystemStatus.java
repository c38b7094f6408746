// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import jnr.constants.platform.Errno;
import jnr.ffi.LastError;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;

/**
 * What a mounted file system says of itself as a whole.
 *
 * <pre>
 * struct statfs (Linux on x86-64, little-endian)
 *  40 u64 inodes   48 u64 free inodes   120 end
 * </pre>
 *
 * @param inodes how many there can be
 * @param freeInodes how many of them are not in use
 */
public record FileSystemStatus(long inodes, long freeInodes) {
  private static final int LENGTH = 120;
  private static final int INODES_OFFSET = 40;
  private static final int FREE_INODES_OFFSET = 48;

  private static final LibC LIB_C = LibraryLoader.create(LibC.class).load("c");
  private static final Runtime RUNTIME = Runtime.getRuntime(LIB_C);

  /** What is called, with C's name; public because jnr implements it from another class loader. */
  public interface LibC {
    /**
     * Asks the kernel.
     *
     * @param path a path with a zero behind
     * @param status filled
     * @return 0, or -1 on failure
     */
    int statfs(byte[] path, byte[] status);
  }

  /**
   * Asks the kernel.
   *
   * @param path any path in the file system
   * @return what it says now
   * @throws IOException if it does not
   */
  public static FileSystemStatus of(Path path) throws IOException {
    byte[] status = new byte[LENGTH];
    if (LIB_C.statfs(NodeCalls.bytes(path), status) < 0) {
      Errno errno = Errno.valueOf(LastError.getLastError(RUNTIME));
      throw new FileSystemException(path.toString(), null, errno.description());
    }
    ByteBuffer fields = ByteBuffer.wrap(status).order(ByteOrder.LITTLE_ENDIAN);
    return new FileSystemStatus(fields.getLong(INODES_OFFSET), fields.getLong(FREE_INODES_OFFSET));
  }

  /**
   * How many inodes are in use.
   *
   * @return those that the file system has for itself included
   */
  public long usedInodes() {
    return inodes - freeInodes;
  }
}
