/**
 * The words of the pool: public value types, exceptions and interfaces.
 *
 * <p>May import nothing of Veneer; every other package may import it.
 */
package io.veneer.thinpool;
