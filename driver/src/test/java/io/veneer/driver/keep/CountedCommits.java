// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.keep;

import io.veneer.thinpool.PoolException;
import java.util.Collection;
import java.util.List;

/** The commits of a pool that has these devices. One thread. */
final class CountedCommits implements PoolCommits {
  private final Collection<ForgetfulDevice> devices;
  private long durable;
  private boolean failing;

  CountedCommits(Collection<ForgetfulDevice> devices) {
    this.devices = devices;
  }

  static CountedCommits of(ForgetfulDevice... devices) {
    return new CountedCommits(List.of(devices));
  }

  @Override
  public void commit() {
    if (failing) {
      throw PoolException.badRequest("no commit");
    }
    devices.forEach(ForgetfulDevice::flush);
    durable++;
  }

  @Override
  public long next() {
    return durable + 1;
  }

  /** The number of the last one. */
  long durable() {
    return durable;
  }

  int count() {
    return (int) durable;
  }

  CountedCommits fail(boolean fails) {
    failing = fails;
    return this;
  }
}
