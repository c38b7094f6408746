/**
 * The host's files: fast copies of files and trees, durable replacement, what a tree really holds.
 *
 * <p>May import {@code io.veneer.driver}.
 *
 * <p>Public are {@link io.veneer.driver.host.FileCopy} and {@link io.veneer.driver.host.TreeCopy}
 * for copies; {@link io.veneer.driver.host.HostFiles} for durable changes; {@link
 * io.veneer.driver.host.FileStatus}, {@link io.veneer.driver.host.HostNodes} and {@link
 * io.veneer.driver.host.OverlayMarks} for what Linux knows of a file beside its content; {@link
 * io.veneer.driver.host.HostMounts} for mounts; {@link io.veneer.driver.host.SharedBlocks} for what
 * files share; {@link io.veneer.driver.host.HostProgram} for programs of the host; {@link
 * io.veneer.driver.host.ShellWord} for paths in commands that a message advises.
 */
package io.veneer.driver.host;
