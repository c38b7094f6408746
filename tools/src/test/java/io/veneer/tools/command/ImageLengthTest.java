// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.veneer.thinpool.DeviceInfo;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageLengthTest {
  private static final long MIB = 1 << 20;

  @ParameterizedTest
  @CsvSource({
    "0, 1048576",
    "1, 1048576",
    "1048576, 1048576",
    "1048577, 1049088",
    "1049088, 1049088",
    "17592186044416, 17592186044416"
  })
  void findsTheSmallestDevice(long imageBytes, long deviceBytes) {
    assertEquals(deviceBytes, ImageLength.deviceBytes(imageBytes));
  }

  @Test
  void keepsOnlyALengthThatNoDeviceHas() {
    assertEquals(Map.of(), ImageLength.attribute(MIB, MIB));
    assertEquals(Map.of("veneer.imageBytes", "5"), ImageLength.attribute(5, MIB));
  }

  @Test
  void givesTheRecordedLengthBack() {
    Map<String, String> attribute = ImageLength.attribute(MIB + 1, MIB + 512);
    assertEquals(MIB + 1, ImageLength.imageBytes(device(MIB + 512, attribute)));
    assertEquals(attribute, ImageLength.of(device(MIB + 512, attribute)));
  }

  @Test
  void countsForNothingOnceTheDeviceHasAnotherSize() {
    Map<String, String> attribute = ImageLength.attribute(MIB + 1, MIB + 512);
    assertEquals(2 * MIB, ImageLength.imageBytes(device(2 * MIB, attribute)));
  }

  @Test
  void isTheDevicesSizeWithoutARecord() {
    assertEquals(MIB, ImageLength.imageBytes(device(MIB, Map.of())));
    assertEquals(MIB, ImageLength.imageBytes(device(MIB, Map.of("veneer.imageBytes", "much"))));
  }

  private static DeviceInfo device(long sizeBytes, Map<String, String> attributes) {
    return new DeviceInfo(
        1, "image", sizeBytes, 0, 0, 0, false, 0, 0, 0, false, "", 0, 0, 0, attributes);
  }
}
