// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** The files in a folder; a link that leads out of it is no file. */
final class FolderBlobs implements Blobs {
  private final Path folder;

  FolderBlobs(Path folder) throws IOException {
    this.folder = folder.toRealPath();
  }

  @Override
  public Optional<InputStream> open(String path) throws IOException {
    Optional<Path> file = find(path);
    return file.isPresent() ? Optional.of(Files.newInputStream(file.get())) : Optional.empty();
  }

  @Override
  public long sizeBytes(String path) throws IOException {
    Optional<Path> file = find(path);
    return file.isPresent() ? Files.size(file.get()) : -1;
  }

  private Optional<Path> find(String path) throws IOException {
    try {
      Path real = folder.resolve(path).toRealPath();
      boolean isInside = real.startsWith(folder) && Files.isRegularFile(real);
      return isInside ? Optional.of(real) : Optional.empty();
    } catch (NoSuchFileException | InvalidPathException e) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {}
}
