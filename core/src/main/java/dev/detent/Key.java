// SPDX-License-Identifier: Apache-2.0
package dev.detent;

import org.jspecify.annotations.Nullable;

/// Names one instance: its machine, and the user's own name for it.
///
/// **Limits**: a machine's name matches `[A-Za-z][A-Za-z0-9_.-]{0,63}`; a key is 1 to 256 bytes of
/// UTF-8, is not `.` or `..`, and has no U+0000. No Unicode normalisation is done.
///
/// @param machine the machine's name
/// @param key the user's name of the instance
public record Key(String machine, String key) {
  /// The most bytes of UTF-8 that a key may have.
  public static final int BYTES_MAX = 256;

  /// Checks both names.
  ///
  /// @throws RefusedException BAD_REQUEST if one is malformed
  public Key {
    Names.requireName("machine name", machine);
    requireKey(key);
  }

  /// Returns the partition of this instance, from 0 to `partitions - 1`.
  ///
  /// The function is part of the stored format and never changes: 64-bit FNV-1a over the UTF-16
  /// units of machine, U+0000 and key, then the finalizer of MurmurHash3, modulo the count.
  ///
  /// @param partitions how many partitions the store was created with, at least 1
  public int partition(int partitions) {
    long hash = fnv(fnv(0xcbf29ce484222325L, machine) * 0x100000001b3L, key);
    hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
    hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return (int) Long.remainderUnsigned(hash ^ (hash >>> 33), partitions);
  }

  /// Compares both names. Written by hand, since keys are looked up all the time and what the
  /// compiler makes for a record is slower.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Key that && key.equals(that.key) && machine.equals(that.machine);
  }

  @Override
  public int hashCode() {
    return 31 * machine.hashCode() + key.hashCode();
  }

  /// Returns `machine/key`, for messages.
  @Override
  public String toString() {
    return machine + "/" + key;
  }

  private static long fnv(long hash, String text) {
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    return hash;
  }

  private static void requireKey(String key) {
    int bytes = Names.utf8Length(key);
    if (bytes < 1 || bytes > BYTES_MAX) {
      String got = bytes < 0 ? "text that is not Unicode" : bytes + " bytes";
      throw bad("expected 1 to " + BYTES_MAX + " bytes of UTF-8, got " + got);
    }
    if (key.equals(".") || key.equals("..")) {
      throw bad("expected a name other than '.' and '..', got '" + key + "'");
    }
    if (key.indexOf(0) >= 0) {
      throw bad("expected text without U+0000, got one that has it");
    }
  }

  private static DetentException bad(String what) {
    return Problem.of(ErrorCode.BAD_REQUEST, "key: " + what + "; choose another key").exception();
  }
}
