// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

/**
 * The numbers of the NBD protocol, under its own names. All fields on the wire are big-endian.
 *
 * <pre>
 * request            magic u32 | flags u16 | type u16 | cookie u64 | offset u64 | length u32
 * simple reply       magic u32 | error u32 | cookie u64 | [data]
 * structured chunk   magic u32 | flags u16 | type u16 | cookie u64 | length u32 | [payload]
 * option             magic u64 | option u32 | length u32 | [data]
 * option reply       magic u64 | option u32 | type u32 | length u32 | [data]
 * </pre>
 */
final class NbdProtocol {
  static final long NBDMAGIC = 0x4e42444d41474943L;
  static final long IHAVEOPT = 0x49484156454F5054L;
  static final long OPTION_REPLY_MAGIC = 0x0003e889045565a9L;
  static final int REQUEST_MAGIC = 0x25609513;
  static final int SIMPLE_REPLY_MAGIC = 0x67446698;
  static final int STRUCTURED_REPLY_MAGIC = 0x668e33ef;

  static final int GREETING_BYTES = 18;
  static final int CLIENT_FLAGS_BYTES = 4;
  static final int OPTION_HEADER_BYTES = 16;
  static final int OPTION_REPLY_HEADER_BYTES = 20;
  static final int REQUEST_BYTES = 28;
  static final int SIMPLE_REPLY_BYTES = 16;
  static final int CHUNK_HEADER_BYTES = 20;
  static final int OFFSET_DATA_HEADER_BYTES = CHUNK_HEADER_BYTES + 8;
  static final int OFFSET_HOLE_BYTES = CHUNK_HEADER_BYTES + 12;
  static final int EXPORT_NAME_ZEROES_BYTES = 124;
  static final int STRING_BYTES_MAX = 4096;

  /** The largest payload of a request or reply; what clients assume where nothing is said. */
  static final int PAYLOAD_BYTES_MAX = 32 << 20;

  /** The smallest size that a preferred block size may be announced with. */
  static final int PREFERRED_BLOCK_BYTES_MIN = 512;

  static final int NBD_FLAG_FIXED_NEWSTYLE = 1;
  static final int NBD_FLAG_NO_ZEROES = 1 << 1;
  static final int NBD_FLAG_C_FIXED_NEWSTYLE = 1;
  static final int NBD_FLAG_C_NO_ZEROES = 1 << 1;

  static final int NBD_FLAG_HAS_FLAGS = 1;
  static final int NBD_FLAG_READ_ONLY = 1 << 1;
  static final int NBD_FLAG_SEND_FLUSH = 1 << 2;
  static final int NBD_FLAG_SEND_FUA = 1 << 3;
  static final int NBD_FLAG_SEND_TRIM = 1 << 5;
  static final int NBD_FLAG_SEND_WRITE_ZEROES = 1 << 6;
  static final int NBD_FLAG_SEND_DF = 1 << 7;
  static final int NBD_FLAG_CAN_MULTI_CONN = 1 << 8;
  static final int NBD_FLAG_SEND_CACHE = 1 << 10;
  static final int NBD_FLAG_SEND_FAST_ZERO = 1 << 11;

  static final int NBD_OPT_EXPORT_NAME = 1;
  static final int NBD_OPT_ABORT = 2;
  static final int NBD_OPT_LIST = 3;
  static final int NBD_OPT_STARTTLS = 5;
  static final int NBD_OPT_INFO = 6;
  static final int NBD_OPT_GO = 7;
  static final int NBD_OPT_STRUCTURED_REPLY = 8;
  static final int NBD_OPT_LIST_META_CONTEXT = 9;
  static final int NBD_OPT_SET_META_CONTEXT = 10;

  static final int NBD_REP_ACK = 1;
  static final int NBD_REP_SERVER = 2;
  static final int NBD_REP_INFO = 3;
  static final int NBD_REP_META_CONTEXT = 4;
  static final int NBD_REP_FLAG_ERROR = 1 << 31;
  static final int NBD_REP_ERR_UNSUP = NBD_REP_FLAG_ERROR | 1;
  static final int NBD_REP_ERR_POLICY = NBD_REP_FLAG_ERROR | 2;
  static final int NBD_REP_ERR_INVALID = NBD_REP_FLAG_ERROR | 3;
  static final int NBD_REP_ERR_TLS_REQD = NBD_REP_FLAG_ERROR | 5;
  static final int NBD_REP_ERR_UNKNOWN = NBD_REP_FLAG_ERROR | 6;
  static final int NBD_REP_ERR_SHUTDOWN = NBD_REP_FLAG_ERROR | 7;
  static final int NBD_REP_ERR_TOO_BIG = NBD_REP_FLAG_ERROR | 9;

  static final int NBD_INFO_EXPORT = 0;
  static final int NBD_INFO_NAME = 1;
  static final int NBD_INFO_DESCRIPTION = 2;
  static final int NBD_INFO_BLOCK_SIZE = 3;

  static final int NBD_CMD_READ = 0;
  static final int NBD_CMD_WRITE = 1;
  static final int NBD_CMD_DISC = 2;
  static final int NBD_CMD_FLUSH = 3;
  static final int NBD_CMD_TRIM = 4;
  static final int NBD_CMD_CACHE = 5;
  static final int NBD_CMD_WRITE_ZEROES = 6;
  static final int NBD_CMD_BLOCK_STATUS = 7;

  static final int NBD_CMD_FLAG_FUA = 1;
  static final int NBD_CMD_FLAG_NO_HOLE = 1 << 1;
  static final int NBD_CMD_FLAG_DF = 1 << 2;
  static final int NBD_CMD_FLAG_REQ_ONE = 1 << 3;
  static final int NBD_CMD_FLAG_FAST_ZERO = 1 << 4;

  static final int NBD_REPLY_FLAG_DONE = 1;
  static final int NBD_REPLY_TYPE_NONE = 0;
  static final int NBD_REPLY_TYPE_OFFSET_DATA = 1;
  static final int NBD_REPLY_TYPE_OFFSET_HOLE = 2;
  static final int NBD_REPLY_TYPE_BLOCK_STATUS = 5;
  static final int NBD_REPLY_TYPE_ERROR = 1 << 15 | 1;

  static final int NBD_STATE_HOLE = 1;
  static final int NBD_STATE_ZERO = 1 << 1;

  /** State of the context {@code veneer:changed-since:NAME}: the extent may differ from NAME's. */
  static final int VENEER_STATE_CHANGED = 1;

  static final int NBD_SUCCESS = 0;
  static final int NBD_EPERM = 1;
  static final int NBD_EIO = 5;
  static final int NBD_ENOMEM = 12;
  static final int NBD_EINVAL = 22;
  static final int NBD_ENOSPC = 28;
  static final int NBD_EOVERFLOW = 75;
  static final int NBD_ENOTSUP = 95;
  static final int NBD_ESHUTDOWN = 108;

  private NbdProtocol() {}
}
