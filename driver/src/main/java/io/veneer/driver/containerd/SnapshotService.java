// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.containerd;

import com.google.protobuf.Empty;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.SnapshotInfo;
import io.veneer.driver.StorageDriver;
import io.veneer.driver.Usage;
import io.veneer.driver.containerd.wire.CleanupRequest;
import io.veneer.driver.containerd.wire.CommitSnapshotRequest;
import io.veneer.driver.containerd.wire.Info;
import io.veneer.driver.containerd.wire.ListSnapshotsRequest;
import io.veneer.driver.containerd.wire.ListSnapshotsResponse;
import io.veneer.driver.containerd.wire.MountsRequest;
import io.veneer.driver.containerd.wire.MountsResponse;
import io.veneer.driver.containerd.wire.PrepareSnapshotRequest;
import io.veneer.driver.containerd.wire.PrepareSnapshotResponse;
import io.veneer.driver.containerd.wire.RemoveSnapshotRequest;
import io.veneer.driver.containerd.wire.SnapshotsGrpc;
import io.veneer.driver.containerd.wire.StatSnapshotRequest;
import io.veneer.driver.containerd.wire.StatSnapshotResponse;
import io.veneer.driver.containerd.wire.UpdateSnapshotRequest;
import io.veneer.driver.containerd.wire.UpdateSnapshotResponse;
import io.veneer.driver.containerd.wire.UsageRequest;
import io.veneer.driver.containerd.wire.UsageResponse;
import io.veneer.driver.containerd.wire.ViewSnapshotRequest;
import io.veneer.driver.containerd.wire.ViewSnapshotResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The ten calls of containerd's Snapshots service, each of them one call of the driver.
 *
 * <p>A call that was cancelled, or whose deadline passed, before its turn came is not begun; one
 * that was begun is done wholly, as changes of the driver are, and its client learns that by
 * asking. Calls run at the same time and share no lock here. Source of the protocol: {@code
 * snapshots.proto}.
 */
final class SnapshotService extends SnapshotsGrpc.SnapshotsImplBase {
  /** With it an unpacker says which content it is about to make; its value is a chain id. */
  static final String CONTENT = "containerd.io/snapshot.ref";

  private final StorageDriver driver;
  private final BackgroundCleanup cleanup;

  SnapshotService(StorageDriver driver, BackgroundCleanup cleanup) {
    this.driver = driver;
    this.cleanup = cleanup;
  }

  @Override
  public void prepare(
      PrepareSnapshotRequest request, StreamObserver<PrepareSnapshotResponse> client) {
    answer(client, () -> prepared(request));
  }

  private PrepareSnapshotResponse prepared(PrepareSnapshotRequest request) {
    Map<String, String> labels = request.getLabelsMap();
    refuseWhatIsThere(labels.getOrDefault(CONTENT, ""), request.getParent());
    return PrepareSnapshotResponse.newBuilder()
        .addAllMounts(
            Messages.mounts(driver.prepare(request.getKey(), request.getParent(), labels)))
        .build();
  }

  /**
   * An unpacker that is told that its content exists looks for it by these two values, and takes it
   * instead of unpacking: so an image is there once, in however many namespaces it is pulled.
   */
  private void refuseWhatIsThere(String content, String parent) {
    if (content.isEmpty()) {
      return;
    }
    String filter = "labels.%s==%s,kind==committed".formatted(quoted(CONTENT), quoted(content));
    List<String> found = new ArrayList<>();
    driver.walk(
        info -> {
          if (info.parent().equals(parent)) {
            found.add(info.key());
          }
        },
        filter);
    if (!found.isEmpty()) {
      throw new DriverException(
          Kind.ALREADY_EXISTS, "content is there content=" + content + " name=" + found.get(0));
    }
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  @Override
  public void view(ViewSnapshotRequest request, StreamObserver<ViewSnapshotResponse> client) {
    answer(
        client,
        () ->
            ViewSnapshotResponse.newBuilder()
                .addAllMounts(
                    Messages.mounts(
                        driver.view(request.getKey(), request.getParent(), request.getLabelsMap())))
                .build());
  }

  @Override
  public void mounts(MountsRequest request, StreamObserver<MountsResponse> client) {
    answer(
        client,
        () ->
            MountsResponse.newBuilder()
                .addAllMounts(Messages.mounts(driver.mounts(request.getKey())))
                .build());
  }

  @Override
  public void commit(CommitSnapshotRequest request, StreamObserver<Empty> client) {
    answer(client, () -> committed(request));
  }

  private Empty committed(CommitSnapshotRequest request) {
    String parent = request.getParent();
    if (!parent.isEmpty()) {
      requireParent(driver.stat(request.getKey()), parent);
    }
    driver.commit(request.getName(), request.getKey(), request.getLabelsMap());
    return Empty.getDefaultInstance();
  }

  /**
   * Putting a snapshot upon another when it is committed would copy it here, so the capability
   * "rebase" is not announced; who names the parent that the snapshot has is right all the same.
   */
  private static void requireParent(SnapshotInfo active, String parent) {
    if (active.hasParent() && !active.parent().equals(parent)) {
      throw new DriverException(
          Kind.INVALID_ARGUMENT,
          "the snapshot has another parent parent=" + active.parent() + " asked=" + parent);
    }
    if (!active.hasParent()) {
      throw new DriverException(
          Kind.UNIMPLEMENTED, "a snapshot gets its parent when it is prepared parent=" + parent);
    }
  }

  @Override
  public void remove(RemoveSnapshotRequest request, StreamObserver<Empty> client) {
    answer(client, () -> done(() -> driver.remove(request.getKey())));
  }

  @Override
  public void stat(StatSnapshotRequest request, StreamObserver<StatSnapshotResponse> client) {
    answer(
        client,
        () ->
            StatSnapshotResponse.newBuilder()
                .setInfo(Messages.info(driver.stat(request.getKey())))
                .build());
  }

  @Override
  public void update(UpdateSnapshotRequest request, StreamObserver<UpdateSnapshotResponse> client) {
    answer(
        client,
        () -> {
          String[] fieldPaths = request.getUpdateMask().getPathsList().toArray(new String[0]);
          SnapshotInfo now = driver.update(Messages.asked(request.getInfo()), fieldPaths);
          return UpdateSnapshotResponse.newBuilder().setInfo(Messages.info(now)).build();
        });
  }

  @Override
  public void list(ListSnapshotsRequest request, StreamObserver<ListSnapshotsResponse> client) {
    InfoStream stream = new InfoStream((ServerCallStreamObserver<ListSnapshotsResponse>) client);
    stream.send(
        () -> {
          List<Info> infos = new ArrayList<>();
          driver.walk(
              info -> infos.add(Messages.info(info)),
              request.getFiltersList().toArray(new String[0]));
          return infos;
        });
  }

  @Override
  public void usage(UsageRequest request, StreamObserver<UsageResponse> client) {
    answer(
        client,
        () -> {
          Usage usage = driver.usage(request.getKey());
          return UsageResponse.newBuilder()
              .setSize(usage.sizeBytes())
              .setInodes(usage.inodes())
              .build();
        });
  }

  @Override
  public void cleanup(CleanupRequest request, StreamObserver<Empty> client) {
    answer(client, () -> done(cleanup::begin));
  }

  private static Empty done(Runnable work) {
    work.run();
    return Empty.getDefaultInstance();
  }

  private static <T> void answer(StreamObserver<T> client, Supplier<T> work) {
    ServerCallStreamObserver<T> call = (ServerCallStreamObserver<T>) client;
    // With a handler, answering a call that was cancelled meanwhile is allowed and does nothing.
    call.setOnCancelHandler(() -> {});
    if (call.isCancelled()) {
      return;
    }
    T answer;
    try {
      answer = work.get();
    } catch (RuntimeException e) {
      call.onError(Failures.status(e).asRuntimeException());
      return;
    }
    call.onNext(answer);
    call.onCompleted();
  }
}
