// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import com.google.gson.JsonObject;
import io.veneer.driver.attach.Attachments;
import io.veneer.thinpool.pool.ThinPool;
import io.veneer.tools.layers.OpenLayers;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * The layers of a pool that this process opens itself. If the process is told to end, all is closed
 * in good order first. Only {@link #close} may be called from another thread.
 */
final class LocalLayers implements LayerAccess {
  private final OpenLayers layers;
  private final ThinPool pool;
  private final Runnable detaching;
  private final Thread closeAtExit = new Thread(this::closeAll, "close-layers");
  private boolean closed;

  private LocalLayers(ThinPool pool, OpenLayers layers, Runnable detaching) {
    this.pool = pool;
    this.layers = layers;
    this.detaching = detaching;
  }

  static LocalLayers open(Path folder, Need need) {
    boolean reading = need == Need.READ;
    ThinPool pool = reading ? ThinPool.openReadOnly(folder) : ThinPool.open(folder);
    try {
      LocalLayers local = need == Need.FILES ? withFiles(pool, folder) : withoutFiles(pool);
      Runtime.getRuntime().addShutdownHook(local.closeAtExit);
      if (!reading) {
        local.layers.service().removeLeftovers();
      }
      return local;
    } catch (RuntimeException | Error e) {
      pool.close();
      throw e;
    }
  }

  private static LocalLayers withoutFiles(ThinPool pool) {
    return new LocalLayers(pool, OpenLayers.of(pool), () -> {});
  }

  private static LocalLayers withFiles(ThinPool pool, Path folder) {
    Path absolute = folder.toAbsolutePath().normalize();
    Attachments attachments = Attachments.open(pool, absolute);
    return new LocalLayers(
        pool, OpenLayers.withFiles(pool, attachments, absolute), attachments::close);
  }

  @Override
  public JsonObject call(String type, JsonObject arguments, Consumer<JsonObject> parts) {
    return layers.service().answer(type, arguments, parts);
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(closeAtExit);
    } catch (IllegalStateException processIsEnding) {
      // The hook runs beside us; closing twice does no harm.
    }
    closeAll();
  }

  private synchronized void closeAll() {
    if (!closed) {
      closed = true;
      layers.close();
      detaching.run();
      pool.close();
    }
  }
}
