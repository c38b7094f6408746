/**
 * Unix sockets: where they lie in the file system, who may connect, and which of them are alive.
 *
 * <p>May import the thinpool module's words.
 */
package io.veneer.driver.socket;
