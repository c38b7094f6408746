// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import com.google.gson.stream.JsonWriter;
import io.veneer.driver.attach.Attachment;
import io.veneer.driver.attach.Attachments;
import io.veneer.driver.attach.Via;
import io.veneer.tools.control.LiveAttachments;
import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Gives a device a path under /dev, or lists those that have one. */
@Command(
    header = "Give a device of a served pool a block device path, and print it.",
    description = {
      "The path takes any file system and every program that wants a disk. It stays until 'veneer",
      "detach', or the end of the server. Attaching again prints the same path. Needs a server that",
      "runs as root, Linux 5.8 or newer, and FUSE and loop devices (or the kernel's NBD client)."
    },
    footer = {
      "",
      "Example:",
      "  veneer serve /srv/pool &",
      "  mkfs.ext4 $(veneer attach /srv/pool web)",
      "  mount $(veneer attach /srv/pool web) /mnt",
      "Example: what is attached",
      "  veneer attach --list /srv/pool"
    })
final class Attach extends ServerTask {
  @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "The device's name.")
  private String name;

  @Option(names = "--list", description = "List what is attached instead.")
  private boolean list;

  @Option(names = "--read-only", description = "Take no writes.")
  private boolean readOnly;

  @Option(
      names = "--via",
      paramLabel = "WAY",
      description = {
        "loop: a FUSE file with a loop device on it. nbd: the kernel's NBD",
        "client. auto, the default: loop where the machine can, else nbd."
      })
  private Via via = Via.AUTO;

  @Option(
      names = "--sector-size",
      paramLabel = "BYTES",
      description =
          "Logical sectors of 512 or 4096 bytes. Default: "
              + Attachments.DEFAULT_SECTOR_BYTES
              + ".")
  private Long sectorBytes;

  @Option(names = "--json", description = "Print a JSON object.")
  private boolean json;

  @Spec private CommandSpec command;

  Attach(Console console) {
    super(console);
  }

  @Override
  void check() {
    if (list == (name != null)) {
      throw new ParameterException(
          command.commandLine(),
          list ? "--list takes no NAME" : "Missing required parameter: 'NAME' (or --list)");
    }
    if (sectorBytes != null && !isSectorSize(sectorBytes)) {
      throw new ParameterException(
          command.commandLine(), "--sector-size takes 512 or 4096: sectorBytes=" + sectorBytes);
    }
  }

  private static boolean isSectorSize(long bytes) {
    return bytes == (int) bytes && Attachments.isSectorSize((int) bytes);
  }

  @Override
  void run(LiveAttachments attachments) {
    if (list) {
      list(attachments.list());
      return;
    }
    OptionalInt sector =
        sectorBytes == null ? OptionalInt.empty() : OptionalInt.of(sectorBytes.intValue());
    Attachment made = attachments.attach(name, readOnly, via, sector);
    console().print(json ? Json.object(out -> write(out, made)) : made.path() + "\n");
  }

  private void list(LiveAttachments.Listing listing) {
    console().print(json ? Json.object(out -> write(out, listing)) : table(listing.attachments()));
    if (!json) {
      for (String leftover : listing.leftovers()) {
        console().err().println("veneer: left by an earlier server: " + leftover);
      }
    }
  }

  private static void write(JsonWriter out, LiveAttachments.Listing listing) throws IOException {
    out.name("attachments").beginArray();
    for (Attachment attachment : listing.attachments()) {
      out.beginObject();
      write(out, attachment);
      out.endObject();
    }
    out.endArray();
    out.name("leftovers").beginArray();
    for (String leftover : listing.leftovers()) {
      out.value(leftover);
    }
    out.endArray();
  }

  private static void write(JsonWriter out, Attachment attachment) throws IOException {
    out.name("device").value(attachment.device());
    out.name("path").value(attachment.path().toString());
    if (attachment.file() != null) {
      out.name("file").value(attachment.file().toString());
    }
    out.name("readOnly").value(attachment.readOnly());
    out.name("via").value(Json.word(attachment.via()));
    out.name("removed").value(attachment.removed());
    out.name("dead").value(attachment.dead());
  }

  private static String table(List<Attachment> attachments) {
    Table table = new Table(5);
    table.row("NAME", "PATH", "VIA", "MODE", "FILE");
    for (Attachment attachment : attachments) {
      table.row(
          attachment.device(),
          attachment.path().toString(),
          Json.word(attachment.via()),
          mode(attachment),
          attachment.file() == null ? "-" : attachment.file().toString());
    }
    return table.render();
  }

  /** One word, so that the columns can be told apart by spaces. */
  private static String mode(Attachment attachment) {
    return (attachment.readOnly() ? "ro" : "rw")
        + (attachment.removed() ? ",removed" : "")
        + (attachment.dead() ? ",dead" : "");
  }
}
