// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.control;

import java.io.IOException;

/** Does one type of request. Called on the thread of the client that asks, many at once. */
@FunctionalInterface
interface RequestHandler {
  /**
   * Does a request and answers it, once. A {@link RuntimeException} becomes the answer if there is
   * none yet.
   *
   * @throws IOException if the answer cannot be sent; the connection ends then
   */
  void handle(Request request) throws IOException;
}
