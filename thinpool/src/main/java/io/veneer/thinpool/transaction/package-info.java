/**
 * Decides when metadata becomes true: shadowing, commit and abort.
 *
 * <p>May import the words, format and file.
 */
package io.veneer.thinpool.transaction;
