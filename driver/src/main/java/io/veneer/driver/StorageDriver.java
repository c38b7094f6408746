// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Keeps the layers of images and containers, in the snapshot model of containerd.
 *
 * <h2>Words</h2>
 *
 * <ul>
 *   <li><b>key</b>: what a caller names an active snapshot or a view by;
 *   <li><b>name</b>: what a committed snapshot is named by. Keys and names share one space: what is
 *       taken as a key is taken as a name. Both are 1 to 255 bytes of UTF-8 without control
 *       characters;
 *   <li><b>parent</b>: the name of the committed snapshot that a snapshot stands on, or empty for
 *       the first layer, which begins with nothing in it;
 *   <li><b>labels</b>: what callers note beside a snapshot; a label's name and value have at most
 *       4096 bytes together;
 *   <li><b>path</b>: where a file is in a snapshot: names with {@code /} between them, no leading
 *       {@code /}, no empty name, no {@code .} and no {@code ..};
 *   <li><b>tree</b>: the files and folders that a snapshot shows, its parents' included;
 *   <li><b>whiteout</b>: an empty file {@code .wh.NAME} in a tar, which says that NAME is gone;
 *       {@code .wh..wh..opq} in a folder says that all that was in it is gone.
 * </ul>
 *
 * <h2>A layer's life</h2>
 *
 * <pre>{@code
 * driver.prepare("unpack-1", "", Map.of());               // an empty layer to write into
 * try (LayerFile disk = driver.openFile("unpack-1", "disk.img", OpenMode.CREATE)) {
 *   disk.write(0, bytes);
 *   disk.force();
 * }
 * driver.commit("image", "unpack-1", Map.of());           // key "unpack-1" is gone, name "image" is there
 *
 * driver.prepare("container-1", "image", Map.of());       // sees what "image" holds
 * driver.prepare("container-2", "image", Map.of());       // so does this one; neither sees the other
 * driver.remove("container-1");
 * driver.remove("container-2");
 * driver.remove("image");                                 // only now: it had children
 * }</pre>
 *
 * <h2>Layers as archives and as folders</h2>
 *
 * <pre>{@code
 * driver.prepare("unpack-2", "image", Map.of());          // one layer more, out of a tar
 * driver.applyDiff("unpack-2", tar);
 * driver.commit("image-2", "unpack-2", Map.of());
 *
 * driver.prepare("container-3", "image-2", Map.of());
 * Path root = driver.get("container-3");                  // a folder; counted, so that uses nest
 * Files.delete(root.resolve("etc/motd"));
 * driver.put("container-3");                              // the folder may be gone from here on
 * driver.changes("container-3", "image-2");               // etc MODIFIED, etc/motd DELETED
 * driver.diff("container-3", "image-2", tarOut);          // etc/ and etc/.wh.motd
 * }</pre>
 *
 * <h2>Obligations</h2>
 *
 * <p>All methods may be called from any number of threads. What changes the driver is durable when
 * the call returns, and wholly done or not at all, whenever the power is cut. (The bytes written
 * through a {@link LayerFile} are durable after its {@code force}, or after {@link #commit}.) Every
 * failure is a {@link DriverException}; each method lists the kinds that callers act on, and any
 * method may fail with IO, RESOURCE_EXHAUSTED or DATA_LOSS besides, and with FAILED_PRECONDITION
 * after {@link #close}.
 */
public interface StorageDriver extends AutoCloseable {
  /** The path of the only file of a driver with {@link Capability#VOLUME}. */
  String VOLUME = "volume";

  /**
   * The driver's name, as users choose it.
   *
   * @return lower-case letters and digits
   */
  String name();

  /**
   * What this driver can do beyond the contract.
   *
   * @return always the same set
   */
  Set<Capability> capabilities();

  /**
   * Makes an active snapshot.
   *
   * @param key the new snapshot's key
   * @param parent what it stands on, or empty
   * @param labels its labels
   * @return how to mount it for reading and writing; at least one step
   * @throws DriverException ALREADY_EXISTS if the key is taken; NOT_FOUND if there is no such
   *     parent; INVALID_ARGUMENT if the parent is not committed or a label is too long
   */
  List<Mount> prepare(String key, String parent, Map<String, String> labels);

  /**
   * Makes an active snapshot as {@link #prepare} does, for who does not mount it now: all that is
   * done is to make it.
   *
   * @param key the new snapshot's key
   * @param parent what it stands on, or empty
   * @param labels its labels
   * @throws DriverException as {@link #prepare}
   */
  void create(String key, String parent, Map<String, String> labels);

  /**
   * Makes a view: as {@link #prepare}, but read-only.
   *
   * @param key the new snapshot's key
   * @param parent what it shows, or empty
   * @param labels its labels
   * @return how to mount it for reading; at least one step
   * @throws DriverException as {@link #prepare}
   */
  List<Mount> view(String key, String parent, Map<String, String> labels);

  /**
   * Tells again how to mount an active snapshot or a view.
   *
   * @param key the snapshot
   * @return what {@link #prepare} or {@link #view} returned
   * @throws DriverException NOT_FOUND; FAILED_PRECONDITION if the snapshot is committed
   */
  List<Mount> mounts(String key);

  /**
   * Turns an active snapshot into a committed one. The key is gone afterwards; creation and update
   * time are now. Handles that are open on it refuse writes from here on.
   *
   * @param name the committed snapshot's name
   * @param key the active snapshot
   * @param labels its labels; those of the active snapshot are dropped
   * @throws DriverException ALREADY_EXISTS if the name is taken; NOT_FOUND if there is no such key;
   *     FAILED_PRECONDITION if the snapshot is not active, or somebody has it by {@link #get};
   *     INVALID_ARGUMENT if a label is too long
   */
  void commit(String name, String key, Map<String, String> labels);

  /**
   * Commits an active snapshot as {@link #commit} does, and goes on with an active one of the same
   * key on top of it, which has the same labels and creation time and nothing of its own. A driver
   * that keeps blocks does both in one step, so that there is no moment, nor a power cut, between
   * them; the others do one after the other.
   *
   * @param name the committed snapshot's name
   * @param key the active snapshot
   * @param labels labels of the committed one
   * @throws DriverException as {@link #commit}; what was, is then there as before
   */
  void commitAndContinue(String name, String key, Map<String, String> labels);

  /**
   * Looks a snapshot up.
   *
   * @param key a key or a name
   * @return what is recorded of it
   * @throws DriverException NOT_FOUND
   */
  SnapshotInfo stat(String key);

  /**
   * Changes labels; everything else of {@code info} but its key is ignored. The update time becomes
   * now, the creation time stays.
   *
   * @param info the snapshot's key and its new labels
   * @param fieldPaths what to change: {@code labels} for all labels, {@code labels.NAME} for one,
   *     which is removed if {@code info} lacks it; none at all means {@code labels}
   * @return what is recorded now
   * @throws DriverException NOT_FOUND; INVALID_ARGUMENT for another field path or a label too long
   */
  SnapshotInfo update(SnapshotInfo info, String... fieldPaths);

  /**
   * Tells what a snapshot holds by itself. Takes no lock that others wait for; while the snapshot
   * is written the figure is that of some moment during the call.
   *
   * @param key a key or a name
   * @return what it holds, its parent left out
   * @throws DriverException NOT_FOUND
   */
  Usage usage(String key);

  /**
   * Visits snapshots in no particular order. The visitor may call the driver; what it changes may
   * or may not be visited.
   *
   * @param visitor takes each snapshot; what it throws ends the walk and comes out here
   * @param filters what to visit, see {@link SnapshotFilter}; a snapshot that one of them matches
   *     is visited, and every snapshot if there are none
   * @throws DriverException INVALID_ARGUMENT for a filter that cannot be read
   */
  void walk(Consumer<SnapshotInfo> visitor, String... filters);

  /**
   * Removes a snapshot. The key can be used again at once; space may come back later. Never waits
   * for open handles: they go on reading until they are closed. Nor does it wait for those who have
   * the snapshot by {@link #get}: the folder goes away under them, files that they have open in it
   * stay readable, and what they {@link #put} later is taken without a word. Only a {@link #diff},
   * {@link #changes} or {@link #applyDiff} of this snapshot that runs is waited for.
   *
   * @param key a key or a name
   * @throws DriverException NOT_FOUND; FAILED_PRECONDITION if it has children
   */
  void remove(String key);

  /**
   * Removes a snapshot, then the one that it stood on, and so on down, as {@link #remove} does: as
   * long as a snapshot is there, a test says that it goes, and nothing but what went before stands
   * on it. What lies below the first that stays is not looked at. A driver that keeps blocks
   * removes all of them in one step, so that after a power cut all are gone or none; the others
   * remove one after the other, the topmost first, so that what is left is a chain without its top.
   *
   * @param key the topmost, a key or a name
   * @param goes tells of each whether it goes; called more than once, while nobody else can change
   *     the snapshot at the last; must not change the driver
   * @return what was removed, the topmost first; empty if {@code key} itself stays or is not there
   */
  List<String> removeChain(String key, Predicate<SnapshotInfo> goes);

  /** Gives back what removed and half-made snapshots left behind, and waits for it. */
  void cleanup();

  /**
   * Opens the content of a snapshot without a mount.
   *
   * @param key a key or a name
   * @param path the file's path, or {@link #VOLUME} for a driver with that capability
   * @param mode how
   * @return the open file; the caller closes it
   * @throws DriverException NOT_FOUND if there is no such snapshot or file; INVALID_ARGUMENT if the
   *     path is none or names something that is not a regular file; FAILED_PRECONDITION if writes
   *     are meant and the snapshot is not active, or is in use by {@link #get}
   */
  LayerFile openFile(String key, String path, OpenMode mode);

  /**
   * Gives the tree of a snapshot without a mount.
   *
   * @param key a key or a name
   * @return the tree, which can be changed while the snapshot is active and not in use by {@link
   *     #get}
   * @throws DriverException NOT_FOUND; UNIMPLEMENTED without {@link Capability#FILES}
   */
  LayerTree tree(String key);

  /**
   * Makes the tree of a snapshot visible as a folder, for reading and writing if it is active,
   * otherwise for reading only. Calls nest: the folder is the same for all of them and stays until
   * each was answered by a {@link #put}. It is not there any more after a restart of the machine,
   * and nobody has it after a restart of the driver.
   *
   * @param key a key or a name
   * @return the folder, an absolute path
   * @throws DriverException NOT_FOUND; FAILED_PRECONDITION if the host lacks what it takes, such as
   *     root's rights or a kernel's file system, and the message says what
   */
  Path get(String key);

  /**
   * Ends one {@link #get}. With the last one the folder may go away, even if files in it are open.
   *
   * @param key the snapshot
   * @throws DriverException NOT_FOUND; FAILED_PRECONDITION if nobody has it
   */
  void put(String key);

  /**
   * Tells in which paths the trees of two snapshots differ. A folder that is gone is told without
   * what was in it; a new one with everything in it. Every folder on the way to a change is
   * MODIFIED, so that an archive of the changes says what each is like; otherwise a folder is when
   * its mode, owner or attributes differ, but not for its times alone. The top folder itself is
   * never told. A file that was renamed is DELETED and ADDED. While the snapshot is written the
   * answer is that of some moment during the call.
   *
   * @param key a key or a name
   * @param parent the key or name of what it is compared with, mostly its parent; empty for an
   *     empty tree
   * @return in the order of the paths
   * @throws DriverException NOT_FOUND if one of the two is not there; FAILED_PRECONDITION as {@link
   *     #get}
   */
  List<Change> changes(String key, String parent);

  /**
   * Writes {@link #changes} as a layer of an image: an uncompressed tar (pax), in the order of the
   * paths, what is DELETED as a whiteout, files with their whole content, names of one file after
   * the first as hard links. Owners are numbers.
   *
   * @param key a key or a name
   * @param parent as in {@link #changes}
   * @param tar where it goes; flushed, not closed
   * @throws DriverException as {@link #changes}; IO if the stream fails
   */
  void diff(String key, String parent, OutputStream tar);

  /**
   * Puts a layer of an image on top of what an active snapshot shows: makes and replaces what the
   * tar has, removes what its whiteouts name. Nothing outside of the snapshot is touched, whatever
   * names and links the tar has. If it fails a part may be there: remove the snapshot then. Durable
   * with the {@link #commit}.
   *
   * @param key an active snapshot
   * @param tar an uncompressed tar, read to its end and not closed
   * @return bytes of the files' contents in the tar
   * @throws DriverException NOT_FOUND; FAILED_PRECONDITION if the snapshot is not active, or as
   *     {@link #get}; DATA_LOSS if the tar is damaged or cut short; INVALID_ARGUMENT if it leads
   *     out of the snapshot
   */
  long applyDiff(String key, InputStream tar);

  /**
   * Tells how many bytes of files' contents {@link #diff} would write.
   *
   * @param key a key or a name
   * @param parent as in {@link #changes}
   * @return bytes, holes included; each file once however many names it has
   * @throws DriverException as {@link #changes}
   */
  long diffSize(String key, String parent);

  /**
   * Tells how many bytes this driver copied since it was opened, because somebody was about to
   * write to them: files, trees or blocks. Writes themselves are not counted, nor are holes.
   *
   * @return bytes, never less than before
   */
  long copiedBytes();

  /**
   * Ends the use of the driver. Files that are still open refuse writes, and folders of {@link
   * #get} go away. Idempotent.
   */
  @Override
  void close();
}
