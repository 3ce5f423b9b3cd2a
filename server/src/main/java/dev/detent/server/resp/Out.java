// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// Writes answers as bytes of RESP2 or RESP3.
///
/// **Threads**: its event loop's.
final class Out {
  private static final int BYTES_KEPT_MAX = 64 << 10;
  private static final int RESP3 = 3;

  private byte[] bytes = new byte[512];
  private int length;

  /// Returns how much is written since [#take].
  int length() {
    return length;
  }

  /// Returns what is written, and begins anew.
  Buffer take() {
    Buffer taken = Buffer.buffer(Arrays.copyOf(bytes, length));
    length = 0;
    if (bytes.length > BYTES_KEPT_MAX) {
      bytes = new byte[512];
    }
    return taken;
  }

  /// Writes an answer.
  ///
  /// @param protocol 2 or 3
  void write(Answer answer, int protocol) {
    switch (answer) {
      case Answer.Simple(String text) -> line('+', text);
      case Answer.Failure(String text) -> line('-', text.replace('\r', ' ').replace('\n', ' '));
      case Answer.Whole(long value) -> number(':', value);
      case Answer.Bulk content -> bulk('$', content.bytes());
      case Answer.Verbatim(String text) -> verbatim(text, protocol);
      case Answer.Nil() -> raw(protocol == RESP3 ? "_\r\n" : "$-1\r\n");
      case Answer.NilItems() -> raw(protocol == RESP3 ? "_\r\n" : "*-1\r\n");
      case Answer.Items(List<Answer> items) -> items('*', items.size(), items, protocol);
      case Answer.Fields(List<Answer> items) when protocol == RESP3 ->
          items('%', items.size() / 2, items, protocol);
      case Answer.Fields(List<Answer> items) -> items('*', items.size(), items, protocol);
      case Answer.Members(List<Answer> items) ->
          items(protocol == RESP3 ? '~' : '*', items.size(), items, protocol);
      case Answer.Pushed(List<Answer> items) ->
          items(protocol == RESP3 ? '>' : '*', items.size(), items, protocol);
      case Answer.Several(List<Answer> answers) -> answers.forEach(one -> write(one, protocol));
    }
  }

  private void items(char kind, int count, List<Answer> items, int protocol) {
    number(kind, count);
    items.forEach(item -> write(item, protocol));
  }

  private void verbatim(String text, int protocol) {
    byte[] content = (protocol == RESP3 ? "txt:" + text : text).getBytes(StandardCharsets.UTF_8);
    bulk(protocol == RESP3 ? '=' : '$', content);
  }

  private void bulk(char kind, byte[] content) {
    number(kind, content.length);
    append(content);
    end();
  }

  private void line(char kind, String text) {
    room(1);
    bytes[length++] = (byte) kind;
    append(text.getBytes(StandardCharsets.UTF_8));
    end();
  }

  private void number(char kind, long value) {
    line(kind, Long.toString(value));
  }

  private void raw(String text) {
    append(text.getBytes(StandardCharsets.US_ASCII));
  }

  private void end() {
    room(2);
    bytes[length++] = '\r';
    bytes[length++] = '\n';
  }

  private void append(byte[] content) {
    room(content.length);
    System.arraycopy(content, 0, bytes, length, content.length);
    length += content.length;
  }

  private void room(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(length + more, bytes.length * 2));
    }
  }
}
