// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.control;

import com.google.gson.JsonObject;
import java.nio.ByteBuffer;

/**
 * One frame that was received.
 *
 * @param header the header
 * @param payload the bytes with it, often none; valid until the next frame is read
 */
record Frame(JsonObject header, ByteBuffer payload) {}
