/**
 * What the bytes on disk mean: one class of offsets per block layout.
 *
 * <p>May import nothing of Veneer.
 */
package io.veneer.thinpool.format;
