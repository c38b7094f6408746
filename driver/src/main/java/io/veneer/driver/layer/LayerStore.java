// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.layer;

import io.veneer.driver.Capability;
import io.veneer.driver.Change;
import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.LayerFile;
import io.veneer.driver.LayerTree;
import io.veneer.driver.Mount;
import io.veneer.driver.OpenMode;
import io.veneer.driver.SnapshotInfo;
import io.veneer.driver.SnapshotKind;
import io.veneer.driver.Usage;
import io.veneer.driver.archive.UnpackOptions;
import io.veneer.driver.archive.Unpacker;
import io.veneer.driver.host.HostFiles;
import io.veneer.driver.layer.LayerRecords.Entry;
import io.veneer.driver.snapshot.SnapshotStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store of a file-level driver: records in {@code snapshots/}, folders as a {@link LayerLayout}
 * lays them out.
 *
 * <p>The record decides what is there. Creating: folders, then the record. Committing: the layer is
 * sealed and forced, then the record changes, then the folders follow. Removing: the record, then
 * the folders. What a crash leaves in between is settled or removed on opening. A lock file keeps a
 * second opener out. Threads: as {@link SnapshotStore} says.
 */
public final class LayerStore implements SnapshotStore {
  private static final Logger LOG = LoggerFactory.getLogger(LayerStore.class);
  private static final String RECORDS = "snapshots";

  /** In the folder of the records; what is in it when a driver is opened was left by a crash. */
  private static final String SCRATCH = "scratch";

  private final String name;
  private final LayerLayout layout;
  private final CopyCounter counter;
  private final MountedLayers mounted;
  private final LayerArchives archives;
  private final FolderLock lock;
  private final LayerRecords records;
  private final Map<String, LayerContent> contents = new ConcurrentHashMap<>();

  /** Folders by ids of layers that the kernel may be changing. */
  private final Map<String, Path> shown = new ConcurrentHashMap<>();

  /** Ids of layers whose folders are there before their record is. */
  private final Set<String> creating = ConcurrentHashMap.newKeySet();

  private final AtomicLong lastId = new AtomicLong();

  private LayerStore(
      String name, LayerLayout layout, CopyCounter counter, FolderLock lock, LayerRecords records) {
    this.name = name;
    this.archives = new LayerArchives(records.folder().resolve(SCRATCH));
    this.layout = layout;
    this.counter = counter;
    this.mounted = new MountedLayers(layout);
    this.lock = lock;
    this.records = records;
  }

  /**
   * Opens a store, making its folder if it is missing, and ends what a crash cut off.
   *
   * @param name the driver's name
   * @param folder where the driver keeps everything
   * @param layout its layout in that folder
   * @param counter counts what the store and the layout copy
   * @return the open store
   * @throws DriverException UNAVAILABLE if the folder is in use; DATA_LOSS if a record is damaged
   */
  public static LayerStore open(String name, Path folder, LayerLayout layout, CopyCounter counter) {
    FolderLock lock = FolderLock.take(folder);
    try {
      LayerRecords records = LayerRecords.load(folder.resolve(RECORDS));
      LayerStore store = new LayerStore(name, layout, counter, lock, records);
      store.mounted.unmountLeftBehind(folder);
      HostFiles.deleteTree(records.folder().resolve(SCRATCH));
      store.recover();
      return store;
    } catch (IOException e) {
      lock.close();
      throw DriverException.io("cannot open driver=" + name + " folder=" + folder, e);
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Set<Capability> capabilities() {
    return Set.of(Capability.FILES);
  }

  @Override
  public Optional<SnapshotInfo> find(String key) {
    return records.find(key).map(Entry::info);
  }

  @Override
  public Collection<SnapshotInfo> all() {
    return records.all().stream().map(Entry::info).toList();
  }

  @Override
  public void create(SnapshotInfo info) {
    Entry entry = new Entry(Long.toString(lastId.incrementAndGet()), info);
    creating.add(entry.id());
    try {
      layout.settle(layer(entry));
      records.put(entry, info.key());
    } catch (IOException e) {
      removeFolders(entry.id());
      throw DriverException.io("cannot create snapshot key=" + info.key(), e);
    } finally {
      creating.remove(entry.id());
    }
  }

  @Override
  public void commit(SnapshotInfo active, SnapshotInfo committed) {
    Entry before = entry(active.key());
    Entry after = new Entry(before.id(), committed);
    content(before).gate().seal();
    try {
      HostFiles.forceTree(layout.own(layer(before)));
      layout.beforeCommit(layer(before));
      records.put(after, active.key());
    } catch (IOException e) {
      undoCommit(before, e);
      throw DriverException.io("cannot commit snapshot key=" + active.key(), e);
    }
    finishCommit(after);
  }

  @Override
  public void relabel(SnapshotInfo info) {
    try {
      records.put(new Entry(entry(info.key()).id(), info), info.key());
    } catch (IOException e) {
      throw DriverException.io("cannot update snapshot key=" + info.key(), e);
    }
  }

  @Override
  public void remove(SnapshotInfo info) {
    Entry entry = entry(info.key());
    content(entry).gate().abandon();
    try {
      records.remove(entry);
    } catch (IOException e) {
      throw DriverException.io("cannot remove snapshot key=" + info.key(), e);
    }
    contents.remove(entry.id());
    removeFolders(entry.id());
  }

  @Override
  public List<Mount> mounts(SnapshotInfo info) {
    return layout.mounts(layer(entry(info.key())));
  }

  @Override
  public Path show(SnapshotInfo info) {
    Entry entry = entry(info.key());
    // From here on the kernel writes; handles that are open for writing must not.
    content(entry).gate().seal();
    contents.remove(entry.id());
    try {
      Path folder = mounted.show(layer(entry));
      shown.put(entry.id(), folder);
      return folder;
    } catch (IOException e) {
      throw DriverException.io("cannot show snapshot as a folder key=" + info.key(), e);
    }
  }

  @Override
  public void hide(SnapshotInfo info) {
    Entry entry = entry(info.key());
    try {
      mounted.hide(layer(entry));
      shown.remove(entry.id());
    } catch (IOException e) {
      throw DriverException.io("cannot end showing snapshot key=" + info.key(), e);
    }
  }

  @Override
  public Usage usage(SnapshotInfo info) {
    try {
      HostFiles.TreeSize size = layout.size(layer(entry(info.key())));
      return new Usage(size.allocatedBytes(), size.inodes());
    } catch (IOException e) {
      throw DriverException.io("cannot measure snapshot key=" + info.key(), e);
    }
  }

  @Override
  public LayerFile openFile(SnapshotInfo info, String path, OpenMode mode) {
    try {
      LayerContent content = content(entry(info.key()));
      return content.open(LayerPath.parse(path, content.branches().whiteouts()), mode);
    } catch (IOException e) {
      throw DriverException.io("cannot open file key=" + info.key() + " path=" + path, e);
    }
  }

  @Override
  public LayerTree tree(SnapshotInfo info) {
    return new UnionTree(content(entry(info.key())));
  }

  @Override
  public List<Change> changes(SnapshotInfo info, Optional<SnapshotInfo> parent) {
    try {
      return archives.changes(branches(info), parent.map(this::branches));
    } catch (IOException e) {
      throw DriverException.io("cannot compare snapshot key=" + info.key(), e);
    }
  }

  @Override
  public void diff(SnapshotInfo info, Optional<SnapshotInfo> parent, OutputStream tar) {
    try {
      archives.diff(branches(info), parent.map(this::branches), tar);
    } catch (IOException e) {
      throw DriverException.io("cannot write an archive key=" + info.key(), e);
    }
  }

  @Override
  public long diffSize(SnapshotInfo info, Optional<SnapshotInfo> parent) {
    try {
      return archives.diffSize(branches(info), parent.map(this::branches));
    } catch (IOException e) {
      throw DriverException.io("cannot measure changes key=" + info.key(), e);
    }
  }

  /** Through the kernel while it shows the layer, otherwise into the layer's own folder. */
  @Override
  public long applyDiff(SnapshotInfo info, InputStream tar) {
    Entry entry = entry(info.key());
    Path folder = shown.get(entry.id());
    try {
      return folder == null
          ? LayerArchives.apply(content(entry), tar)
          : Unpacker.unpack(tar, folder, UnpackOptions.wholeTree()).contentBytes();
    } catch (IOException e) {
      throw DriverException.io("cannot apply an archive key=" + info.key(), e);
    }
  }

  @Override
  public long copiedBytes() {
    return counter.total();
  }

  @Override
  public void cleanup() {
    try {
      removeUnrecorded();
    } catch (IOException e) {
      throw DriverException.io("cannot clean up driver=" + name, e);
    }
  }

  @Override
  public void close() {
    contents.values().forEach(content -> content.gate().abandon());
    lock.close();
  }

  /** The record is written: whatever happens to the folders, opening the driver ends the commit. */
  private void finishCommit(Entry after) {
    try {
      layout.settle(layer(after));
      contents.put(after.id(), newContent(after));
    } catch (IOException e) {
      throw DriverException.io(
          "snapshot is committed, but the driver must be opened again name=" + after.info().key(),
          e);
    }
  }

  private void undoCommit(Entry before, IOException failure) {
    try {
      layout.settle(layer(before));
      contents.remove(before.id());
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private void recover() throws IOException {
    long last = 0;
    for (String id : layout.ids()) {
      last = Math.max(last, Long.parseLong(id));
    }
    // Lineages first: a lost record must stop the opening before its folders look left behind.
    List<Layer> layers = parentsFirst().stream().map(this::layer).toList();
    removeUnrecorded();
    for (Layer layer : layers) {
      layout.settle(layer);
      last = Math.max(last, Long.parseLong(layer.id()));
    }
    lastId.set(last);
  }

  /** Removes folders without a record, but for those that are being created just now. */
  private void removeUnrecorded() throws IOException {
    Set<String> leftBehind = new HashSet<>(layout.ids());
    // In this order: a layer leaves the one set only after it is in the other.
    leftBehind.removeAll(Set.copyOf(creating));
    records.all().forEach(entry -> leftBehind.remove(entry.id()));
    for (String id : leftBehind) {
      LOG.info("removing what was left behind driver={} id={}", name, id);
      layout.remove(id);
    }
  }

  /** Ids grow, and a child is created after its parent. */
  private List<Entry> parentsFirst() {
    List<Entry> entries = new ArrayList<>(records.all());
    entries.sort((a, b) -> Long.compare(Long.parseLong(a.id()), Long.parseLong(b.id())));
    return entries;
  }

  private void removeFolders(String id) {
    try {
      layout.remove(id);
    } catch (IOException e) {
      LOG.warn("folders stay until the next cleanup driver={} id={}", name, id, e);
    }
  }

  private LayerContent content(Entry entry) {
    if (shown.containsKey(entry.id())) {
      // What is found must not be remembered while the kernel changes it, and only it may change.
      LayerContent content = newContent(entry);
      content.gate().abandon();
      return content;
    }
    return contents.computeIfAbsent(entry.id(), id -> newContent(entry));
  }

  private Branches branches(SnapshotInfo info) {
    return layout.branches(layer(entry(info.key())));
  }

  private LayerContent newContent(Entry entry) {
    LayerContent content = new LayerContent(layout.branches(layer(entry)), counter);
    if (entry.info().kind() != SnapshotKind.ACTIVE) {
      content.gate().abandon();
    }
    return content;
  }

  private Entry entry(String key) {
    return records
        .find(key)
        .orElseThrow(() -> new DriverException(Kind.NOT_FOUND, "no such snapshot key=" + key));
  }

  private Layer layer(Entry entry) {
    List<String> lineage = new ArrayList<>();
    String parent = entry.info().parent();
    while (!parent.isEmpty()) {
      Entry each = parentEntry(parent, entry);
      lineage.add(each.id());
      parent = each.info().parent();
    }
    return new Layer(entry.id(), entry.info().kind(), lineage);
  }

  private Entry parentEntry(String parent, Entry child) {
    return records
        .find(parent)
        .orElseThrow(
            () ->
                new DriverException(
                    Kind.DATA_LOSS,
                    "record of a parent is missing key="
                        + child.info().key()
                        + " parent="
                        + parent));
  }
}
