/**
 * Knows which block is free and which is shared.
 *
 * <p>May import the words, format, file and transaction.
 */
package io.veneer.thinpool.space;
