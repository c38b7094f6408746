/**
 * The veneer command line: each command translates arguments into calls of the libraries.
 *
 * <p>May import the driver and thinpool modules.
 */
package io.veneer.tools.command;
