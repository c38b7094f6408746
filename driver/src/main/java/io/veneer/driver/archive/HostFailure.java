// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import java.io.IOException;
import jnr.constants.platform.Errno;

/** A call that the host refused, with its errno. */
final class HostFailure extends IOException {
  private static final long serialVersionUID = 1L;

  private final Errno errno;

  HostFailure(String what, String name, long result) {
    this(what, name, Errno.valueOf(-result));
  }

  private HostFailure(String what, String name, Errno errno) {
    super("cannot " + what + " name=" + ByteNames.text(name) + ": " + errno.description());
    this.errno = errno;
  }

  Errno errno() {
    return errno;
  }
}
