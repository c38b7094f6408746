// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.containerd;

import io.grpc.stub.ServerCallStreamObserver;
import io.veneer.driver.containerd.wire.Info;
import io.veneer.driver.containerd.wire.ListSnapshotsResponse;
import java.util.List;
import java.util.function.Supplier;

/**
 * Sends a list of snapshots in messages of at most {@link #BATCH} of them, and no faster than the
 * client reads. gRPC calls its handlers one at a time.
 */
final class InfoStream {
  static final int BATCH = 100;

  private final ServerCallStreamObserver<ListSnapshotsResponse> client;
  private List<Info> infos = List.of();
  private int sent;
  private boolean ended;

  InfoStream(ServerCallStreamObserver<ListSnapshotsResponse> client) {
    this.client = client;
    client.setOnCancelHandler(() -> infos = List.of());
    client.setOnReadyHandler(this::sendWhatFits);
  }

  void send(Supplier<List<Info>> list) {
    if (client.isCancelled()) {
      return;
    }
    try {
      infos = list.get();
    } catch (RuntimeException e) {
      ended = true;
      client.onError(Failures.status(e).asRuntimeException());
      return;
    }
    sendWhatFits();
  }

  private void sendWhatFits() {
    while (!ended && client.isReady() && sent < infos.size()) {
      int next = Math.min(infos.size(), sent + BATCH);
      client.onNext(
          ListSnapshotsResponse.newBuilder().addAllInfo(infos.subList(sent, next)).build());
      sent = next;
    }
    if (!ended && sent == infos.size()) {
      ended = true;
      client.onCompleted();
    }
  }
}
