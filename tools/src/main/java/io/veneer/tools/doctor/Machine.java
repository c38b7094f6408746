// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.doctor;

/** What an examination asks of a machine. */
interface Machine {
  /** The machine that this process runs on. */
  static Machine here() {
    return new ThisMachine();
  }

  /** The kernel's name, {@code Linux}. */
  String system();

  /** The kernel's version. */
  String kernel();

  /** The processor's family, {@code amd64}. */
  String architecture();

  boolean isRoot();

  /** Whether there is such a file. */
  boolean exists(String path);

  /** Whether this process can open a device for reading and writing. */
  boolean canUse(String devicePath);

  boolean knowsFileSystem(String type);

  boolean hasProgram(String name);
}
