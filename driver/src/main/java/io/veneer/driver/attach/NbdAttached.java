// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import io.veneer.thinpool.BlockDevice;
import java.nio.file.Path;

/**
 * A block device of the kernel's NBD client. The kernel learns the size when it is connected, and a
 * new one when it is attached again.
 */
final class NbdAttached implements Attached {
  private final NbdClient client;
  private final BlockDevice device;
  private final NbdConnection connection;
  private final int sectorBytes;

  NbdAttached(NbdClient client, BlockDevice device, NbdConnection connection, int sectorBytes) {
    this.client = client;
    this.device = device;
    this.connection = connection;
    this.sectorBytes = sectorBytes;
  }

  @Override
  public Path path() {
    return connection.device();
  }

  @Override
  public boolean hasBlockDevice() {
    return client.isConnected(connection);
  }

  @Override
  public Path file() {
    return null;
  }

  @Override
  public int sectorBytes() {
    return sectorBytes;
  }

  /** Nothing that the program could tell the kernel. */
  @Override
  public void resized() {}

  @Override
  public void detach() {
    int result = writeBack();
    if (result < 0) {
      throw new LostWritesException(path(), DeviceCalls.describe(result));
    }
    disconnect();
  }

  @Override
  public void abandon() {
    writeBack();
    disconnect();
  }

  /**
   * Writes back what the kernel holds. A failure that nobody was told yet is answered here, also
   * one of before, and only once.
   *
   * @return 0, or minus the errno
   */
  private int writeBack() {
    if (!hasBlockDevice()) {
      return 0;
    }
    int descriptor = DeviceCalls.open(path().toString(), DeviceCalls.O_RDONLY);
    if (descriptor < 0) {
      return 0; // nobody can have written to it either
    }
    try {
      return DeviceCalls.force(descriptor);
    } finally {
      DeviceCalls.close(descriptor);
    }
  }

  private void disconnect() {
    try {
      client.disconnect(connection);
      if (!device.isReadOnly()) {
        device.flush();
      }
    } finally {
      device.close();
    }
  }
}
