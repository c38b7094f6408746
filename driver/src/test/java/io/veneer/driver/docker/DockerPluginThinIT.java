// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.docker;

/** Docker on thin devices, each with a file system. */
class DockerPluginThinIT extends PluginTrial {
  @Override
  String driver() {
    return "thin";
  }
}
