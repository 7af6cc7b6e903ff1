package io.snapfs.fusefs.view;

/**
 * The answer to a lookup: the inode that a name stands for, or that there is none, and for how long
 * the kernel may believe it without asking again.
 *
 * @param attributes null if there is no such name
 * @param validity how long both the name and the attributes hold
 */
public record Entry(InodeAttributes attributes, Validity validity) {
  /** There is no such name. */
  public static Entry absent(Validity validity) {
    return new Entry(null, validity);
  }

  public boolean isAbsent() {
    return attributes == null;
  }
}
