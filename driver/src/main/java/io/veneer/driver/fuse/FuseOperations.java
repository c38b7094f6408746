// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.fuse;

import io.veneer.driver.fuse.FuseProtocol.AttrOut;
import io.veneer.driver.fuse.FuseProtocol.FallocateIn;
import io.veneer.driver.fuse.FuseProtocol.InitIn;
import io.veneer.driver.fuse.FuseProtocol.InitOut;
import io.veneer.driver.fuse.FuseProtocol.Lseek;
import io.veneer.driver.fuse.FuseProtocol.Open;
import io.veneer.driver.fuse.FuseProtocol.Release;
import io.veneer.driver.fuse.FuseProtocol.SetattrIn;
import io.veneer.driver.fuse.FuseProtocol.StatfsOut;
import io.veneer.driver.fuse.FuseProtocol.Transfer;
import io.veneer.driver.fuse.FuseProtocol.WriteOut;
import io.veneer.thinpool.BlockDevice;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What each request means for the block device. Puts the reply into the request's memory and says
 * how long it is, or minus the errno; nothing is thrown. Any thread, each with a request of its
 * own.
 *
 * <p>The file behaves as a disk does: its size is fixed, writes beyond the end find no space, and
 * opening it with {@code O_TRUNC} empties nothing. {@code fsync} and closing make durable what was
 * written before.
 */
final class FuseOperations {
  /** The answer to requests that take none. */
  static final int NO_REPLY = 0;

  private static final Logger LOG = LoggerFactory.getLogger(FuseOperations.class);
  private static final int ACCESS_MODE = 3;
  private static final int BYTES_PER_STAT_BLOCK = 512;
  private static final int NAME_BYTES_MAX = 255;
  private static final int MODE_WRITABLE = 0600;
  private static final int MODE_READ_ONLY = 0400;

  private final BlockDevice device;
  private final boolean readOnly;
  private final FuseOptions options;
  private final FailureLog failures = new FailureLog();
  private final OpenCount opens = new OpenCount();
  private final long madeSeconds = System.currentTimeMillis() / 1000;

  /** Whether the kernel has said that it can send again what was not answered. */
  private volatile boolean resends;

  FuseOperations(BlockDevice device, FuseOptions options) {
    this.device = device;
    this.options = options;
    this.readOnly = options.readOnly() || device.isReadOnly();
  }

  boolean resends() {
    return resends;
  }

  /** How often the file is open, as far as it was opened in this process. */
  int opens() {
    return opens.get();
  }

  int unseenClosings() {
    return opens.unseenClosings();
  }

  /** Does a request. */
  int perform(FuseRequest request) {
    try {
      return dispatch(request);
    } catch (RuntimeException | Error e) {
      failures.tell(device.name(), request.opcode(), e);
      return -FuseErrno.of(e);
    }
  }

  private int dispatch(FuseRequest request) {
    if (!request.has(FuseProtocol.IN_HEADER_BYTES)) {
      return -FuseErrno.EINVAL;
    }
    return switch (request.opcode()) {
      case FuseProtocol.READ -> read(request);
      case FuseProtocol.WRITE -> write(request);
      case FuseProtocol.FSYNC, FuseProtocol.FLUSH -> flush();
      case FuseProtocol.FALLOCATE -> allocate(request);
      case FuseProtocol.LSEEK -> seek(request);
      case FuseProtocol.GETATTR -> attributes(request);
      case FuseProtocol.SETATTR -> setAttributes(request);
      case FuseProtocol.OPEN -> open(request);
      case FuseProtocol.STATFS -> statfs(request);
      case FuseProtocol.INIT -> init(request);
      case FuseProtocol.RELEASE -> release(request);
      case FuseProtocol.DESTROY -> FuseProtocol.OUT_HEADER_BYTES;
      case FuseProtocol.FORGET, FuseProtocol.BATCH_FORGET -> NO_REPLY;
      // Also to INTERRUPT, after which the kernel sends no more of them: nothing here takes long
      // that could be broken off.
      default -> -FuseErrno.ENOSYS;
    };
  }

  /** Tells the kernel how to send requests; one that is too old is told so by failing. */
  private int init(FuseRequest request) {
    if (!request.has(InitIn.END)) {
      return -FuseErrno.EINVAL;
    }
    int major = request.getInt(InitIn.MAJOR);
    int minor = request.getInt(InitIn.MINOR);
    int readahead = request.getInt(InitIn.MAX_READAHEAD);
    int offered = request.getInt(InitIn.FLAGS);
    if (major != FuseProtocol.KERNEL_VERSION || minor < FuseProtocol.KERNEL_MINOR_VERSION_MIN) {
      LOG.error("kernel speaks another version of FUSE: version={}.{}", major, minor);
      return -FuseErrno.EPROTO;
    }
    resends =
        (offered & FuseProtocol.INIT_EXT) != 0
            && request.has(InitIn.EXTENDED_END)
            && (request.getInt(InitIn.FLAGS2) & FuseProtocol.INIT_HAS_RESEND) != 0;
    int wanted =
        FuseProtocol.INIT_ASYNC_READ
            | FuseProtocol.INIT_ATOMIC_O_TRUNC
            | FuseProtocol.INIT_BIG_WRITES
            | FuseProtocol.INIT_ASYNC_DIO
            | FuseProtocol.INIT_MAX_PAGES;
    request.clearReply(InitOut.END);
    request.putInt(InitOut.MAJOR, FuseProtocol.KERNEL_VERSION);
    request.putInt(InitOut.MINOR, FuseProtocol.KERNEL_MINOR_VERSION);
    request.putInt(InitOut.MAX_READAHEAD, readahead);
    request.putInt(InitOut.FLAGS, offered & wanted);
    request.putShort(InitOut.MAX_BACKGROUND, options.requestsMax());
    request.putShort(InitOut.CONGESTION_THRESHOLD, options.requestsMax());
    request.putInt(InitOut.MAX_WRITE, FuseRequest.MAX_BYTES);
    request.putInt(InitOut.TIME_GRAN, 1);
    request.putShort(InitOut.MAX_PAGES, FuseOptions.PAGES_MAX);
    return InitOut.END;
  }

  private int read(FuseRequest request) {
    if (!request.has(Transfer.END)) {
      return -FuseErrno.EINVAL;
    }
    long offset = request.getLong(Transfer.OFFSET);
    int size = request.getInt(Transfer.SIZE);
    if (offset < 0 || size < 0 || size > FuseRequest.MAX_BYTES) {
      return -FuseErrno.EINVAL;
    }
    int bytes = (int) Math.max(0, Math.min(size, device.sizeBytes() - offset));
    if (bytes > 0) {
      device.read(offset, request.data(bytes));
    }
    return FuseProtocol.OUT_HEADER_BYTES + bytes;
  }

  private int write(FuseRequest request) {
    if (!request.has(Transfer.END)) {
      return -FuseErrno.EINVAL;
    }
    long offset = request.getLong(Transfer.OFFSET);
    int size = request.getInt(Transfer.SIZE);
    if (offset < 0 || size < 0 || size != request.length() - Transfer.END) {
      return -FuseErrno.EINVAL;
    }
    if (readOnly) {
      return -FuseErrno.EROFS;
    }
    long room = device.sizeBytes() - offset;
    if (size > 0 && room <= 0) {
      return -FuseErrno.ENOSPC;
    }
    int bytes = (int) Math.min(size, room);
    device.write(offset, request.data(bytes), isSynchronous(request));
    request.clearReply(WriteOut.END);
    request.putInt(WriteOut.SIZE, bytes);
    return WriteOut.END;
  }

  /** Of a file opened so, or a write that asks for it alone: no FSYNC follows direct writes. */
  static boolean isSynchronous(FuseRequest request) {
    return (request.getInt(Transfer.FLAGS) & FuseProtocol.OPEN_DSYNC) != 0;
  }

  private int flush() {
    if (!readOnly) {
      device.flush();
    }
    return FuseProtocol.OUT_HEADER_BYTES;
  }

  private int allocate(FuseRequest request) {
    if (!request.has(FallocateIn.END)) {
      return -FuseErrno.EINVAL;
    }
    long offset = request.getLong(FallocateIn.OFFSET);
    long length = request.getLong(FallocateIn.LENGTH);
    int mode = request.getInt(FallocateIn.MODE);
    if (offset < 0 || length <= 0 || offset > Long.MAX_VALUE - length) {
      return -FuseErrno.EINVAL;
    }
    if (readOnly) {
      return -FuseErrno.EROFS;
    }
    return clear(offset, length, mode);
  }

  private int clear(long offset, long length, int mode) {
    boolean keepsSize = (mode & FuseProtocol.FALLOC_KEEP_SIZE) != 0;
    int what = mode & ~FuseProtocol.FALLOC_KEEP_SIZE;
    if (what != FuseProtocol.FALLOC_ZERO_RANGE
        && !(keepsSize && what == FuseProtocol.FALLOC_PUNCH_HOLE)) {
      return -FuseErrno.EOPNOTSUPP;
    }
    long room = device.sizeBytes() - offset;
    if (!keepsSize && length > room) {
      return -FuseErrno.EFBIG;
    }
    long bytes = Math.min(length, room);
    if (bytes > 0 && what == FuseProtocol.FALLOC_PUNCH_HOLE) {
      device.discard(offset, bytes);
    } else if (bytes > 0) {
      device.writeZeroes(offset, bytes, false, false);
    }
    return FuseProtocol.OUT_HEADER_BYTES;
  }

  private int seek(FuseRequest request) {
    if (!request.has(Lseek.IN_END)) {
      return -FuseErrno.EINVAL;
    }
    long offset = request.getLong(Lseek.OFFSET);
    int whence = request.getInt(Lseek.WHENCE);
    if (whence != FuseProtocol.SEEK_DATA && whence != FuseProtocol.SEEK_HOLE) {
      return -FuseErrno.EINVAL;
    }
    long found = ExtentSearch.find(device, offset, whence == FuseProtocol.SEEK_DATA);
    if (found == ExtentSearch.NOTHING) {
      return -FuseErrno.ENXIO;
    }
    request.putLong(Lseek.OUT_OFFSET, found);
    return Lseek.OUT_END;
  }

  private int setAttributes(FuseRequest request) {
    if (!request.has(SetattrIn.END)) {
      return -FuseErrno.EINVAL;
    }
    int valid = request.getInt(SetattrIn.VALID);
    int fixed = FuseProtocol.FATTR_MODE | FuseProtocol.FATTR_UID | FuseProtocol.FATTR_GID;
    boolean resizes =
        (valid & FuseProtocol.FATTR_SIZE) != 0
            && request.getLong(SetattrIn.SIZE) != device.sizeBytes();
    return resizes || (valid & fixed) != 0 ? -FuseErrno.EPERM : attributes(request);
  }

  /** Never cached by the kernel, so that a new size is seen at once. */
  private int attributes(FuseRequest request) {
    long sizeBytes = device.sizeBytes();
    request.clearReply(AttrOut.END);
    request.putLong(AttrOut.VALID, 0);
    request.putLong(AttrOut.INO, FuseProtocol.ROOT_ID);
    request.putLong(AttrOut.SIZE, sizeBytes);
    request.putLong(AttrOut.BLOCKS, sizeBytes / BYTES_PER_STAT_BLOCK);
    request.putLong(AttrOut.ATIME, madeSeconds);
    request.putLong(AttrOut.MTIME, madeSeconds);
    request.putLong(AttrOut.CTIME, madeSeconds);
    int permissions = readOnly ? MODE_READ_ONLY : MODE_WRITABLE;
    request.putInt(AttrOut.MODE, FuseProtocol.S_IFREG | permissions);
    request.putInt(AttrOut.NLINK, 1);
    request.putInt(AttrOut.BLKSIZE, device.blockSizeBytes());
    return AttrOut.END;
  }

  private int open(FuseRequest request) {
    if (!request.has(Open.IN_END)) {
      return -FuseErrno.EINVAL;
    }
    if (readOnly && (request.getInt(Open.IN_FLAGS) & ACCESS_MODE) != 0) {
      return -FuseErrno.EROFS;
    }
    int flags = FuseProtocol.FOPEN_DIRECT_IO | FuseProtocol.FOPEN_PARALLEL_DIRECT_WRITES;
    if (isOurs(request.getInt(FuseProtocol.IN_PID))) {
      flags |= FuseProtocol.FOPEN_NOFLUSH;
    }
    request.clearReply(Open.OUT_END);
    request.putLong(Open.OUT_FH, opens.opened());
    request.putInt(Open.OUT_FLAGS, flags);
    return Open.OUT_END;
  }

  /**
   * Whether it is a thread of this process, as sets up a loop device on the file. The kernel tells
   * of a close before it lets go of anything, so a process that is killed while it has the file
   * open would wait for its own answer for ever.
   */
  private static boolean isOurs(int thread) {
    return Files.exists(Path.of("/proc/self/task", Integer.toString(thread)));
  }

  private int release(FuseRequest request) {
    if (!request.has(Release.END)) {
      return -FuseErrno.EINVAL;
    }
    opens.closed(request.getLong(Release.FH));
    return FuseProtocol.OUT_HEADER_BYTES;
  }

  /** The block size is what a loop device on the file takes for the unit of its discards. */
  private int statfs(FuseRequest request) {
    int blockBytes = device.blockSizeBytes();
    request.clearReply(StatfsOut.END);
    request.putLong(StatfsOut.BLOCKS, device.sizeBytes() / blockBytes);
    request.putLong(StatfsOut.FILES, 1);
    request.putInt(StatfsOut.BSIZE, blockBytes);
    request.putInt(StatfsOut.FRSIZE, blockBytes);
    request.putInt(StatfsOut.NAMELEN, NAME_BYTES_MAX);
    return StatfsOut.END;
  }
}
