// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.control;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.PoolException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What one client has open and claimed; given up when it goes. One thread. */
final class ClientHoldings implements AutoCloseable {
  private static final int DEVICES_MAX = 256;
  private static final int CLAIMS_MAX = 256;

  private final Map<Integer, BlockDevice> devices = new HashMap<>();
  private final List<String> claimed = new ArrayList<>();
  private final Claims claims;
  private int nextHandle = 1;

  ClientHoldings(Claims claims) {
    this.claims = claims;
  }

  /** Takes a device over, and gives the number that the client calls it by. */
  int add(BlockDevice device) {
    if (devices.size() >= DEVICES_MAX) {
      device.close();
      throw PoolException.badRequest(
          "too many devices are open over one connection; close some: max=" + DEVICES_MAX);
    }
    devices.put(nextHandle, device);
    return nextHandle++;
  }

  BlockDevice device(long handle) {
    BlockDevice device = devices.get((int) handle);
    if (device == null || handle != (int) handle) {
      throw PoolException.badRequest("no device is open by this number: device=" + handle);
    }
    return device;
  }

  void closeDevice(long handle) {
    device(handle).close();
    devices.remove((int) handle);
  }

  /** Claims a name until the client goes. */
  void claim(String name, long waitMillis) {
    if (claimed.size() >= CLAIMS_MAX) {
      throw PoolException.badRequest("too many claims over one connection: max=" + CLAIMS_MAX);
    }
    if (!claimed.contains(name)) {
      claims.take(name, waitMillis);
      claimed.add(name);
    }
  }

  @Override
  public void close() {
    devices.values().forEach(BlockDevice::close);
    devices.clear();
    claims.giveBack(claimed);
    claimed.clear();
  }
}
