// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import io.veneer.thinpool.BlockDevice;
import java.nio.file.Path;
import java.util.function.IntConsumer;

/**
 * A block device of the kernel's NBD client. The kernel learns the size when it is connected, and a
 * new one when it is attached again.
 */
final class NbdAttached implements Attached {
  private final NbdClient client;
  private final BlockDevice device;
  private final NbdConnection connection;
  private final int sectorBytes;
  private final WriteBack writeBack = new WriteBack();

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
    withBlockDevice(descriptor -> writeBack.force(descriptor, path()));
    disconnect();
  }

  @Override
  public void abandon() {
    if (!WriteBack.byProgram(path())) {
      withBlockDevice(DeviceCalls::force);
    }
    disconnect();
  }

  /** Opens it, if that can be done; else nobody can have written to it either. */
  private void withBlockDevice(IntConsumer work) {
    if (!hasBlockDevice()) {
      return;
    }
    int descriptor = DeviceCalls.open(path().toString(), DeviceCalls.O_RDONLY);
    if (descriptor < 0) {
      return;
    }
    try {
      work.accept(descriptor);
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
