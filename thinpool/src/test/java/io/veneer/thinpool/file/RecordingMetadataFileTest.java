// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

class RecordingMetadataFileTest extends MetadataFileContract {
  @Override
  PoolFiles createFiles() {
    return RecordingPoolFiles.create();
  }
}
