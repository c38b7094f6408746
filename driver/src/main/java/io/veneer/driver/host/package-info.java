/**
 * The host's files: fast copies of files and trees, durable replacement, what a tree really holds.
 *
 * <p>May import {@code io.veneer.driver}.
 *
 * <p>Public are {@link io.veneer.driver.host.FileCopy}, {@link io.veneer.driver.host.TreeCopy} and
 * {@link io.veneer.driver.host.HostFiles}, one for each of these three jobs.
 */
package io.veneer.driver.host;
