package io.snapfs.restore.control;

/** The messages of the workload contract: files of these names in the control folder. */
public enum Sentinel {
  /** The worker is warm, has stopped working, and waits to be dumped. */
  READY_FOR_SNAPSHOT("ready-for-snapshot"),

  /** The artifact is published; a worker that was left running goes on. */
  SNAPSHOT_COMPLETE("snapshot-complete"),

  /** The worker was restored, and goes on. */
  RESTORE_COMPLETE("restore-complete");

  private final String file;

  Sentinel(String file) {
    this.file = file;
  }

  /** Name of the file. */
  public String file() {
    return file;
  }
}
