/**
 * The door for containerd: a proxy snapshotter, which is gRPC on a unix socket.
 *
 * <p>May import {@code io.veneer.driver}, its packages {@code owner}, {@code meter} and {@code
 * socket}, and the messages in {@code io.veneer.driver.containerd.wire}, which protoc makes.
 *
 * <p>Public is {@link io.veneer.driver.containerd.SnapshotterServer} with its options.
 */
package io.veneer.driver.containerd;
