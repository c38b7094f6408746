/**
 * Unix sockets: where they lie in the file system, who may connect, and which of them are alive.
 *
 * <p>May import the thinpool module's words.
 *
 * <p>Also here is what is said of TCP addresses that cannot be listened on.
 */
package io.veneer.driver.socket;
