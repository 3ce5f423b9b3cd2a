// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Describes how the instances of a machine are rows of a table of the user's.
///
/// The table's row says whether an instance exists, in which state it is and what it holds; how
/// many events it has had stays in the store's own table.
///
/// **Threads**: immutable.
///
/// @param machine the machine's name
/// @param name the table, with a dot after its schema if that is given; spelled as in the database
/// @param id the column of the id
/// @param ids where ids come from
/// @param state the column of the state's name
/// @param stamps further columns that the store writes
/// @param states the states by name, in order; not to be changed
/// @param creating the states in which an instance may begin
public record MappedTable(
    String machine,
    String name,
    String id,
    Ids ids,
    String state,
    Stamps stamps,
    Map<String, MappedState> states,
    Set<String> creating) {
  private static final Pattern WHOLE = Pattern.compile("0|-?[1-9][0-9]{0,18}");
  private static final Pattern UUID_TEXT =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  /// Says where ids come from.
  public enum Ids {
    /// The database makes whole numbers of 64 bits.
    DATABASE,
    /// The caller gives whole numbers of 64 bits.
    LONG,
    /// The caller gives text.
    TEXT,
    /// The caller gives UUIDs.
    UUID;

    /// Returns what a key is expected to be, in words.
    public String words() {
      return switch (this) {
        case DATABASE, LONG -> "a whole number of 64 bits without leading zeros";
        case TEXT -> "any text";
        case UUID -> "a UUID of 36 characters in lower case";
      };
    }

    /// Returns what the column of the id holds.
    public MappedColumn.Kind kind() {
      return switch (this) {
        case DATABASE, LONG -> MappedColumn.Kind.LONG;
        case TEXT -> MappedColumn.Kind.TEXT;
        case UUID -> MappedColumn.Kind.UUID;
      };
    }
  }

  /// Names columns that the store writes, each null if the table has none.
  ///
  /// @param version raised by one with every write
  /// @param createdAt when the row was created
  /// @param updatedAt when it last moved
  /// @param enteredAt when it entered its state
  public record Stamps(
      @Nullable String version,
      @Nullable String createdAt,
      @Nullable String updatedAt,
      @Nullable String enteredAt) {}

  /// Returns the id that a key stands for, or null if it stands for none: ids have one spelling
  /// only.
  ///
  /// @return a `Long`, a `String` or a `UUID`
  public @Nullable Object id(String key) {
    return switch (ids) {
      case DATABASE, LONG -> whole(key);
      case TEXT -> key;
      case UUID -> UUID_TEXT.matcher(key).matches() ? UUID.fromString(key) : null;
    };
  }

  private static @Nullable Long whole(String key) {
    if (!WHOLE.matcher(key).matches()) {
      return null;
    }
    try {
      return Long.valueOf(key);
    } catch (NumberFormatException e) {
      return null; // beyond 64 bits
    }
  }

  /// Returns all columns of all states by name, in the order of the states.
  public Map<String, MappedColumn> columns() {
    var columns = new LinkedHashMap<String, MappedColumn>();
    states
        .values()
        .forEach(state -> state.columns().forEach(c -> columns.putIfAbsent(c.name(), c)));
    return columns;
  }
}
