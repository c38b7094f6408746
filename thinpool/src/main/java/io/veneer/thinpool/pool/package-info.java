/**
 * Opens, creates and runs a pool: its modes, its devices and their life.
 *
 * <p>May import the words, format and every room below: device, mapping, space, transaction, file.
 */
package io.veneer.thinpool.pool;
