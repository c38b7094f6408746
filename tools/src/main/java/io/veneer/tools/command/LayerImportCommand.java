// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import com.google.gson.JsonObject;
import io.veneer.tools.layers.LayerWords;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Imports images. */
@Command(
    header = "Import images: an OCI layout, or what 'docker save' wrote.",
    description = {
      "Takes a folder or a tar, plain or compressed. Every digest is checked. Layers that are there",
      "already are shared, not imported again; an import that fails leaves no half layer. Needs root,",
      "since files are written through a mounted file system."
    },
    footer = {
      "",
      "Example:",
      "  docker save debian:12 -o debian.tar",
      "  veneer layer import /srv/pool debian.tar",
      "Example: one of several images, under another name",
      "  veneer layer import /srv/pool layout/ --image v2 --name shop:2"
    })
final class LayerImportCommand extends LayerTask {
  @Parameters(index = "1", paramLabel = "PATH", description = "The folder or tar with the images.")
  private Path path;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Name of the image in the pool. Default: what it is called there.")
  private String name = "";

  @Option(
      names = "--image",
      paramLabel = "NAME",
      description = "Which image, if there are several. Default: all.")
  private String image = "";

  @Option(
      names = "--platform",
      paramLabel = "OS/CPU",
      description = "What it must be made for. Default: this machine, such as linux/amd64.")
  private String platform = "";

  @Option(names = "--json", description = "Print a JSON object, sizes in bytes.")
  private boolean json;

  LayerImportCommand(Console console) {
    super(console, LayerAccess.Need.FILES);
  }

  @Override
  void check() {
    if (!Files.exists(path)) {
      throw new CommandFailure("there is no file or folder " + path);
    }
  }

  @Override
  void run(LayerAccess layers) {
    JsonObject arguments = arguments(LayerWords.PATH, path.toAbsolutePath().normalize().toString());
    arguments.addProperty(LayerWords.NAME, name);
    arguments.addProperty(LayerWords.IMAGE, image);
    arguments.addProperty(LayerWords.PLATFORM, platform);
    JsonObject answer;
    try (LayerProgress progress = new LayerProgress(console())) {
      answer = layers.call(LayerWords.IMPORT, arguments, progress);
    }
    if (json) {
      console().print(Json.text(answer));
      return;
    }
    for (JsonObject row : LayerView.rows(answer, LayerWords.IMAGES)) {
      console().confirm(line(row));
    }
  }

  private static String line(JsonObject row) {
    long layers = LayerView.number(row, LayerWords.LAYERS);
    long imported = LayerView.number(row, LayerWords.IMPORTED_LAYERS);
    return "imported "
        + LayerView.text(row, LayerWords.NAME)
        + ": "
        + layers
        + (layers == 1 ? " layer, " : " layers, ")
        + imported
        + " new, "
        + LayerView.size(row, LayerWords.CONTENT_BYTES)
        + " of files";
  }

  /** A bar for each layer that is unpacked. */
  private static final class LayerProgress implements Consumer<JsonObject>, AutoCloseable {
    private final Console console;
    private String label = "import";
    private Progress progress = Progress.none();
    private long totalBytes = -1;

    LayerProgress(Console console) {
      this.console = console;
    }

    @Override
    public void accept(JsonObject part) {
      if (part.has(LayerWords.DONE_BYTES)) {
        show(part);
        return;
      }
      close();
      progress = Progress.none();
      totalBytes = -1;
      label =
          "layer "
              + (LayerView.number(part, LayerWords.INDEX) + 1)
              + "/"
              + LayerView.number(part, LayerWords.LAYERS)
              + " of "
              + LayerView.text(part, LayerWords.NAME);
    }

    private void show(JsonObject part) {
      if (totalBytes < 0) {
        totalBytes = Math.max(0, LayerView.number(part, LayerWords.TOTAL_BYTES));
        progress = console.progress(label, Progress.Unit.BYTES, totalBytes);
      }
      progress.at(LayerView.number(part, LayerWords.DONE_BYTES));
    }

    @Override
    public void close() {
      progress.close();
    }
  }
}
