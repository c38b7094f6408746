// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.keep;

/**
 * An attachment that an earlier server left, and the files that are open for it in this process
 * now, which belong to whoever gets this.
 *
 * @param device what is known of it
 * @param connection the descriptor of the FUSE file's open {@code /dev/fuse}
 * @param loop a descriptor of the loop device on the file
 */
public record KeptFiles(KeptDevice device, int connection, int loop) {
  /** Closes them; whoever else has them open goes on. */
  public void close() {
    KeepCalls.close(connection);
    KeepCalls.close(loop);
  }

  /**
   * Ends the attachment for everybody: who waits for it is told that it is gone. First of all, as
   * closing a loop device waits for who would answer.
   */
  public void abort() {
    KeepCalls.abort(device.record().toString());
    close();
  }
}
