/**
 * What the bytes on disk mean: one class of offsets per block layout.
 *
 * <p>May import only the words in {@code io.veneer.thinpool}.
 */
package io.veneer.thinpool.format;
