// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.keep;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;

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
   * closing a loop device waits for who would answer. The dead FUSE file is taken out of sight, so
   * that all goes with the loop device's last user though no server may come, and a note of that is
   * left for one that does.
   */
  public void abort() {
    String file = device.record().toString();
    KeepCalls.abort(file);
    if (KeepCalls.unmountLazily(file) >= 0) {
      note();
    }
    close();
  }

  /**
   * Without it the next server cannot name what is still mounted, and that is all. A record that is
   * not there any more was cleaned up by others.
   */
  private void note() {
    String line = new CutOffLoop(device.blockDevice()).line() + "\n";
    try {
      Files.writeString(
          device.record(), line, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
    } catch (IOException e) {
      // As on a full disk.
    }
  }
}
