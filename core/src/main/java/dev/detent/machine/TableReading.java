// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import dev.detent.annotation.ColumnConverter;
import dev.detent.store.MappedColumn;
import dev.detent.store.MappedState;
import dev.detent.store.MappedTable;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads off the records of a machine's states which columns they are, and reports what is wrong.
final class TableReading {
  private final TableDefinition definition;
  private final Draft draft;
  private final TableRules rules;

  TableReading(TableDefinition definition, Draft draft) {
    this.definition = definition;
    this.draft = draft;
    this.rules = new TableRules(definition, draft);
  }

  /// Returns the mapping; if problems were reported, it is of no use. Of records that are not
  /// loaded it has no columns.
  MappedTable read() {
    rules.table();
    var states = new LinkedHashMap<String, MappedState>();
    for (State state : draft.states().values()) {
      TypeView record = draft.record(state.name());
      List<MappedColumn> columns = record == null ? null : rules.columns(record);
      Class<?> type = state.type();
      MappedState mapped = columns == null || type == null ? null : columns(type, columns);
      if (mapped != null) {
        states.put(state.name(), mapped);
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
        Collections.unmodifiableMap(states),
        Set.copyOf(creating));
  }

  private static @Nullable String named(String column) {
    return column.isEmpty() ? null : column;
  }

  private @Nullable MappedState columns(Class<?> type, List<MappedColumn> columns) {
    var parts = new ArrayList<RecordColumns.Part>();
    try {
      MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
      RecordComponent[] components = type.getRecordComponents();
      for (int i = 0; i < components.length; i++) {
        RecordColumns.Part part = part(lookup, components[i], columns.get(i));
        if (part != null) {
          parts.add(part);
        }
      }
      return parts.size() == components.length
          ? new RecordColumns(type, draft.codec(), parts, constructor(lookup, type))
          : null;
    } catch (IllegalAccessException e) {
      String remedy = "; add `opens " + type.getPackageName() + ";` to its module-info";
      rules.problem(
          type.getSimpleName() + ": expected a package that is open to Detent" + remedy,
          Place.WHOLE);
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

  private RecordColumns.@Nullable Part part(
      MethodHandles.Lookup lookup, RecordComponent component, MappedColumn column)
      throws IllegalAccessException {
    ColumnForm form = form(new ReflectedComponent(component));
    if (form == null) {
      return null;
    }
    MethodHandle accessor =
        lookup
            .unreflect(component.getAccessor())
            .asType(MethodType.methodType(Object.class, Object.class));
    return new RecordColumns.Part(
        component.getName(),
        component.getGenericType(),
        column,
        form,
        accessor,
        rules.isTime(column.name()));
  }

  private @Nullable ColumnForm form(ReflectedComponent view) {
    Class<?> converter = view.converterType();
    if (converter == null) {
      return ColumnForm.of(view.heldType(), draft.codec());
    }
    RecordComponent component = view.component();
    String label = component.getDeclaringRecord().getSimpleName() + "." + component.getName();
    var held = Objects.requireNonNull(ReflectedComponent.converted(converter), "converted type");
    ColumnForm to = ColumnForm.of(held, draft.codec());
    var place = new Place.AtComponent(view);
    try {
      Constructor<?> constructor = converter.getDeclaredConstructor();
      constructor.setAccessible(true);
      @SuppressWarnings("unchecked") // it is one by the type of the annotation's member
      var made = (ColumnConverter<Object, Object>) constructor.newInstance();
      return ColumnForm.of(made, to);
    } catch (InvocationTargetException e) {
      rules.problem(label + ": the converter's constructor failed: " + e.getCause(), place);
    } catch (ReflectiveOperationException | RuntimeException e) {
      rules.problem(
          label
              + ": expected a converter with a constructor without parameters, got "
              + converter.getSimpleName(),
          place);
    }
    return null;
  }
}
