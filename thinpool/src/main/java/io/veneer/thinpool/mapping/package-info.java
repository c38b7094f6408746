/**
 * Knows which data block holds a virtual block of a device.
 *
 * <p>May import the words, format, file, transaction and space.
 */
package io.veneer.thinpool.mapping;
