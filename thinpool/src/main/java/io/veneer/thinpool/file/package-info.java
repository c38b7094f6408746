/**
 * Moves bytes between memory and the two sparse files of a pool.
 *
 * <p>May import the words and format.
 */
package io.veneer.thinpool.file;
