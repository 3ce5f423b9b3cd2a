// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

/// Makes and reads the ids of invocations, of which each says in which partition it is.
///
/// `i3-7-2k` is the one of partition 3 that its owner in epoch 7 gave the number 2k (base 36) to;
/// `i3-5_9-1` is one that a handler of partition 5 asked for, in epoch 9 of that partition.
/// `i3-7-2k~0~4` names entry 4 of the journal of its first life: an awakeable.
final class Ids {
  private static final int NUMBER_BITS = 40;
  private static final char PLACE = '~';

  private Ids() {}

  /// Names an invocation that a client asked for.
  static String of(int partition, long epoch, long number) {
    return "i" + partition + "-" + epoch + "-" + Long.toString(number, 36);
  }

  /// Names an invocation that a handler asked for.
  ///
  /// @param target the partition in which it is to be
  static String child(int target, int partition, long epoch, long number) {
    return "i" + target + "-" + partition + "_" + epoch + "-" + Long.toString(number, 36);
  }

  /// Returns a number that grows with epoch and number.
  static long ordinal(long epoch, long number) {
    return (epoch << NUMBER_BITS) | number;
  }

  /// Returns the partition of an invocation, or -1 if the text is no id.
  static int partition(String id) {
    int end = id.indexOf('-');
    if (end < 2 || end > 7 || id.charAt(0) != 'i') {
      return -1;
    }
    int partition = 0;
    for (int i = 1; i < end; i++) {
      char digit = id.charAt(i);
      if (digit < '0' || digit > '9') {
        return -1;
      }
      partition = partition * 10 + digit - '0';
    }
    return partition;
  }

  /// Names an entry of a journal.
  static String place(String invocation, int life, String position) {
    return invocation + PLACE + life + PLACE + position;
  }

  /// Returns the invocation whose journal has a place.
  static String invocationOf(String place) {
    int end = place.indexOf(PLACE);
    return end < 0 ? place : place.substring(0, end);
  }

  /// Returns the life of a place, or -1 if the text names none.
  static int lifeOf(String place) {
    int start = place.indexOf(PLACE);
    int end = place.indexOf(PLACE, start + 1);
    if (start < 0 || end < 0 || end - start > 10) {
      return -1;
    }
    try {
      return Integer.parseInt(place.substring(start + 1, end));
    } catch (NumberFormatException _) {
      return -1;
    }
  }

  /// Returns the position of a place; empty if the text names none.
  static String positionOf(String place) {
    int end = place.indexOf(PLACE, place.indexOf(PLACE) + 1);
    return end < 0 ? "" : place.substring(end + 1);
  }
}
