package io.snapfs.fusefs.tree;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.Limits;
import io.snapfs.format.MissingException;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.manifest.Node;
import io.snapfs.format.manifest.Xattr;
import io.snapfs.format.node.HotFile;
import io.snapfs.format.node.NodeCache;
import io.snapfs.format.node.NodeFile;
import io.snapfs.format.profile.Recorder;
import io.snapfs.format.read.ChunkCache;
import io.snapfs.format.read.OpenFile;
import io.snapfs.format.store.Store;
import io.snapfs.fusefs.view.DirectoryHandle;
import io.snapfs.fusefs.view.Entry;
import io.snapfs.fusefs.view.ErrnoException;
import io.snapfs.fusefs.view.FileHandle;
import io.snapfs.fusefs.view.FileSystemView;
import io.snapfs.fusefs.view.InodeAttributes;
import io.snapfs.fusefs.view.RemovalListener;
import io.snapfs.fusefs.view.Validity;
import io.snapfs.linux.Errno;
import io.snapfs.linux.Fd;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Mode;
import io.snapfs.linux.Names;
import io.snapfs.linux.Stat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * All artifacts of a store as one tree: see the package. Owns what it opens, but neither the store
 * nor the cache: close it before them, and after the mounts that serve it. Safe for use by many
 * threads.
 */
public final class StoreTree implements FileSystemView, AutoCloseable {
  private static final int LISTING_MODE = Mode.S_IFDIR | 0555;
  private static final int MILLIS = 1000;
  private static final int NANOS_PER_MILLI = 1_000_000;

  private final Catalog catalog;
  private final Artifacts artifacts;
  private final StoreUsage usage;
  private final Removals removals = new Removals();
  private final FailureLog failures = new FailureLog();
  private final NodeCache node;
  private final Janitor janitor;
  private final int uid;
  private final int gid;

  /**
   * A tree of what is in the store, now and later.
   *
   * @param cache where the chunks go; several trees may share one
   */
  public StoreTree(Store store, ChunkCache cache) throws LinuxException {
    this(store, cache, null);
  }

  /**
   * A tree that records what is read of it.
   *
   * @param recorder records the order in which chunks are first touched; or null
   */
  public StoreTree(Store store, ChunkCache cache, Recorder recorder) throws LinuxException {
    this(store, cache, recorder, null);
  }

  /**
   * A tree that has hot files materialised.
   *
   * @param recorder as above; what is read of materialised files it doesn't see, but what is read
   *     to fill them
   * @param node where hot files go, to be closed after this; several trees may share one; or null
   */
  public StoreTree(Store store, ChunkCache cache, Recorder recorder, NodeCache node)
      throws LinuxException {
    this.node = node;
    Stat self = Stat.statAt(Fd.CWD, Names.of("/proc/self"));
    uid = self.uid();
    gid = self.gid();
    catalog = new Catalog(store.blobs());
    artifacts = new Artifacts(store, cache, recorder, failures);
    usage = new StoreUsage(store.blobs());
    janitor = new Janitor(catalog, artifacts, removals, failures);
  }

  @Override
  public Entry lookup(long parent, byte[] name) throws ErrnoException {
    if (name.length > Limits.MAX_NAME) {
      throw new ErrnoException(Errno.ENAMETOOLONG);
    }
    if (InodeNumbers.generation(parent) == 0) {
      return lookupListed(parent, new String(name, StandardCharsets.ISO_8859_1));
    }
    Artifact artifact = artifact(parent);
    try {
      Manifest manifest = artifact.manifest();
      Node directory = node(manifest, parent);
      if (!directory.isDirectory()) {
        throw new ErrnoException(Errno.ENOTDIR);
      }
      int found = manifest.lookup(directory, name);
      return found < 0
          ? Entry.absent(Validity.FOREVER)
          : new Entry(attributes(artifact, manifest.node(found)), Validity.FOREVER);
    } catch (IOException e) {
      throw failures.eio(e);
    }
  }

  /** What is not there is looked for in the store itself: it may have been published just now. */
  private Entry lookupListed(long parent, String name) throws ErrnoException {
    Entry found = lookupIn(listing(), parent, name);
    return found.isAbsent() ? lookupIn(latestListing(), parent, name) : found;
  }

  private Entry lookupIn(Listing listing, long parent, String name) throws ErrnoException {
    if (parent == ROOT) {
      Listing.Name found = listing.names().get(name);
      return found == null
          ? Entry.absent(Validity.NONE)
          : new Entry(attributes(found), Validity.BRIEF);
    }
    String directory = named(listing, parent);
    if (listing.names().get(directory).tags().get(name) == null) {
      return Entry.absent(Validity.NONE);
    }
    try {
      Artifact artifact = artifacts.open(new ArtifactRef(directory, name), listing);
      return new Entry(attributes(artifact, artifact.manifest().node(0)), Validity.BRIEF);
    } catch (MissingException e) {
      return Entry.absent(Validity.NONE);
    } catch (IOException e) {
      throw failures.eio(e);
    }
  }

  @Override
  public Entry getattr(long ino) throws ErrnoException {
    if (InodeNumbers.generation(ino) == 0) {
      Listing listing = listing();
      return new Entry(
          ino == ROOT
              ? rootAttributes(listing)
              : attributes(listing.names().get(named(listing, ino))),
          Validity.BRIEF);
    }
    Artifact artifact = artifact(ino);
    try {
      return new Entry(attributes(artifact, node(artifact.manifest(), ino)), Validity.FOREVER);
    } catch (IOException e) {
      throw failures.eio(e);
    }
  }

  @Override
  public byte[] readlink(long ino) throws ErrnoException {
    Manifest manifest = manifestAbove(ino, Errno.EINVAL);
    try {
      Node node = node(manifest, ino);
      if (!node.isSymlink()) {
        throw new ErrnoException(Errno.EINVAL);
      }
      return manifest.symlinkTarget(node);
    } catch (IOException e) {
      throw failures.eio(e);
    }
  }

  @Override
  public byte[] listxattr(long ino) throws ErrnoException {
    if (InodeNumbers.generation(ino) == 0) {
      return new byte[0];
    }
    Manifest manifest = artifact(ino).manifest();
    try {
      ByteArrayOutputStream names = new ByteArrayOutputStream();
      for (Xattr xattr : manifest.xattrs(node(manifest, ino))) {
        names.writeBytes(xattr.name());
        names.write(0);
      }
      return names.toByteArray();
    } catch (IOException e) {
      throw failures.eio(e);
    }
  }

  @Override
  public byte[] getxattr(long ino, byte[] name) throws ErrnoException {
    Manifest manifest = manifestAbove(ino, Errno.ENODATA);
    try {
      byte[] value = manifest.xattr(node(manifest, ino), name);
      if (value == null) {
        throw new ErrnoException(Errno.ENODATA);
      }
      return value;
    } catch (IOException e) {
      throw failures.eio(e);
    }
  }

  @Override
  public FileHandle open(long ino) throws ErrnoException {
    if (InodeNumbers.generation(ino) == 0) {
      throw new ErrnoException(Errno.EISDIR);
    }
    Artifact artifact = artifact(ino);
    try {
      Node file = node(artifact.manifest(), ino);
      if (!file.isRegular()) {
        throw new ErrnoException(file.isDirectory() ? Errno.EISDIR : Errno.EINVAL);
      }
      return open(artifact, file);
    } catch (MissingException e) {
      throw new ErrnoException(Errno.ESTALE);
    } catch (IOException e) {
      throw failures.eio(e);
    }
  }

  private FileHandle open(Artifact artifact, Node file) throws IOException {
    OpenFile decoded = artifact.open(file.index());
    boolean opened = false;
    try {
      HotFile hot = artifact.watch(file, node);
      NodeFile materialized = hot == null ? null : hot.opened();
      FileHandle handle = new StoreFile(artifact, decoded, hot, materialized, failures);
      opened = true;
      return handle;
    } finally {
      if (!opened) {
        artifact.release();
      }
    }
  }

  @Override
  public DirectoryHandle openDirectory(long ino) throws ErrnoException {
    if (InodeNumbers.generation(ino) == 0) {
      return openListed(ino);
    }
    Artifact artifact = artifact(ino);
    try {
      Node node = node(artifact.manifest(), ino);
      if (!node.isDirectory()) {
        throw new ErrnoException(Errno.ENOTDIR);
      }
      return new ArtifactDirectory(
          artifact, node, parentIno(artifact, node), holdPacks(artifact), failures);
    } catch (IOException e) {
      throw failures.eio(e);
    }
  }

  private DirectoryHandle openListed(long ino) throws ErrnoException {
    Listing listing = listing();
    List<ListedDirectory.Child> children = new ArrayList<>();
    if (ino == ROOT) {
      listing
          .names()
          .forEach((name, of) -> children.add(new ListedDirectory.Child(name, of.ino())));
    } else {
      String name = named(listing, ino);
      for (String tag : listing.names().get(name).tags().keySet()) {
        long root = artifacts.knownRoot(new ArtifactRef(name, tag));
        children.add(new ListedDirectory.Child(tag, root));
      }
    }
    return new ListedDirectory(ino, children);
  }

  /** A directory can be listed even if packs are damaged; what is in it then can't be read. */
  private boolean holdPacks(Artifact artifact) {
    try {
      artifact.acquire();
      return true;
    } catch (MissingException e) {
      return false;
    } catch (IOException e) {
      failures.log(e);
      return false;
    }
  }

  private long parentIno(Artifact artifact, Node directory) throws ErrnoException {
    if (directory.index() != 0) {
      return InodeNumbers.of(artifact.generation(), directory.parent());
    }
    Listing.Name above = listing().names().get(artifact.ref().name());
    return above == null ? ROOT : above.ino();
  }

  @Override
  public void addRemovalListener(RemovalListener listener) {
    removals.add(listener);
  }

  @Override
  public void removeRemovalListener(RemovalListener listener) {
    removals.remove(listener);
  }

  @Override
  public Usage usage() throws ErrnoException {
    try {
      return usage.current();
    } catch (IOException e) {
      throw failures.eio(e);
    }
  }

  /** Ends with the mounts that serve it; files that are still open go on reading. */
  @Override
  public void close() {
    janitor.close();
    artifacts.close();
  }

  /** For tests of what is held open. */
  Artifacts artifacts() {
    return artifacts;
  }

  private Listing listing() throws ErrnoException {
    try {
      return catalog.current();
    } catch (IOException e) {
      throw failures.eio(e);
    }
  }

  private Listing latestListing() throws ErrnoException {
    try {
      return catalog.latest();
    } catch (IOException e) {
      throw failures.eio(e);
    }
  }

  /** The name that the directory of an inode stands for. */
  private static String named(Listing listing, long ino) throws ErrnoException {
    String name = listing.nameOfIno().get(ino);
    if (name == null) {
      throw new ErrnoException(Errno.ESTALE);
    }
    return name;
  }

  private Artifact artifact(long ino) throws ErrnoException {
    Artifact artifact = artifacts.ofGeneration(InodeNumbers.generation(ino));
    if (artifact == null) {
      throw new ErrnoException(Errno.ESTALE);
    }
    return artifact;
  }

  private Manifest manifestAbove(long ino, int errnoOfListing) throws ErrnoException {
    if (InodeNumbers.generation(ino) == 0) {
      throw new ErrnoException(errnoOfListing);
    }
    return artifact(ino).manifest();
  }

  private static Node node(Manifest manifest, long ino) throws IOException, ErrnoException {
    int index = InodeNumbers.node(ino);
    if (index < 0 || index >= manifest.nodeCount()) {
      throw new ErrnoException(Errno.ESTALE);
    }
    return manifest.node(index);
  }

  private static InodeAttributes attributes(Artifact artifact, Node node) throws IOException {
    return NodeAttributes.of(
        artifact.manifest(), node, InodeNumbers.of(artifact.generation(), node.index()));
  }

  private InodeAttributes rootAttributes(Listing listing) {
    return listed(ROOT, listing.names().size(), listing.modifiedMillis());
  }

  private InodeAttributes attributes(Listing.Name name) {
    return listed(name.ino(), name.tags().size(), name.modifiedMillis());
  }

  private InodeAttributes listed(long ino, int subdirectories, long modifiedMillis) {
    return new InodeAttributes(
        ino,
        LISTING_MODE,
        2 + subdirectories,
        uid,
        gid,
        0,
        0,
        0,
        0,
        Math.floorDiv(modifiedMillis, MILLIS),
        Math.floorMod(modifiedMillis, MILLIS) * NANOS_PER_MILLI);
  }
}
