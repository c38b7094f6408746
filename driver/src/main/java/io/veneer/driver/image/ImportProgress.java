// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.image;

/**
 * Hears how far an import is. What it throws ends the import, which leaves nothing half. Called by
 * the thread that imports.
 */
public interface ImportProgress {
  /** Hears nothing. */
  ImportProgress NONE =
      new ImportProgress() {
        @Override
        public void layer(int index, int count, String chainId, boolean isThere) {}

        @Override
        public void bytes(long doneBytes, long totalBytes) {}
      };

  /**
   * A layer is begun.
   *
   * @param index from 0
   * @param count how many layers the image has
   * @param chainId what the layer will be called
   * @param isThere whether it is there already and passed over
   */
  void layer(int index, int count, String chainId, boolean isThere);

  /**
   * A part of the layer was unpacked.
   *
   * @param doneBytes of it as it is stored
   * @param totalBytes all of it, or -1 if that is not known
   */
  void bytes(long doneBytes, long totalBytes);
}
