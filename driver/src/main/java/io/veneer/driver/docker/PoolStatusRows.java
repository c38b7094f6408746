// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.docker;

import io.veneer.thinpool.PoolMode;
import io.veneer.thinpool.PoolStatus;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Locale;

/**
 * A pool's state as {@code docker info} shows it, with the names that the devicemapper driver had
 * for the same things, so that what reads them goes on reading them.
 */
public final class PoolStatusRows {
  private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB"};
  private static final double STEP = 1000;
  private static final int DIGITS = 4;

  private PoolStatusRows() {}

  /**
   * Makes the rows.
   *
   * @param place what does not change while the pool is served
   * @param status the pool's state
   * @return in the order in which they are shown
   */
  public static List<StatusRow> of(PoolPlace place, PoolStatus status) {
    long metadataFree = status.totalMetadataBytes() - status.usedMetadataBytes();
    long dataFree = status.dataLimitBytes() - status.usedDataBytes();
    return List.of(
        new StatusRow("Pool Name", String.valueOf(place.folder().getFileName())),
        new StatusRow("Pool Mode", mode(status)),
        new StatusRow("Pool Blocksize", size(status.blockSizeBytes())),
        new StatusRow("Base Device Size", size(place.baseBytes())),
        new StatusRow("Backing Filesystem", place.fileSystem()),
        new StatusRow("Data file", place.folder().resolve("data").toString()),
        new StatusRow("Metadata file", place.folder().resolve("metadata").toString()),
        new StatusRow("Data Space Used", size(status.usedDataBytes())),
        new StatusRow("Data Space Total", size(status.dataLimitBytes())),
        new StatusRow("Data Space Available", size(dataFree)),
        new StatusRow("Metadata Space Used", size(status.usedMetadataBytes())),
        new StatusRow("Metadata Space Total", size(status.totalMetadataBytes())),
        new StatusRow("Metadata Space Available", size(metadataFree)),
        new StatusRow("Discard Passdown", String.valueOf(status.discardPassdown())),
        new StatusRow("Deferred Removal Enabled", "true"),
        new StatusRow("Deferred Deletion Enabled", "true"),
        new StatusRow("Deferred Deleted Device Count", String.valueOf(status.removingCount())),
        new StatusRow("Library Version", place.version()));
  }

  private static String mode(PoolStatus status) {
    String mode = status.mode().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    return status.needsCheck() && status.mode() != PoolMode.FAILED ? mode + ", needs check" : mode;
  }

  /** Decimal units and four digits, as Docker writes sizes: {@code 107.4GB}. */
  static String size(long bytes) {
    return size(bytes, DIGITS);
  }

  static String size(long bytes, int digits) {
    double value = bytes;
    int unit = 0;
    while (value >= STEP && unit < UNITS.length - 1) {
      value /= STEP;
      unit++;
    }
    BigDecimal rounded = new BigDecimal(value).round(new MathContext(digits));
    return rounded.stripTrailingZeros().toPlainString() + UNITS[unit];
  }
}
