// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

/** Named values under each other, the values in one column. */
final class Fields {
  private final Table table = new Table(2);

  Fields() {}

  void add(String name, String value) {
    table.row(name, value);
  }

  void addUnlessZero(String name, long bytes) {
    if (bytes != 0) {
      add(name, ByteSize.format(bytes));
    }
  }

  String render() {
    return table.render();
  }
}
