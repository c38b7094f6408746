// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.transaction;

class DataFirstTest extends ForceOrderContract {
  @Override
  ForceOrder create() {
    return ForceOrder.DATA_FIRST;
  }
}
