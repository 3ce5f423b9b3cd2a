// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import dev.detent.Key;
import dev.detent.codec.Json;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/// Makes values of any type that JSON can carry: the same ones for the same seed.
///
/// A record whose constructor refuses a value is tried again with others.
final class Samples {
  private static final int TRIES = 50;
  private static final int DEPTH_MAX = 4;
  private static final int SIZE_MAX = 3;

  private final Map<Type, Function<? super RandomGenerator, ?>> own = new HashMap<>();
  private final RandomGenerator random;
  private final Scalars scalars;

  Samples(long seed) {
    this.random = new SplittableRandom(seed);
    this.scalars = new Scalars(random);
  }

  /// Makes values of a type by a function of the user's.
  void use(Type type, Function<? super RandomGenerator, ?> function) {
    own.put(type, function);
  }

  /// Returns what a function of the user's makes.
  Object by(Function<? super RandomGenerator, ?> function) {
    return function.apply(random);
  }

  /// Returns a value.
  ///
  /// @throws IllegalArgumentException if nobody knows how to make one
  Object of(Type type) {
    return of(type, Map.of(), 0);
  }

  private Object of(Type type, Map<TypeVariable<?>, Type> bound, int depth) {
    Function<? super RandomGenerator, ?> function = own.get(type);
    if (function != null) {
      return function.apply(random);
    }
    return switch (type) {
      case Class<?> c -> of(c, bound, depth);
      case ParameterizedType generic -> generic(generic, bound, depth);
      case TypeVariable<?> variable ->
          of(bound.getOrDefault(variable, variable.getBounds()[0]), bound, depth);
      case WildcardType wildcard -> of(wildcard.getUpperBounds()[0], bound, depth);
      case GenericArrayType array -> array(array.getGenericComponentType(), bound, depth);
      default -> throw unknown(type);
    };
  }

  private Object of(Class<?> type, Map<TypeVariable<?>, Type> bound, int depth) {
    Object scalar = scalars.of(type);
    if (scalar != null) {
      return scalar;
    } else if (type.isRecord()) {
      return record(type, bound, depth);
    } else if (type.isEnum()) {
      return oneOf(List.of(type.getEnumConstants()));
    } else if (type.isArray()) {
      return array(type.getComponentType(), bound, depth);
    } else if (type.isInterface() && type.isSealed()) {
      return variant(type, bound, depth);
    } else if (type == Object.class) {
      return of(String.class, bound, depth);
    } else if (type == Json.class) {
      return Json.object(Map.of("sample", Json.string(String.valueOf(scalars.of(String.class)))));
    } else if (type == Key.class) {
      return new Key("machine", String.valueOf(scalars.of(String.class)));
    }
    return container(type, List.of(Object.class, Object.class), bound, depth);
  }

  private Object generic(ParameterizedType type, Map<TypeVariable<?>, Type> bound, int depth) {
    Class<?> raw = (Class<?>) type.getRawType();
    List<Type> arguments = List.of(type.getActualTypeArguments());
    if (!raw.isRecord() && !raw.isSealed()) {
      return container(raw, arguments, bound, depth);
    }
    var inner = new HashMap<>(bound);
    for (int i = 0; i < arguments.size(); i++) {
      inner.put(raw.getTypeParameters()[i], arguments.get(i));
    }
    return of(raw, inner, depth);
  }

  private Object container(
      Class<?> raw, List<Type> arguments, Map<TypeVariable<?>, Type> bound, int depth) {
    int size = depth >= DEPTH_MAX ? 0 : random.nextInt(SIZE_MAX + 1);
    if (raw == Optional.class) {
      return size == 0 ? Optional.empty() : Optional.of(of(arguments.getFirst(), bound, depth + 1));
    } else if (raw == Map.class) {
      var map = new LinkedHashMap<Object, Object>();
      for (int i = 0; i < size; i++) {
        Object key = of(arguments.getFirst(), bound, depth + 1);
        map.put(key, of(arguments.getLast(), bound, depth + 1));
      }
      return map;
    } else if (raw == Set.class) {
      return new LinkedHashSet<>(list(arguments.getFirst(), bound, depth, size));
    } else if (raw.isAssignableFrom(List.class) && Iterable.class.isAssignableFrom(raw)) {
      return list(arguments.getFirst(), bound, depth, size);
    }
    throw unknown(raw);
  }

  private Collection<Object> list(
      Type element, Map<TypeVariable<?>, Type> bound, int depth, int size) {
    var list = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      list.add(of(element, bound, depth + 1));
    }
    return list;
  }

  private Object array(Type element, Map<TypeVariable<?>, Type> bound, int depth) {
    List<Object> values = List.copyOf(list(element, bound, depth, 1 + random.nextInt(SIZE_MAX)));
    Object array = Array.newInstance(values.getFirst().getClass(), values.size());
    if (element instanceof Class<?> c) {
      array = Array.newInstance(c, values.size());
    }
    for (int i = 0; i < values.size(); i++) {
      Array.set(array, i, values.get(i));
    }
    return array;
  }

  private Object variant(Class<?> type, Map<TypeVariable<?>, Type> bound, int depth) {
    var variants = new ArrayList<Class<?>>();
    for (Class<?> permitted : type.getPermittedSubclasses()) {
      if (depth < DEPTH_MAX || isLeaf(permitted)) {
        variants.add(permitted);
      }
    }
    if (variants.isEmpty()) {
      variants.addAll(List.of(type.getPermittedSubclasses()));
    }
    return of((Class<?>) oneOf(variants), bound, depth + 1);
  }

  private static boolean isLeaf(Class<?> type) {
    return type.isRecord()
        && List.of(type.getRecordComponents()).stream()
            .allMatch(component ->
                component.getType().getName().startsWith("java.")
                    || component.getType().isPrimitive());
  }

  private Object oneOf(List<?> values) {
    return values.get(random.nextInt(values.size()));
  }

  private Object record(Class<?> type, Map<TypeVariable<?>, Type> bound, int depth) {
    RecordComponent[] components = type.getRecordComponents();
    var types = new Class<?>[components.length];
    for (int i = 0; i < types.length; i++) {
      types[i] = components[i].getType();
    }
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return record(constructor, components, bound, depth);
    } catch (ReflectiveOperationException e) {
      String remedy = "; give a generator for it";
      throw new IllegalArgumentException(
          "sample of " + type.getSimpleName() + ": expected its constructor" + remedy, e);
    }
  }

  private Object record(
      Constructor<?> constructor,
      RecordComponent[] components,
      Map<TypeVariable<?>, Type> bound,
      int depth)
      throws ReflectiveOperationException {
    Throwable refused = null;
    for (int i = 0; i < TRIES; i++) {
      var values = new Object[components.length];
      for (int c = 0; c < values.length; c++) {
        values[c] = of(components[c].getGenericType(), bound, depth + 1);
      }
      try {
        return constructor.newInstance(values);
      } catch (InvocationTargetException e) {
        refused = e.getCause();
      }
    }
    throw new IllegalArgumentException(
        "sample of "
            + constructor.getDeclaringClass().getSimpleName()
            + ": expected values that its constructor takes, got "
            + refused
            + " in "
            + TRIES
            + " tries; give a generator for it",
        refused);
  }

  private static IllegalArgumentException unknown(Type type) {
    return new IllegalArgumentException(
        "sample of "
            + type.getTypeName()
            + ": expected a type that is known; give a generator for it");
  }
}
