package io.snapfs.fusefs.kernel;

import io.snapfs.fusefs.view.Entry;
import io.snapfs.fusefs.view.ErrnoException;
import io.snapfs.fusefs.view.Validity;

/** Finds what a listing tells about an entry beyond its name. */
@FunctionalInterface
interface EntryLookup {
  /** Tells nothing: for directories where it would cost opening every artifact. */
  EntryLookup NONE = name -> Entry.absent(Validity.BRIEF);

  /** What the name stands for, or that nothing is told. */
  Entry find(byte[] name) throws ErrnoException;
}
