// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import io.veneer.driver.host.ShellWord;
import io.veneer.thinpool.NoSuchDeviceException;
import io.veneer.thinpool.PoolException;
import io.veneer.tools.control.LiveAttachments;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Takes a device's path under /dev back. */
@Command(
    header = "Take a device's block device path back.",
    description = {
      "What was written to it is durable afterwards. A device that is mounted or open stays",
      "attached, and the message says by whom. The paths that 'veneer attach' and its --list print",
      "will do for the name."
    },
    footer = {"", "Example:", "  umount /mnt", "  veneer detach /srv/pool web"})
final class Detach extends ServerTask {
  private static final String NOT_ATTACHED = "device is not attached: ";

  @Parameters(
      index = "1",
      paramLabel = "NAME",
      description = "The device's name, or the path of its block device or flat file.")
  private String name;

  Detach(Console console) {
    super(console);
  }

  @Override
  void run(LiveAttachments attachments) {
    try {
      detach(attachments);
    } catch (PoolException e) {
      if (isNotThere(e)) {
        throw withList(e);
      }
      throw e;
    }
    console().confirm("detached " + name);
  }

  /** A path means something to the server only if it is absolute. */
  private void detach(LiveAttachments attachments) {
    try {
      attachments.detach(name);
    } catch (NoSuchDeviceException e) {
      Optional<String> place = place().filter(path -> !path.equals(name));
      if (place.isEmpty()) {
        throw e;
      }
      detachAt(place.get(), attachments, e);
    }
  }

  /** What was typed is what the user knows. */
  private static void detachAt(
      String place, LiveAttachments attachments, NoSuchDeviceException byName) {
    try {
      attachments.detach(place);
    } catch (NoSuchDeviceException e) {
      throw byName;
    }
  }

  /** Through links to its folder; what it is itself may not answer. */
  private Optional<String> place() {
    if (!name.contains("/")) {
      return Optional.empty();
    }
    Path absolute = Path.of(name).toAbsolutePath().normalize();
    try {
      Path parent = absolute.getParent();
      return parent == null
          ? Optional.empty()
          : Optional.of(parent.toRealPath().resolve(absolute.getFileName()).toString());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static boolean isNotThere(PoolException e) {
    return e instanceof NoSuchDeviceException || e.getMessage().startsWith(NOT_ATTACHED);
  }

  private CommandFailure withList(PoolException e) {
    return new CommandFailure(
        e.getMessage()
            + "; 'veneer attach --list "
            + ShellWord.of(folder())
            + "' shows what is attached",
        e);
  }
}
