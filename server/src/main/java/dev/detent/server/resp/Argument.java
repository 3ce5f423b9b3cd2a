// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Declares an argument of a command, as `COMMAND DOCS` shows it.
///
/// @param name its name
/// @param type `key`, `string`, `integer`, `pattern` or `pure-token`
/// @param token the word before it, or that it is; empty for none
/// @param optional whether it may be left out
/// @param multiple whether there may be several
record Argument(String name, String type, String token, boolean optional, boolean multiple) {
  private static final List<String> WHOLE =
      List.of("count", "version", "milliseconds", "numreplicas", "timeout", "protover", "index");

  /// Reads arguments: `key` is one, `[reason]` an optional one, `FORCE` a word, `COUNT=count` a
  /// word with a value, `key...` several.
  static List<Argument> parse(String text) {
    var arguments = new ArrayList<Argument>();
    for (String word : text.isEmpty() ? new String[0] : text.split(" ")) {
      boolean optional = word.startsWith("[");
      String inner = optional ? word.substring(1, word.length() - 1) : word;
      boolean multiple = inner.endsWith("...");
      inner = multiple ? inner.substring(0, inner.length() - 3) : inner;
      int equals = inner.indexOf('=');
      String token = equals < 0 ? "" : inner.substring(0, equals);
      String name = inner.substring(equals + 1);
      boolean pure = name.equals(name.toUpperCase(Locale.ROOT));
      arguments.add(
          new Argument(
              name.toLowerCase(Locale.ROOT),
              pure ? "pure-token" : type(name),
              pure ? name : token,
              optional,
              multiple));
    }
    return List.copyOf(arguments);
  }

  private static String type(String name) {
    if (name.equals("key") || name.equals("source") || name.equals("destination")) {
      return "key";
    }
    return WHOLE.contains(name) ? "integer" : "string";
  }

  /// Returns what `COMMAND DOCS` says of it.
  Answer shown() {
    var fields = new ArrayList<Answer>();
    add(fields, "name", Answer.text(name));
    add(fields, "type", Answer.text(type));
    if (type.equals("key")) {
      add(fields, "key_spec_index", new Answer.Whole(0));
    }
    if (!token.isEmpty()) {
      add(fields, "token", Answer.text(token));
    }
    var flags = new ArrayList<Answer>();
    if (optional) {
      flags.add(new Answer.Simple("optional"));
    }
    if (multiple) {
      flags.add(new Answer.Simple("multiple"));
    }
    if (!flags.isEmpty()) {
      add(fields, "flags", new Answer.Members(flags));
    }
    return new Answer.Fields(fields);
  }

  private static void add(List<Answer> fields, String name, Answer value) {
    fields.add(Answer.text(name));
    fields.add(value);
  }
}
