// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import io.veneer.thinpool.BlockDevice;

/**
 * An export as one client has it: the device, the size that it was told, and the metadata contexts
 * that it chose. The size does not change for the client while it stays, as the protocol has no
 * word for that; what lies beyond a device that has become smaller is refused by the device.
 */
final class NbdExport implements AutoCloseable {
  private final String name;
  private final BlockDevice device;
  private final long sizeBytes;
  private final boolean readOnly;
  private MetaContexts contexts = MetaContexts.NONE;

  NbdExport(String name, BlockDevice device) {
    this.name = name;
    this.device = device;
    this.sizeBytes = device.sizeBytes();
    this.readOnly = device.isReadOnly();
  }

  String name() {
    return name;
  }

  BlockDevice device() {
    return device;
  }

  long sizeBytes() {
    return sizeBytes;
  }

  boolean readOnly() {
    return readOnly;
  }

  MetaContexts contexts() {
    return contexts;
  }

  /** Before the first request only. */
  void use(MetaContexts chosen) {
    contexts = chosen;
  }

  int preferredBlockBytes() {
    return Math.max(NbdProtocol.PREFERRED_BLOCK_BYTES_MIN, device.blockSizeBytes());
  }

  /** What the client is told that it can do. */
  int transmissionFlags(boolean structured) {
    int flags =
        NbdProtocol.NBD_FLAG_HAS_FLAGS
            | NbdProtocol.NBD_FLAG_SEND_FLUSH
            | NbdProtocol.NBD_FLAG_SEND_FUA
            | NbdProtocol.NBD_FLAG_CAN_MULTI_CONN
            | NbdProtocol.NBD_FLAG_SEND_CACHE
            | (structured ? NbdProtocol.NBD_FLAG_SEND_DF : 0);
    return flags
        | (readOnly
            ? NbdProtocol.NBD_FLAG_READ_ONLY
            : NbdProtocol.NBD_FLAG_SEND_TRIM
                | NbdProtocol.NBD_FLAG_SEND_WRITE_ZEROES
                | NbdProtocol.NBD_FLAG_SEND_FAST_ZERO);
  }

  @Override
  public void close() {
    contexts.close();
    device.close();
  }
}
