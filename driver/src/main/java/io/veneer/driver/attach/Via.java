// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

/** The ways from the kernel to a thin device. */
public enum Via {
  /** The first of the others that this machine can. */
  AUTO,
  /** The kernel's NBD client, connected to an NBD server of ours. */
  NBD,
  /** A FUSE file of ours with a loop device on it. */
  LOOP
}
