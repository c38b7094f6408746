// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import io.veneer.tools.control.LiveAttachments;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Takes a device's path under /dev back. */
@Command(
    header = "Take a device's block device path back.",
    description = {
      "What was written to it is durable afterwards. A device that is mounted or open stays",
      "attached, and the message says by whom."
    },
    footer = {"", "Example:", "  umount /mnt", "  veneer detach /srv/pool web"})
final class Detach extends ServerTask {
  @Parameters(index = "1", paramLabel = "NAME", description = "The device's name.")
  private String name;

  Detach(Console console) {
    super(console);
  }

  @Override
  void run(LiveAttachments attachments) {
    attachments.detach(name);
    console().confirm("detached " + name);
  }
}
