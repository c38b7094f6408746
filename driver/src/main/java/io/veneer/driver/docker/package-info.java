/**
 * The door for Docker: a graphdriver plugin, which is HTTP on a unix socket.
 *
 * <p>May import {@code io.veneer.driver}, its packages {@code meter} and {@code socket}, and the
 * words of the thinpool module.
 *
 * <p>Public are {@link io.veneer.driver.docker.GraphdriverServer}, and {@link
 * io.veneer.driver.docker.StatusRow} with {@link io.veneer.driver.docker.PoolStatusRows} and {@link
 * io.veneer.driver.docker.PoolPlace}, with which its owner adds to what {@code docker info} shows.
 */
package io.veneer.driver.docker;
