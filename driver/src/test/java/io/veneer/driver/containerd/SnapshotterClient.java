// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.containerd;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.veneer.driver.containerd.wire.CommitSnapshotRequest;
import io.veneer.driver.containerd.wire.Info;
import io.veneer.driver.containerd.wire.ListSnapshotsRequest;
import io.veneer.driver.containerd.wire.ListSnapshotsResponse;
import io.veneer.driver.containerd.wire.Mount;
import io.veneer.driver.containerd.wire.PrepareSnapshotRequest;
import io.veneer.driver.containerd.wire.RemoveSnapshotRequest;
import io.veneer.driver.containerd.wire.SnapshotsGrpc;
import io.veneer.driver.containerd.wire.StatSnapshotRequest;
import io.veneer.driver.containerd.wire.ViewSnapshotRequest;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Asks a snapshotter over its socket, as containerd does; or containerd, which asks ours. */
final class SnapshotterClient implements AutoCloseable {
  private static final String SNAPSHOTTER = "veneer";
  private static final Metadata.Key<String> NAMESPACE =
      Metadata.Key.of("containerd-namespace", Metadata.ASCII_STRING_MARSHALLER);

  private final EventLoopGroup network =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ManagedChannel channel;
  final SnapshotsGrpc.SnapshotsBlockingStub calls;

  SnapshotterClient(Path socket) {
    this(socket, "default");
  }

  SnapshotterClient(Path socket, String namespace) {
    Metadata headers = new Metadata();
    headers.put(NAMESPACE, namespace);
    channel =
        NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(socket))
            .channelType(NioDomainSocketChannel.class)
            .eventLoopGroup(network)
            .intercept(MetadataUtils.newAttachHeadersInterceptor(headers))
            .usePlaintext()
            .build();
    calls = SnapshotsGrpc.newBlockingStub(channel);
  }

  List<Mount> prepare(String key, String parent, Map<String, String> labels) {
    return calls.prepare(preparation(key, parent, labels)).getMountsList();
  }

  static PrepareSnapshotRequest preparation(String key, String parent, Map<String, String> labels) {
    return PrepareSnapshotRequest.newBuilder()
        .setSnapshotter(SNAPSHOTTER)
        .setKey(key)
        .setParent(parent)
        .putAllLabels(labels)
        .build();
  }

  List<Mount> view(String key, String parent) {
    return calls
        .view(
            ViewSnapshotRequest.newBuilder()
                .setSnapshotter(SNAPSHOTTER)
                .setKey(key)
                .setParent(parent)
                .build())
        .getMountsList();
  }

  void commit(String name, String key, Map<String, String> labels) {
    commit(name, key, labels, "");
  }

  void commit(String name, String key, Map<String, String> labels, String parent) {
    calls.commit(
        CommitSnapshotRequest.newBuilder()
            .setSnapshotter(SNAPSHOTTER)
            .setName(name)
            .setKey(key)
            .putAllLabels(labels)
            .setParent(parent)
            .build());
  }

  void remove(String key) {
    calls.remove(
        RemoveSnapshotRequest.newBuilder().setSnapshotter(SNAPSHOTTER).setKey(key).build());
  }

  Info stat(String key) {
    return calls
        .stat(StatSnapshotRequest.newBuilder().setSnapshotter(SNAPSHOTTER).setKey(key).build())
        .getInfo();
  }

  /** The snapshots of each message. */
  List<List<Info>> batches(String... filters) {
    List<List<Info>> batches = new ArrayList<>();
    calls
        .list(
            ListSnapshotsRequest.newBuilder()
                .setSnapshotter(SNAPSHOTTER)
                .addAllFilters(List.of(filters))
                .build())
        .forEachRemaining((ListSnapshotsResponse batch) -> batches.add(batch.getInfoList()));
    return batches;
  }

  List<String> names(String... filters) {
    return batches(filters).stream().flatMap(List::stream).map(Info::getName).sorted().toList();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    network.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
