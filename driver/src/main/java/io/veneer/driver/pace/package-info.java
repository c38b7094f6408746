/**
 * Whether requests are quick, or worth more threads.
 *
 * <p>May import nothing of the project.
 */
package io.veneer.driver.pace;
