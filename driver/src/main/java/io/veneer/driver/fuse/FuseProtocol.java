// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.fuse;

/**
 * The numbers and layouts of the kernel's FUSE protocol, version 7.36 and what later kernels still
 * understand of it, under the kernel's own names. Source: {@code include/uapi/linux/fuse.h}. All
 * fields are in the machine's byte order.
 *
 * <pre>
 * request   len u32 | opcode u32 | unique u64 | nodeid u64 | uid u32 | gid u32 | pid u32 | 4 bytes
 *           | what the opcode brings
 * reply     len u32 | error i32, 0 or a negative errno | unique u64 | what the opcode answers
 * </pre>
 */
final class FuseProtocol {
  static final int KERNEL_VERSION = 7;
  static final int KERNEL_MINOR_VERSION = 36;

  /** The first version with requests of more than 32 pages; Linux 4.20. */
  static final int KERNEL_MINOR_VERSION_MIN = 28;

  static final long ROOT_ID = 1;

  static final int FORGET = 2;
  static final int GETATTR = 3;
  static final int SETATTR = 4;
  static final int OPEN = 14;
  static final int READ = 15;
  static final int WRITE = 16;
  static final int STATFS = 17;
  static final int RELEASE = 18;
  static final int FSYNC = 20;
  static final int FLUSH = 25;
  static final int INIT = 26;
  static final int INTERRUPT = 36;
  static final int DESTROY = 38;
  static final int BATCH_FORGET = 42;
  static final int FALLOCATE = 43;
  static final int LSEEK = 46;

  static final int INIT_ASYNC_READ = 1;
  static final int INIT_ATOMIC_O_TRUNC = 1 << 3;
  static final int INIT_BIG_WRITES = 1 << 5;
  static final int INIT_ASYNC_DIO = 1 << 15;
  static final int INIT_MAX_PAGES = 1 << 22;
  static final int INIT_EXT = 1 << 30;

  /** In the second word of flags: the kernel can send again what was not answered; Linux 6.9. */
  static final int INIT_HAS_RESEND = 1 << 7;

  /** In place of a reply's error, with no request's number: send again what was not answered. */
  static final int NOTIFY_RESEND = 7;

  static final int FOPEN_DIRECT_IO = 1;

  /** Closing tells us nothing, and so waits for no answer; Linux 5.16. */
  static final int FOPEN_NOFLUSH = 1 << 5;

  static final int FOPEN_PARALLEL_DIRECT_WRITES = 1 << 6;

  static final int FATTR_MODE = 1;
  static final int FATTR_UID = 1 << 1;
  static final int FATTR_GID = 1 << 2;
  static final int FATTR_SIZE = 1 << 3;

  static final int SEEK_DATA = 3;
  static final int SEEK_HOLE = 4;

  /** In a write's flags: {@code O_DSYNC}, which {@code O_SYNC} has, too. */
  static final int OPEN_DSYNC = 010000;

  static final int FALLOC_KEEP_SIZE = 0x01;
  static final int FALLOC_PUNCH_HOLE = 0x02;
  static final int FALLOC_ZERO_RANGE = 0x10;

  static final int S_IFREG = 0100000;

  /** Bytes that a read from the kernel must at least have room for. */
  static final int MIN_READ_BUFFER = 8192;

  // Every request begins with this.
  static final int IN_LEN = 0;
  static final int IN_OPCODE = IN_LEN + Integer.BYTES;
  static final int IN_UNIQUE = IN_OPCODE + Integer.BYTES;
  static final int IN_NODEID = IN_UNIQUE + Long.BYTES;
  private static final int IN_UID = IN_NODEID + Long.BYTES;
  private static final int IN_GID = IN_UID + Integer.BYTES;
  static final int IN_PID = IN_GID + Integer.BYTES;
  private static final int IN_EXTENSIONS = IN_PID + Integer.BYTES;
  static final int IN_HEADER_BYTES = IN_EXTENSIONS + Integer.BYTES;

  // Every reply begins with this.
  static final int OUT_LEN = 0;
  static final int OUT_ERROR = OUT_LEN + Integer.BYTES;
  static final int OUT_UNIQUE = OUT_ERROR + Integer.BYTES;
  static final int OUT_HEADER_BYTES = OUT_UNIQUE + Long.BYTES;

  /** Offsets in what INIT brings, behind the header. */
  static final class InitIn {
    static final int MAJOR = IN_HEADER_BYTES;
    static final int MINOR = MAJOR + Integer.BYTES;
    static final int MAX_READAHEAD = MINOR + Integer.BYTES;
    static final int FLAGS = MAX_READAHEAD + Integer.BYTES;

    static final int FLAGS2 = FLAGS + Integer.BYTES;

    /** What the oldest kernel that is served sends. */
    static final int END = FLAGS2;

    static final int EXTENDED_END = FLAGS2 + Integer.BYTES;

    private InitIn() {}
  }

  /** Offsets in the reply to INIT. */
  static final class InitOut {
    static final int MAJOR = OUT_HEADER_BYTES;
    static final int MINOR = MAJOR + Integer.BYTES;
    static final int MAX_READAHEAD = MINOR + Integer.BYTES;
    static final int FLAGS = MAX_READAHEAD + Integer.BYTES;
    static final int MAX_BACKGROUND = FLAGS + Integer.BYTES;
    static final int CONGESTION_THRESHOLD = MAX_BACKGROUND + Short.BYTES;
    static final int MAX_WRITE = CONGESTION_THRESHOLD + Short.BYTES;
    static final int TIME_GRAN = MAX_WRITE + Integer.BYTES;
    static final int MAX_PAGES = TIME_GRAN + Integer.BYTES;
    private static final int MAP_ALIGNMENT = MAX_PAGES + Short.BYTES;
    private static final int FLAGS2 = MAP_ALIGNMENT + Short.BYTES;
    private static final int UNUSED = FLAGS2 + Integer.BYTES;
    static final int END = UNUSED + 7 * Integer.BYTES;

    private InitOut() {}
  }

  /** Offsets in what SETATTR brings. */
  static final class SetattrIn {
    static final int VALID = IN_HEADER_BYTES;
    private static final int PADDING = VALID + Integer.BYTES;
    private static final int FH = PADDING + Integer.BYTES;
    static final int SIZE = FH + Long.BYTES;
    static final int END = SIZE + 5 * Long.BYTES + 8 * Integer.BYTES;

    private SetattrIn() {}
  }

  /** Offsets in the reply to GETATTR and SETATTR. */
  static final class AttrOut {
    static final int VALID = OUT_HEADER_BYTES;
    private static final int VALID_NANOS = VALID + Long.BYTES;
    private static final int DUMMY = VALID_NANOS + Integer.BYTES;
    static final int INO = DUMMY + Integer.BYTES;
    static final int SIZE = INO + Long.BYTES;
    static final int BLOCKS = SIZE + Long.BYTES;
    static final int ATIME = BLOCKS + Long.BYTES;
    static final int MTIME = ATIME + Long.BYTES;
    static final int CTIME = MTIME + Long.BYTES;
    private static final int NANOS = CTIME + Long.BYTES;
    static final int MODE = NANOS + 3 * Integer.BYTES;
    static final int NLINK = MODE + Integer.BYTES;
    private static final int UID = NLINK + Integer.BYTES;
    private static final int GID = UID + Integer.BYTES;
    private static final int RDEV = GID + Integer.BYTES;
    static final int BLKSIZE = RDEV + Integer.BYTES;
    private static final int FLAGS = BLKSIZE + Integer.BYTES;
    static final int END = FLAGS + Integer.BYTES;

    private AttrOut() {}
  }

  /** Offsets in what OPEN brings and in its reply. */
  static final class Open {
    static final int IN_FLAGS = IN_HEADER_BYTES;
    static final int IN_END = IN_FLAGS + 2 * Integer.BYTES;
    static final int OUT_FH = OUT_HEADER_BYTES;
    static final int OUT_FLAGS = OUT_FH + Long.BYTES;
    static final int OUT_END = OUT_FLAGS + 2 * Integer.BYTES;

    private Open() {}
  }

  /** Offsets in what RELEASE brings. */
  static final class Release {
    static final int FH = IN_HEADER_BYTES;
    static final int END = FH + 2 * Long.BYTES + 2 * Integer.BYTES;

    private Release() {}
  }

  /** Offsets in what READ and WRITE bring; a write's bytes follow. */
  static final class Transfer {
    private static final int FH = IN_HEADER_BYTES;
    static final int OFFSET = FH + Long.BYTES;
    static final int SIZE = OFFSET + Long.BYTES;
    private static final int TRANSFER_FLAGS = SIZE + Integer.BYTES;
    private static final int LOCK_OWNER = TRANSFER_FLAGS + Integer.BYTES;
    static final int FLAGS = LOCK_OWNER + Long.BYTES;
    static final int END = FLAGS + 2 * Integer.BYTES;

    private Transfer() {}
  }

  /** Offsets in the reply to WRITE. */
  static final class WriteOut {
    static final int SIZE = OUT_HEADER_BYTES;
    static final int END = SIZE + 2 * Integer.BYTES;

    private WriteOut() {}
  }

  /** Offsets in the reply to STATFS. */
  static final class StatfsOut {
    static final int BLOCKS = OUT_HEADER_BYTES;
    private static final int BFREE = BLOCKS + Long.BYTES;
    private static final int BAVAIL = BFREE + Long.BYTES;
    static final int FILES = BAVAIL + Long.BYTES;
    private static final int FFREE = FILES + Long.BYTES;
    static final int BSIZE = FFREE + Long.BYTES;
    static final int NAMELEN = BSIZE + Integer.BYTES;
    static final int FRSIZE = NAMELEN + Integer.BYTES;
    private static final int SPARE = FRSIZE + 2 * Integer.BYTES;
    static final int END = SPARE + 6 * Integer.BYTES;

    private StatfsOut() {}
  }

  /** Offsets in what FALLOCATE brings. */
  static final class FallocateIn {
    private static final int FH = IN_HEADER_BYTES;
    static final int OFFSET = FH + Long.BYTES;
    static final int LENGTH = OFFSET + Long.BYTES;
    static final int MODE = LENGTH + Long.BYTES;
    static final int END = MODE + 2 * Integer.BYTES;

    private FallocateIn() {}
  }

  /** Offsets in what LSEEK brings and in its reply. */
  static final class Lseek {
    private static final int FH = IN_HEADER_BYTES;
    static final int OFFSET = FH + Long.BYTES;
    static final int WHENCE = OFFSET + Long.BYTES;
    static final int IN_END = WHENCE + 2 * Integer.BYTES;
    static final int OUT_OFFSET = OUT_HEADER_BYTES;
    static final int OUT_END = OUT_OFFSET + Long.BYTES;

    private Lseek() {}
  }

  private FuseProtocol() {}
}
