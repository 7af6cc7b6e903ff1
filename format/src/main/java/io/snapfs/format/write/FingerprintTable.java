package io.snapfs.format.write;

import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * Open-addressing hash table from 64-bit fingerprints to non-negative ints. Fingerprints may
 * repeat: a lookup offers each candidate to a predicate, which compares in full. 12 bytes a slot,
 * at most two thirds full. Not safe for use by several threads while one of them adds.
 */
final class FingerprintTable {
  private static final int EMPTY = -1;

  private long[] keys;
  private int[] values;
  private int size;

  FingerprintTable(int expected) {
    allocate(Integer.highestOneBit(Math.max(16, expected * 3 / 2) - 1) << 1);
  }

  private void allocate(int slots) {
    keys = new long[slots];
    values = new int[slots];
    Arrays.fill(values, EMPTY);
  }

  void add(long fingerprint, int value) {
    if (size + 1 > keys.length / 3 * 2) {
      grow();
    }
    insert(fingerprint, value);
    size++;
  }

  /** The first value under the fingerprint that {@code matches} accepts, or -1. */
  int find(long fingerprint, IntPredicate matches) {
    int mask = keys.length - 1;
    for (int slot = slot(fingerprint); values[slot] != EMPTY; slot = (slot + 1) & mask) {
      if (keys[slot] == fingerprint && matches.test(values[slot])) {
        return values[slot];
      }
    }
    return -1;
  }

  private void insert(long fingerprint, int value) {
    int mask = keys.length - 1;
    int slot = slot(fingerprint);
    while (values[slot] != EMPTY) {
      slot = (slot + 1) & mask;
    }
    keys[slot] = fingerprint;
    values[slot] = value;
  }

  /**
   * The fingerprint is part of a cryptographic hash: its low bits are as good as any mix of them.
   */
  private int slot(long fingerprint) {
    return (int) fingerprint & (keys.length - 1);
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldValues = values;
    allocate(Math.multiplyExact(oldKeys.length, 2));
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldValues[i] != EMPTY) {
        insert(oldKeys[i], oldValues[i]);
      }
    }
  }
}
