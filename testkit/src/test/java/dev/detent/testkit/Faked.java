// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.UnaryOperator;

/// Passes every call on, and changes what one method answers.
final class Faked {
  private Faked() {}

  static <T> T of(Class<T> type, Object real, String method, UnaryOperator<Object> change) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (_, called, arguments) -> {
              try {
                Object answer = called.invoke(real, arguments);
                return called.getName().equals(method) ? change.apply(answer) : answer;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }
}
