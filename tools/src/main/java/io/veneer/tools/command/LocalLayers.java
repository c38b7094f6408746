// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import com.google.gson.JsonObject;
import io.veneer.driver.DriverException;
import io.veneer.driver.attach.Attachments;
import io.veneer.thinpool.pool.ThinPool;
import io.veneer.tools.layers.OpenLayers;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The layers of a pool that this process opens itself. If the process is told to end, what it does
 * is ended at its next part, as files may be mounted for it; then all is closed in good order. Only
 * {@link #close} may be called from another thread.
 */
final class LocalLayers implements LayerAccess {
  /** From one part to the next it takes less; what takes longer is cut off. */
  private static final long PATIENCE_SECONDS = 20;

  private final OpenLayers layers;
  private final ThinPool pool;
  private final Runnable detaching;
  private final Thread closeAtExit = new Thread(this::closeInGoodOrder, "close-layers");

  /** Who has it does something, or will not let anybody any more. */
  private final Semaphore turn = new Semaphore(1);

  private volatile boolean ending;
  private boolean closed;

  private LocalLayers(ThinPool pool, OpenLayers layers, Runnable detaching) {
    this.pool = pool;
    this.layers = layers;
    this.detaching = detaching;
  }

  static LocalLayers open(Path folder, Need need) {
    boolean reading = need == Need.READ;
    ThinPool pool = reading ? ThinPool.openReadOnly(folder) : LocalPool.openToChange(folder);
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
    turn.acquireUninterruptibly();
    try {
      return layers.service().answer(type, arguments, part -> hear(part, parts));
    } finally {
      turn.release();
    }
  }

  private void hear(JsonObject part, Consumer<JsonObject> parts) {
    if (ending) {
      throw new DriverException(DriverException.Kind.CANCELLED, "the process was told to end");
    }
    parts.accept(part);
  }

  private void closeInGoodOrder() {
    ending = true;
    try {
      turn.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS); // and is kept, so that nothing begins
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    closeAll();
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
