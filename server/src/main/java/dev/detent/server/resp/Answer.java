// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Says what a client is told, in either protocol.
sealed interface Answer {
  /// Says yes.
  Answer OK = new Simple("OK");

  /// Says that there is nothing.
  Answer NIL = new Nil();

  /// Says that there is no list.
  Answer NIL_ITEMS = new NilItems();

  /// Says a word.
  record Simple(String text) implements Answer {}

  /// Refuses.
  ///
  /// @param text the prefix and why, without the dash
  record Failure(String text) implements Answer {}

  /// Says a whole number.
  record Whole(long value) implements Answer {}

  /// Gives bytes.
  final class Bulk implements Answer {
    private final byte[] bytes;

    Bulk(byte[] bytes) {
      this.bytes = bytes;
    }

    byte[] bytes() {
      return bytes;
    }
  }

  /// Gives a text for people to read.
  record Verbatim(String text) implements Answer {}

  /// Says that there is nothing.
  record Nil() implements Answer {}

  /// Says that there is no list.
  record NilItems() implements Answer {}

  /// Gives a list.
  record Items(List<Answer> items) implements Answer {}

  /// Gives names and values in turn.
  record Fields(List<Answer> items) implements Answer {}

  /// Gives a set.
  record Members(List<Answer> items) implements Answer {}

  /// Tells what was not asked for.
  record Pushed(List<Answer> items) implements Answer {}

  /// Gives several answers to one command.
  record Several(List<Answer> answers) implements Answer {}

  /// Gives a text.
  static Answer text(String text) {
    return new Bulk(text.getBytes(StandardCharsets.UTF_8));
  }

  /// Gives texts.
  static Items texts(Collection<String> texts) {
    var items = new ArrayList<Answer>(texts.size());
    texts.forEach(text -> items.add(text(text)));
    return new Items(items);
  }

  /// Gives a list.
  static Items items(Answer... items) {
    return new Items(List.of(items));
  }

  /// Refuses with `ERR`.
  static Failure error(String why) {
    return new Failure("ERR " + why);
  }
}
