/**
 * Checks closed pools: walks everything a superblock reaches, and counts for itself.
 *
 * <p>May import of the thinpool module the words, format and file; never the rooms of the engine,
 * whose mistakes it is there to find.
 */
package io.veneer.tools.check;
