// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

class RecordingDataFileTest extends DataFileContract {
  @Override
  PoolFiles createFiles() {
    return RecordingPoolFiles.create();
  }
}
