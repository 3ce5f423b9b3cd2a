// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import dev.detent.annotation.Column;
import dev.detent.annotation.ColumnConverter;
import dev.detent.store.MappedColumn;
import dev.detent.store.MappedState;
import dev.detent.store.MappedTable;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads off the records of a machine's states which columns they are, and reports what is wrong.
final class TableReading {
  private final TableDefinition definition;
  private final Draft draft;
  private final Map<String, MappedColumn.Kind> kinds = new HashMap<>();

  TableReading(TableDefinition definition, Draft draft) {
    this.definition = definition;
    this.draft = draft;
  }

  /// Returns the mapping; if problems were reported, it is of no use.
  MappedTable read() {
    names();
    if (draft.implicit() != null) {
      problem(
          "expected a creating transition, got an @Initial method without input: a row that nobody"
              + " made is none; give it an input");
    }
    var states = new LinkedHashMap<String, MappedState>();
    for (State state : draft.states().values()) {
      Class<?> type = state.type();
      MappedState columns = type == null ? null : columns(type);
      if (columns != null) {
        states.put(state.name(), columns);
      }
    }
    var creating = new LinkedHashSet<String>();
    draft.transitions().stream()
        .filter(transition -> transition.from().isEmpty())
        .forEach(transition -> creating.addAll(transition.to()));
    return new MappedTable(
        draft.name(),
        definition.name(),
        definition.id(),
        MappedTable.Ids.valueOf(definition.ids().name()),
        definition.state(),
        new MappedTable.Stamps(
            named(definition.version()),
            named(definition.createdAt()),
            named(definition.updatedAt()),
            named(definition.enteredAt())),
        states,
        creating);
  }

  private static @Nullable String named(String column) {
    return column.isEmpty() ? null : column;
  }

  private void names() {
    if (Arrays.stream(definition.name().split("\\.", -1)).anyMatch(String::isBlank)) {
      problem("name: expected a table, or schema and table, got '" + definition.name() + "'");
    }
    if (definition.id().isBlank() || definition.state().isBlank()) {
      problem("expected a column for id and state, got an empty name");
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
        problem("column " + column + ": expected one use of it, got two");
      }
    }
  }

  private @Nullable MappedState columns(Class<?> type) {
    var parts = new ArrayList<RecordColumns.Part>();
    var names = new HashSet<String>();
    try {
      MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
      for (RecordComponent component : type.getRecordComponents()) {
        RecordColumns.Part part = part(lookup, component);
        if (part != null && !names.add(part.column().name())) {
          problem(label(component) + ": expected a column of its own, got " + part.column().name());
        } else if (part != null) {
          parts.add(part);
        }
      }
      return parts.size() == type.getRecordComponents().length
          ? new RecordColumns(type, draft.codec(), parts, constructor(lookup, type))
          : null;
    } catch (IllegalAccessException e) {
      String remedy = "; add `opens " + type.getPackageName() + ";` to its module-info";
      problem(type.getSimpleName() + ": expected a package that is open to Detent" + remedy);
      return null;
    }
  }

  private static MethodHandle constructor(MethodHandles.Lookup lookup, Class<?> type)
      throws IllegalAccessException {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      return lookup
          .findConstructor(type, MethodType.methodType(void.class, types))
          .asType(MethodType.genericMethodType(types.length))
          .asSpreader(Object[].class, types.length);
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(type + ": expected a record's own constructor", e);
    }
  }

  private RecordColumns.@Nullable Part part(MethodHandles.Lookup lookup, RecordComponent component)
      throws IllegalAccessException {
    Column mark = component.getAnnotation(Column.class);
    String column =
        mark == null || mark.value().isEmpty() ? snake(component.getName()) : mark.value();
    ColumnForm form = form(component, mark);
    if (form == null || !fits(component, column, form.kind())) {
      return null;
    }
    MethodHandle accessor =
        lookup
            .unreflect(component.getAccessor())
            .asType(MethodType.methodType(Object.class, Object.class));
    return new RecordColumns.Part(
        component.getName(),
        component.getGenericType(),
        new MappedColumn(column, form.kind()),
        form,
        accessor,
        isTime(column));
  }

  private boolean isTime(String column) {
    return column.equals(definition.createdAt())
        || column.equals(definition.updatedAt())
        || column.equals(definition.enteredAt());
  }

  private @Nullable ColumnForm form(RecordComponent component, @Nullable Column mark) {
    Type type = optional(component.getGenericType());
    Type held = type == null ? component.getGenericType() : type;
    if (mark != null && mark.converter() != ColumnConverter.None.class) {
      return converted(component, mark.converter());
    }
    ColumnForm form = ColumnForm.of(held, draft.codec());
    if (form == null) {
      problem(
          label(component)
              + ": expected a type that a column can hold, got "
              + held.getTypeName()
              + "; give @Column a converter");
    }
    return form;
  }

  private @Nullable ColumnForm converted(RecordComponent component, Class<?> converter) {
    Type held = target(converter);
    ColumnForm to = held == null ? null : ColumnForm.of(held, draft.codec());
    if (to == null) {
      problem(
          label(component)
              + ": expected a converter to a type that a column can hold, got "
              + converter.getSimpleName()
              + (held == null ? ", whose type is not known" : " to " + held.getTypeName()));
      return null;
    }
    try {
      Constructor<?> constructor = converter.getDeclaredConstructor();
      constructor.setAccessible(true);
      @SuppressWarnings("unchecked") // it is one by the type of the annotation's member
      var made = (ColumnConverter<Object, Object>) constructor.newInstance();
      return ColumnForm.of(made, to);
    } catch (InvocationTargetException e) {
      problem(label(component) + ": the converter's constructor failed: " + e.getCause());
    } catch (ReflectiveOperationException | RuntimeException e) {
      problem(
          label(component)
              + ": expected a converter with a constructor without parameters, got "
              + converter.getSimpleName());
    }
    return null;
  }

  /// Returns what a converter makes, or null if its class does not say.
  private static @Nullable Type target(Class<?> converter) {
    for (Type above : converter.getGenericInterfaces()) {
      if (above instanceof ParameterizedType generic
          && generic.getRawType() == ColumnConverter.class) {
        return generic.getActualTypeArguments()[1];
      }
    }
    Class<?> parent = converter.getSuperclass();
    return parent == null ? null : target(parent);
  }

  private boolean fits(RecordComponent component, String column, MappedColumn.Kind kind) {
    if (column.equals(definition.id()) || column.equals(definition.state())) {
      String what = column.equals(definition.id()) ? "the id; take a Key" : "the state";
      problem(label(component) + ": expected a column of its own, got that of " + what);
      return false;
    }
    if (column.equals(definition.version())) {
      problem(label(component) + ": expected a column of its own, got that of the version");
      return false;
    }
    if (isTime(column) && kind != MappedColumn.Kind.INSTANT) {
      problem(label(component) + ": expected an Instant for " + column + ", got " + words(kind));
      return false;
    }
    MappedColumn.Kind other = kinds.putIfAbsent(column, kind);
    if (other != null && other != kind) {
      problem(
          "column "
              + column
              + ": expected one type in all states, got "
              + words(other)
              + " and, in "
              + label(component)
              + ", "
              + words(kind));
      return false;
    }
    return true;
  }

  private static String words(MappedColumn.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static String label(RecordComponent component) {
    return component.getDeclaringRecord().getSimpleName() + "." + component.getName();
  }

  private void problem(String what) {
    draft.problems().add("table " + Problems.shown(definition.name()) + ": " + what);
  }

  /// Returns what an `Optional` holds, or null if the type is none.
  static @Nullable Type optional(Type type) {
    boolean optional =
        type instanceof ParameterizedType generic && generic.getRawType() == Optional.class;
    return optional ? ((ParameterizedType) type).getActualTypeArguments()[0] : null;
  }

  /// Returns a name in snake case: `orderId` becomes `order_id`, `httpURLPath` `http_url_path`.
  static String snake(String name) {
    return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2")
        .replaceAll("([A-Z]+)([A-Z][a-z])", "$1_$2")
        .toLowerCase(Locale.ROOT);
  }
}
