/**
 * Says what a read, write or discard of a thin device means.
 *
 * <p>May import the words, format and every room below: mapping, space, transaction, file.
 */
package io.veneer.thinpool.device;
