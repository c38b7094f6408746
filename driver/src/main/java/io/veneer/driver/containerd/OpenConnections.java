// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.containerd;

import io.grpc.Attributes;
import io.grpc.ServerTransportFilter;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the connections of a server. Any thread. */
final class OpenConnections extends ServerTransportFilter {
  private final AtomicInteger count = new AtomicInteger();

  @Override
  public Attributes transportReady(Attributes attributes) {
    count.incrementAndGet();
    return attributes;
  }

  @Override
  public void transportTerminated(Attributes attributes) {
    count.decrementAndGet();
  }

  int count() {
    return count.get();
  }
}
