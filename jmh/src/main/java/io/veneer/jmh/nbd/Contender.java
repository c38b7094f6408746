// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh.nbd;

/** One server in the comparison, with what it serves. */
interface Contender extends AutoCloseable {
  /** The name in the table. */
  String name();

  /** Serves what the next run works on: an NBD address, or the path of a block device. */
  String serve();

  /** Ends the use of what was served for one run. */
  void served();

  /** Ends the server. */
  @Override
  void close();

  /** The address of an export on a unix socket. */
  static String uri(String export, java.nio.file.Path socket) {
    return "nbd+unix:///" + export + "?socket=" + socket;
  }
}
