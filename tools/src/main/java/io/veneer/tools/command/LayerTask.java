// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.veneer.driver.DriverException;
import io.veneer.thinpool.PoolException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Parameters;

/**
 * A command on the layers or containers of one pool: opens them, asks, shows the answer, and gives
 * refusals their advice.
 */
abstract class LayerTask implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "POOL", description = "The pool's folder.")
  private Path folder;

  private final Console console;
  private final LayerAccess.Need need;

  LayerTask(Console console, LayerAccess.Need need) {
    this.console = console;
    this.need = need;
  }

  /** Refuses arguments that cannot be meant, before the pool is opened. */
  void check() {}

  /** Does the work; throws what is to be reported. */
  abstract void run(LayerAccess layers) throws Exception;

  @Override
  public final Integer call() throws Exception {
    check();
    try (LayerAccess layers = LayerAccess.open(folder, need)) {
      run(layers);
    } catch (PoolException e) {
      throw Advice.on(e, folder);
    } catch (DriverException e) {
      throw Advice.on(e, folder);
    }
    return 0;
  }

  final Path folder() {
    return folder;
  }

  final Console console() {
    return console;
  }

  /** An object with one text. */
  static JsonObject arguments(String member, String value) {
    JsonObject arguments = new JsonObject();
    arguments.addProperty(member, value);
    return arguments;
  }

  static JsonArray texts(List<String> texts) {
    JsonArray array = new JsonArray();
    texts.forEach(array::add);
    return array;
  }
}
