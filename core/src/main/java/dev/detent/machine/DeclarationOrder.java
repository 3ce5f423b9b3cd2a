// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Lists the methods of a class in the order of its source, its superclasses' first.
///
/// Reflection promises no order, but lists and diagrams should be the same in every process, so the
/// order is read from the class file. Where there is none to be read, names decide.
final class DeclarationOrder {
  private DeclarationOrder() {}

  static List<Method> of(Class<?> type) {
    Deque<Class<?>> lineage = new ArrayDeque<>();
    for (Class<?> c = type; c != null && c != Object.class; c = c.getSuperclass()) {
      lineage.addFirst(c);
    }
    var methods = new ArrayList<Method>();
    lineage.forEach(c -> methods.addAll(declared(c)));
    return methods;
  }

  private static List<Method> declared(Class<?> type) {
    Map<String, Integer> places = places(type);
    var methods = new ArrayList<Method>();
    for (Method method : type.getDeclaredMethods()) {
      if (!method.isSynthetic()) {
        methods.add(method);
      }
    }
    methods.sort(
        Comparator.comparingInt((Method m) -> places.getOrDefault(signature(m), 0))
            .thenComparing(DeclarationOrder::signature));
    return methods;
  }

  private static Map<String, Integer> places(Class<?> type) {
    String file = type.getName().substring(type.getName().lastIndexOf('.') + 1) + ".class";
    var places = new HashMap<String, Integer>();
    try (InputStream bytes = type.getResourceAsStream(file)) {
      if (bytes != null) {
        for (MethodModel method : ClassFile.of().parse(bytes.readAllBytes()).methods()) {
          String signature = method.methodName().stringValue() + method.methodType().stringValue();
          places.put(signature, places.size());
        }
      }
      return places;
    } catch (IOException e) {
      return Map.of();
    }
  }

  private static String signature(Method method) {
    var type = MethodType.methodType(method.getReturnType(), method.getParameterTypes());
    return method.getName() + type.toMethodDescriptorString();
  }
}
