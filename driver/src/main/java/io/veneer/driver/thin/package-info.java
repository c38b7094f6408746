/**
 * The thin driver: a volume for each layer, all of them sharing the blocks of one thin pool.
 *
 * <p>May import {@code io.veneer.driver}, {@code driver.snapshot}, {@code driver.attach}, {@code
 * driver.archive}, {@code driver.ext4}, {@code driver.host}, {@code driver.layer} and the thinpool
 * module.
 */
package io.veneer.driver.thin;
