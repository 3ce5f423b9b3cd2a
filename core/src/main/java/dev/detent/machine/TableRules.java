// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import dev.detent.annotation.Table;
import dev.detent.store.MappedColumn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Checks what must hold of a machine whose instances are rows of a table, and finds the columns of
/// its records.
final class TableRules {
  private final TableDefinition definition;
  private final Draft draft;
  private final Map<String, MappedColumn.Kind> kinds = new HashMap<>();

  TableRules(TableDefinition definition, Draft draft) {
    this.definition = definition;
    this.draft = draft;
  }

  /// Reports what is wrong with the table itself.
  void table() {
    names();
    if (draft.implicit() != null) {
      problem(
          "expected a creating transition, got an @Initial method without input: a row that nobody"
              + " made is none; give it an input",
          Place.WHOLE);
    }
  }

  private void names() {
    if (Arrays.stream(definition.name().split("\\.", -1)).anyMatch(String::isBlank)) {
      String got = "got '" + definition.name() + "'";
      problem("name: expected a table, or schema and table, " + got, mark("name"));
    }
    if (definition.id().isBlank() || definition.state().isBlank()) {
      problem("expected a column for id and state, got an empty name", mark(""));
    }
    var taken = new HashSet<String>();
    List<String> own =
        List.of(
            definition.id(),
            definition.state(),
            definition.version(),
            definition.createdAt(),
            definition.updatedAt(),
            definition.enteredAt());
    for (String column : own) {
      if (!column.isEmpty() && !taken.add(column)) {
        problem("column " + column + ": expected one use of it, got two", mark(""));
      }
    }
  }

  /// Returns the columns of a record's components in their order, or null if something is wrong.
  @Nullable List<MappedColumn> columns(TypeView record) {
    var columns = new ArrayList<MappedColumn>();
    var names = new HashSet<String>();
    List<ComponentView> components = record.components();
    for (ComponentView component : components) {
      String label = record.simpleName() + "." + component.name();
      MappedColumn column = column(component, label);
      if (column != null && !names.add(column.name())) {
        String what = ": expected a column of its own, got " + column.name();
        problem(label + what, new Place.AtComponent(component));
      } else if (column != null) {
        columns.add(column);
      }
    }
    return columns.size() == components.size() ? columns : null;
  }

  private @Nullable MappedColumn column(ComponentView component, String label) {
    String column = component.column().isEmpty() ? snake(component.name()) : component.column();
    ComponentView.Converter converter = component.converter();
    MappedColumn.Kind kind;
    if (converter == null) {
      kind = kind(component.held());
      if (kind == null) {
        problem(
            label
                + ": expected a type that a column can hold, got "
                + component.heldText()
                + "; give @Column a converter",
            new Place.AtComponent(component));
      }
    } else {
      kind = converted(converter, label, new Place.AtComponent(component));
    }
    String wrong = kind == null ? "" : unfit(column, kind, label);
    if (!wrong.isEmpty()) {
      problem(wrong, new Place.AtComponent(component));
    }
    return kind == null || !wrong.isEmpty() ? null : new MappedColumn(column, kind);
  }

  private static MappedColumn.@Nullable Kind kind(@Nullable TypeView type) {
    return type == null ? null : ColumnForm.kind(type);
  }

  private MappedColumn.@Nullable Kind converted(
      ComponentView.Converter converter, String label, Place place) {
    MappedColumn.Kind kind = kind(converter.to());
    if (kind == null) {
      String got =
          converter.text().isEmpty() ? ", whose type is not known" : " to " + converter.text();
      problem(
          label
              + ": expected a converter to a type that a column can hold, got "
              + converter.name()
              + got,
          place);
    } else if (!converter.isMade()) {
      problem(
          label
              + ": expected a converter with a constructor without parameters, got "
              + converter.name(),
          place);
      return null;
    }
    return kind;
  }

  /// Returns why a component does not fit a column, or an empty text.
  private String unfit(String column, MappedColumn.Kind kind, String label) {
    if (column.equals(definition.id()) || column.equals(definition.state())) {
      String what = column.equals(definition.id()) ? "the id; take a Key" : "the state";
      return label + ": expected a column of its own, got that of " + what;
    }
    if (column.equals(definition.version())) {
      return label + ": expected a column of its own, got that of the version";
    }
    if (isTime(column) && kind != MappedColumn.Kind.INSTANT) {
      return label + ": expected an Instant for " + column + ", got " + words(kind);
    }
    MappedColumn.Kind other = kinds.putIfAbsent(column, kind);
    return other == null || other == kind
        ? ""
        : "column "
            + column
            + ": expected one type in all states, got "
            + words(other)
            + " and, in "
            + label
            + ", "
            + words(kind);
  }

  /// Tells whether a column is a time that Detent sets unless a record has it.
  boolean isTime(String column) {
    return column.equals(definition.createdAt())
        || column.equals(definition.updatedAt())
        || column.equals(definition.enteredAt());
  }

  private static String words(MappedColumn.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static Place mark(String member) {
    return new Place.InClassMark(Table.class, member);
  }

  /// Reports what is wrong.
  void problem(String what, Place place) {
    draft.problems().add("table " + Problems.shown(definition.name()) + ": " + what, place);
  }

  /// Returns a name in snake case: `orderId` becomes `order_id`, `httpURLPath` `http_url_path`.
  static String snake(String name) {
    return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2")
        .replaceAll("([A-Z]+)([A-Z][a-z])", "$1_$2")
        .toLowerCase(Locale.ROOT);
  }
}
