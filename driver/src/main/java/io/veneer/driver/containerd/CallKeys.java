// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.containerd;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;

/** Finds the key that a request is about, for the log. */
final class CallKeys {
  private static final int SHOWN_CHARS_MAX = 200;

  private CallKeys() {}

  /** The request's field {@code key}, cut where it is very long; empty if there is none. */
  static String of(Object request) {
    if (!(request instanceof Message message)) {
      return "";
    }
    FieldDescriptor field = message.getDescriptorForType().findFieldByName("key");
    if (field == null) {
      return "";
    }
    String key = String.valueOf(message.getField(field));
    return key.length() <= SHOWN_CHARS_MAX ? key : key.substring(0, SHOWN_CHARS_MAX) + "...";
  }
}
