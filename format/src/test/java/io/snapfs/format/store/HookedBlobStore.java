package io.snapfs.format.store;

import io.snapfs.format.blob.BlobInfo;
import io.snapfs.format.blob.BlobReader;
import io.snapfs.format.blob.BlobStore;
import io.snapfs.format.blob.SweepLock;
import io.snapfs.format.blob.WriteSession;
import java.io.Closeable;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * A store that lets something happen, once, right before an operation: {@code "open PREFIX"} before
 * a blob is opened, {@code "lockForSweep N"} before the lock is taken for the Nth time. Closes the
 * store underneath.
 */
final class HookedBlobStore implements BlobStore {
  /** What happens. */
  interface Hook {
    void run() throws IOException;
  }

  private final BlobStore store;
  private final String moment;
  private Hook hook;
  private int sweeps;

  HookedBlobStore(BlobStore store, String moment, Hook hook) {
    this.store = store;
    this.moment = moment;
    this.hook = hook;
  }

  private void before(String operation) throws IOException {
    if (hook != null && operation.startsWith(moment)) {
      Hook now = hook;
      hook = null;
      now.run();
    }
  }

  @Override
  public String location() {
    return store.location();
  }

  @Override
  public String describe(String key) {
    return store.describe(key);
  }

  @Override
  public BlobReader open(String key) throws IOException {
    before("open " + key);
    return store.open(key);
  }

  @Override
  public boolean exists(String key) throws IOException {
    return store.exists(key);
  }

  @Override
  public void list(String prefix, Consumer<BlobInfo> each) throws IOException {
    store.list(prefix, each);
  }

  @Override
  public WriteSession beginWrite() throws IOException {
    return store.beginWrite();
  }

  @Override
  public SweepLock lockForSweep() throws IOException {
    before("lockForSweep " + ++sweeps);
    return store.lockForSweep();
  }

  @Override
  public Closeable tryLockForGc() throws IOException {
    return store.tryLockForGc();
  }

  @Override
  public void close() throws IOException {
    store.close();
  }
}
