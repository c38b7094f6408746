// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The three standard streams of a command, and what may be printed on them: results on the output,
 * progress and errors on the error stream. Used by the command's thread only; it closes nothing.
 */
final class Console {
  private final ReadableByteChannel in;
  private final WritableByteChannel out;
  private final PrintStream err;
  private final GlobalOptions options;

  /** Unbuffered file streams are used as channels, so that bulk data is copied once less. */
  Console(InputStream in, OutputStream out, PrintStream err, GlobalOptions options) {
    this.in = Channels.newChannel(in);
    this.out = Channels.newChannel(out);
    this.err = err;
    this.options = options;
  }

  ReadableByteChannel in() {
    return in;
  }

  PrintStream err() {
    return err;
  }

  GlobalOptions options() {
    return options;
  }

  /**
   * Writes raw bytes to the output.
   *
   * @throws StandardOutputException if they cannot be written
   */
  void write(ByteBuffer bytes) {
    try {
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
    } catch (IOException e) {
      throw new StandardOutputException(e);
    }
  }

  /** Prints a result. */
  void print(String text) {
    write(StandardCharsets.UTF_8.encode(text));
  }

  /** Confirms in one line what was done, unless the user wants quiet. */
  void confirm(String line) {
    if (!options.quiet()) {
      print(line + "\n");
    }
  }

  /** Begins to show how far a long piece of work is; close it when the work is over. */
  Progress progress(String label, Progress.Unit unit, long total) {
    if (options.quiet()) {
      return Progress.none();
    }
    Progress.Screen screen = new Progress.Screen(err, errorIsTerminal(), System::nanoTime);
    return new Progress(screen, label, unit, total);
  }

  private static boolean errorIsTerminal() {
    String target = target(2);
    return target.startsWith("/dev/pts/")
        || target.startsWith("/dev/tty")
        || target.equals("/dev/console");
  }

  /** What a descriptor of this process is open on, or the empty text where that cannot be told. */
  static String target(int descriptor) {
    try {
      return Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
    } catch (IOException | UnsupportedOperationException e) {
      return "";
    }
  }
}
