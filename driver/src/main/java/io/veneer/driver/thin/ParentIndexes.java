// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.thin;

import io.veneer.driver.ext4.Ext4FileSystem;
import io.veneer.driver.ext4.ParentIndex;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The indexes of the layers that were compared with last, so that the next container of the same
 * image is compared without reading the image's directories again. Layers never change, so nothing
 * here can be out of date; a layer's device number is never given to another while the pool is
 * open. Any thread.
 */
final class ParentIndexes {
  /** Of all that are kept: 32 MiB. */
  private static final int NAMES_MAX = 4 << 20;

  private final Map<Integer, ParentIndex> kept = new LinkedHashMap<>(16, 0.75f, true);
  private long names;

  /** The index of a sealed device's file system. Two threads may both make it; one is kept. */
  ParentIndex of(int deviceId, Ext4FileSystem fileSystem) {
    ParentIndex index = find(deviceId);
    if (index == null) {
      index = ParentIndex.of(fileSystem);
      keep(deviceId, index);
    }
    return index;
  }

  private synchronized ParentIndex find(int deviceId) {
    return kept.get(deviceId);
  }

  private synchronized void keep(int deviceId, ParentIndex index) {
    ParentIndex before = kept.put(deviceId, index);
    names += index.names() - (before == null ? 0 : before.names());
    Iterator<ParentIndex> oldest = kept.values().iterator();
    while (names > NAMES_MAX && oldest.hasNext()) {
      names -= oldest.next().names();
      oldest.remove();
    }
  }
}
