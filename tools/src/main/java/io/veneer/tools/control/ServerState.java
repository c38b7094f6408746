// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.control;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * The process that serves a pool.
 *
 * @param pid its process id
 * @param doors where clients come in
 */
public record ServerState(long pid, List<DoorState> doors) {
  static final String REQUEST = "server";

  private static final String PID = "pid";
  private static final String DOORS = "doors";

  /**
   * The answer to who asks for the server's state.
   *
   * @return the state as JSON
   */
  public JsonObject write() {
    JsonArray list = new JsonArray();
    doors.forEach(door -> list.add(RecordJson.write(door)));
    JsonObject json = new JsonObject();
    json.addProperty(PID, pid);
    json.add(DOORS, list);
    return json;
  }

  static ServerState read(JsonObject json) {
    Arguments members = new Arguments(json);
    List<DoorState> doors = new ArrayList<>();
    for (JsonElement door : members.array(DOORS)) {
      doors.add(RecordJson.read(door.getAsJsonObject(), DoorState.class));
    }
    return new ServerState(members.number(PID), doors);
  }
}
