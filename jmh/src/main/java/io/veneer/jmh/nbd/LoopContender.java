// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh.nbd;

import java.nio.file.Path;

/** A loop device over a file that something provides. */
final class LoopContender implements Contender {
  /** What provides the file. */
  interface Behind extends AutoCloseable {
    Path open();

    @Override
    void close();
  }

  private final String name;
  private final Behind behind;
  private final boolean direct;
  private final boolean fresh;
  private String device;

  private LoopContender(String name, Behind behind, boolean direct, boolean fresh) {
    this.name = name;
    this.behind = behind;
    this.direct = direct;
    this.fresh = fresh;
  }

  /** One that stays through all runs. */
  static LoopContender steady(String name, Behind behind) {
    return new LoopContender(name, behind, false, false);
  }

  /** One that stays, and goes past the page cache of the file. */
  static LoopContender steadyDirect(String name, Behind behind) {
    return new LoopContender(name, behind, true, false);
  }

  /** One that is made anew for each run. */
  static LoopContender fresh(String name, Behind behind) {
    return new LoopContender(name, behind, false, true);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String serve() {
    if (device == null) {
      String file = behind.open().toString();
      String mode = direct ? "--direct-io=on" : "--direct-io=off";
      device = HostProgram.run("losetup", "--find", "--show", mode, file).strip();
    }
    return device;
  }

  @Override
  public void served() {
    if (fresh) {
      close();
    }
  }

  @Override
  public void close() {
    if (device != null) {
      HostProgram.run("losetup", "--detach", device);
      device = null;
    }
    behind.close();
  }
}
