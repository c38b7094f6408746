/**
 * Moves bytes between memory and the two sparse files of a pool.
 *
 * <p>May import the words and format.
 *
 * <p>The rooms above see two interfaces and no address: {@link io.veneer.thinpool.file.MetadataFile
 * MetadataFile} and {@link io.veneer.thinpool.file.DataFile DataFile}, both handed out by {@link
 * io.veneer.thinpool.file.PoolFiles PoolFiles}. {@link io.veneer.thinpool.file.HostPoolFiles
 * HostPoolFiles} keeps them in a folder of the host; the tests have a double that forgets, tears
 * and fails. All implementations run one contract suite for each interface.
 *
 * <h2>Which way bytes go</h2>
 *
 * <table>
 * <caption>Each kind of access and what it runs through</caption>
 * <tr><th>what</th><th>way</th><th>because</th></tr>
 * <tr><td>read</td><td>mapping</td><td>a copy, no call</td></tr>
 * <tr><td>write in place</td><td>mapping, after the block has room</td><td>a copy, no call</td></tr>
 * <tr><td>fill a new block</td><td>one positional write</td><td>cold pages, a clear errno</td></tr>
 * <tr><td>metadata</td><td>read by mapping, written by call</td><td>a clear errno</td></tr>
 * <tr><td>force</td><td>{@code fdatasync}, {@code msync}</td><td>both cover both ways</td></tr>
 * </table>
 *
 * <p>On Linux a mapping and the calls see the same pages, so the ways may be mixed at will.
 *
 * <h2>What a mapping may not be trusted with</h2>
 *
 * <p>A page that cannot be had is a signal. The JVM survives it in its copy routines, but goes on
 * as if the bytes had arrived and tells later. Three cases, three answers. <b>The disk is full:</b>
 * a block gets its room by {@code fallocate} before the first store ({@code RoomMap}). <b>The file
 * ends before:</b> lengths are checked first. <b>The disk fails, or somebody cuts the file off
 * under us:</b> each copy is checked for having arrived, and else made again with a call that
 * answers with an errno ({@code GuardedCopy}).
 *
 * <h2>Native calls</h2>
 *
 * <p>{@code LinuxCalls} has all of them; {@code HostError} turns an errno into an exception, once.
 * Java's own channels are not used for reading and writing, because the interrupt of one thread
 * closes a channel under all others. Loading jnr costs nothing extra where files are mapped:
 * Chronicle loads it too (together about 0.2 s in a fresh JVM without class data sharing, of which
 * jnr's own part is 5 ms more once Chronicle is there).
 */
package io.veneer.thinpool.file;
