// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.thin;

import io.veneer.thinpool.PoolOperations;
import java.util.Map;

/** What a layer without a parent begins as. Any thread may call. */
interface FirstVolume {
  /** Gets ready what {@link #create} needs; outside of any transaction, and may take long. */
  void prepare();

  /** Makes the volume as part of a transaction. */
  void create(PoolOperations operations, String device);

  /** Attributes of the volume, which all that descends from it inherits. */
  Map<String, String> attributes();

  /** An empty volume. */
  static FirstVolume empty(long sizeBytes) {
    return new FirstVolume() {
      @Override
      public void prepare() {
        // An empty device needs nothing.
      }

      @Override
      public void create(PoolOperations operations, String device) {
        operations.createDevice(device, sizeBytes);
      }

      @Override
      public Map<String, String> attributes() {
        return Map.of();
      }
    };
  }
}
