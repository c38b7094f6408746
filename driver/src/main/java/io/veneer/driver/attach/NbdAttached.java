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
    abandon();
  }

  private void writeBack() {
    int descriptor = DeviceCalls.open(path().toString(), DeviceCalls.O_RDONLY);
    if (descriptor >= 0) {
      DeviceCalls.force(descriptor);
      DeviceCalls.close(descriptor);
    }
  }

  @Override
  public void abandon() {
    if (hasBlockDevice()) {
      writeBack();
    }
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
