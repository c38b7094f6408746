// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.serve;

import io.veneer.thinpool.pool.ThinPool;
import io.veneer.tools.control.ControlRequests;
import java.nio.file.Path;

/**
 * What a door gets: the pool that is served.
 *
 * @param folder the pool's folder, absolute
 * @param pool the pool; it belongs to the server, which closes it after the doors
 * @param requests what the server answers to veneer commands; a door may add its own types
 */
public record ServedPool(Path folder, ThinPool pool, ControlRequests requests) {}
