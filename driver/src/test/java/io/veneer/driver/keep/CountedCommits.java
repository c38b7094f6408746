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
    return new CountedCommits(List.of(devices)).ofAll();
  }

  /** A flush of one is a commit of all, as in a pool. */
  CountedCommits ofAll() {
    devices.forEach(device -> device.flushBy(this::commit));
    return this;
  }

  @Override
  public void commit() {
    if (failing) {
      throw PoolException.badRequest("no commit");
    }
    devices.forEach(ForgetfulDevice::keep);
    durable++;
  }

  @Override
  public long next() {
    return durable + 1;
  }

  @Override
  public long last() {
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
