// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.workload;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Where workloads run: the hosts, what is asked for, and where results go. Hosts take turns, and
 * another one begins each time, so that whatever else the machine does hits all alike. One thread.
 */
final class Stage {
  /** Something that is done with one host. */
  @FunctionalInterface
  interface Work {
    void with(LayerHost host) throws Exception;
  }

  private final List<LayerHost> hosts;
  private final MountedOptions options;
  private final Ledger ledger;
  private final WorkloadProgress progress;
  private final Runnable checkWanted;
  private int turns;

  Stage(
      List<LayerHost> hosts,
      MountedOptions options,
      Ledger ledger,
      WorkloadProgress progress,
      Runnable checkWanted) {
    this.hosts = List.copyOf(hosts);
    this.options = options;
    this.ledger = ledger;
    this.progress = progress;
    this.checkWanted = checkWanted;
  }

  MountedOptions options() {
    return options;
  }

  Ledger ledger() {
    return ledger;
  }

  /** Lets every host do something; each time another one begins. */
  void inTurn(String what, Work work) {
    int first = turns;
    turns++;
    for (int i = 0; i < hosts.size(); i++) {
      LayerHost host = hosts.get((first + i) % hosts.size());
      checkWanted.run();
      progress.doing(what, host.name());
      run(what, host, work);
    }
  }

  /** Shows an active layer while something is done with it. */
  void mounted(LayerHost host, String key, MountedWork work) throws Exception {
    Path folder = host.mount(key);
    try {
      work.in(folder);
    } finally {
      host.unmount(key);
    }
  }

  /** Something that is done with a mounted layer. */
  @FunctionalInterface
  interface MountedWork {
    void in(Path folder) throws Exception;
  }

  private static void run(String what, LayerHost host, Work work) {
    try {
      work.with(host);
    } catch (InterruptedException | InterruptedIOException e) {
      Thread.currentThread().interrupt();
      throw new DriverException(Kind.CANCELLED, "interrupted", e);
    } catch (IOException e) {
      throw DriverException.io("failed doing=" + what + " driver=" + host.name(), e);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new DriverException(Kind.IO, "failed doing=" + what + " driver=" + host.name(), e);
    }
  }
}
