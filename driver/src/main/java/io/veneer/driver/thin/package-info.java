/**
 * The thin driver: a volume for each layer, all of them sharing the blocks of one thin pool.
 *
 * <p>May import {@code io.veneer.driver}, {@code io.veneer.driver.snapshot} and the thinpool
 * module.
 */
package io.veneer.driver.thin;
