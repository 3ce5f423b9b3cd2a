// SPDX-License-Identifier: Apache-2.0
package dev.detent.journal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;
import java.util.random.RandomGenerator;

/// Makes random numbers and UUIDs that are the same on each replay of a line: SplitMix64 (Steele,
/// Lea, Flood 2014), seeded from a text, since the algorithm must be the same in every version of
/// Java.
///
/// **Threads**: the line's.
final class Dice implements RandomGenerator {
  private static final long GAMMA = 0x9e3779b97f4a7c15L;

  private final Runnable guard;
  private final String seed;
  private long state;
  private int uuids;

  /// Makes them.
  ///
  /// @param seed what they follow from
  /// @param guard called before each use; it throws if the caller must not
  Dice(String seed, Runnable guard) {
    this.seed = seed;
    this.guard = guard;
    this.state = digest(seed).getLong();
  }

  @Override
  public long nextLong() {
    guard.run();
    state += GAMMA;
    long z = (state ^ (state >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /// Returns the next UUID, of version 4. It has all the bits it can have, which a generator with a
  /// state of 64 could not give it.
  UUID nextUuid() {
    guard.run();
    ByteBuffer bytes = digest(seed + "~uuid~" + uuids++);
    long high = (bytes.getLong() & ~0xf000L) | 0x4000L;
    long low = (bytes.getLong() & ~(3L << 62)) | (2L << 62);
    return new UUID(high, low);
  }

  private static ByteBuffer digest(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return ByteBuffer.wrap(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256: expected in every Java, got none", e);
    }
  }
}
