// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import static io.veneer.driver.archive.FolderCalls.libC;
import static io.veneer.driver.archive.FolderCalls.orErrno;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The names in a folder, as the kernel lists them.
 *
 * <pre>
 * struct linux_dirent64
 *  0  u64 inode   8  s64 position   16  u16 length of the record   18  u8 type   19  name, zero
 * </pre>
 *
 * <p>One thread; owns the descriptor.
 */
final class FolderNames implements AutoCloseable {
  private static final int LENGTH_OFFSET = 16;
  private static final int NAME_OFFSET = 19;
  private static final int BUFFER_BYTES = 32 << 10;

  private final int descriptor;

  FolderNames(int descriptor) {
    this.descriptor = descriptor;
  }

  /** All names but . and .., in no order. */
  List<String> all() throws HostFailure {
    List<String> names = new ArrayList<>();
    byte[] records = new byte[BUFFER_BYTES];
    long count = next(records);
    while (count > 0) {
      addNames(ByteBuffer.wrap(records, 0, (int) count).order(ByteOrder.nativeOrder()), names);
      count = next(records);
    }
    return names;
  }

  private long next(byte[] records) throws HostFailure {
    long result = orErrno(libC().getdents64(descriptor, records, records.length));
    if (result < 0) {
      throw new HostFailure("list folder", ".", result);
    }
    return result;
  }

  private static void addNames(ByteBuffer records, List<String> names) {
    int record = 0;
    while (record < records.limit()) {
      String name = nameAt(records, record + NAME_OFFSET);
      if (!name.equals(".") && !name.equals("..")) {
        names.add(name);
      }
      record += Short.toUnsignedInt(records.getShort(record + LENGTH_OFFSET));
    }
  }

  private static String nameAt(ByteBuffer records, int begin) {
    int end = begin;
    while (records.get(end) != 0) {
      end++;
    }
    return ByteNames.of(records.array(), begin, end - begin);
  }

  @Override
  public void close() {
    libC().close(descriptor);
  }
}
