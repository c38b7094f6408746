// SPDX-License-Identifier: Apache-2.0
/**
 * How fast the NBD server is beside nbdkit and qemu-nbd: the same fio jobs over the same image, in
 * turns, in one run.
 *
 * <p>May import everything.
 */
package io.veneer.jmh.nbd;
