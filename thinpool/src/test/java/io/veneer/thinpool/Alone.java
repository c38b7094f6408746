// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * Integration tests that other ones would disturb, or that would disturb those, so that they run by
 * themselves while the rest runs two at a time. What is mounted belongs to the whole machine:
 *
 * <ul>
 *   <li>A new mount namespace, as each container has, holds on to all that others have mounted at
 *       that moment, which then cannot be detached.
 *   <li>{@code mkfs.btrfs} fails while a file system is mounted anywhere whose disk has no server,
 *       as tests leave them for a while.
 * </ul>
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Tag("alone")
public @interface Alone {}
