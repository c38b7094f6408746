/**
 * Storage drivers for containers: the contract that every driver keeps, and its words.
 *
 * <p>May import the thinpool module.
 */
package io.veneer.driver;
