/**
 * What this machine can do for Veneer, and what to install where it cannot.
 *
 * <p>May import the driver module's {@code host}.
 *
 * <p>Public are {@link io.veneer.tools.doctor.Examination} and what it finds.
 */
package io.veneer.tools.doctor;
