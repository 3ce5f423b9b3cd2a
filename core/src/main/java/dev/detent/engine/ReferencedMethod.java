// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.DetentException;
import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.machine.Next;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.MethodType;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Finds the method that a reference names: the compiler lets serializable references tell.
public final class ReferencedMethod {
  // Each place in the code where a reference stands has a class of its own.
  private static final ClassValue<AtomicReference<@Nullable Method>> KNOWN =
      new ClassValue<>() {
        @Override
        protected AtomicReference<@Nullable Method> computeValue(Class<?> type) {
          return new AtomicReference<>();
        }
      };

  private final Method method;

  private ReferencedMethod(Method method) {
    this.method = method;
  }

  /// Returns the method.
  ///
  /// @throws dev.detent.RefusedException BAD_REQUEST if it is no reference to a method of a class
  public static ReferencedMethod of(CommandMethod reference) {
    AtomicReference<@Nullable Method> known = KNOWN.get(reference.getClass());
    Method method = known.get();
    if (method == null) {
      method = find(reference);
      known.set(method);
    }
    return new ReferencedMethod(method);
  }

  private static Method find(CommandMethod reference) {
    try {
      Method replace = reference.getClass().getDeclaredMethod("writeReplace");
      replace.setAccessible(true);
      if (replace.invoke(reference) instanceof SerializedLambda lambda && isReference(lambda)) {
        return find(lambda, reference.getClass().getClassLoader());
      }
    } catch (InaccessibleObjectException e) {
      String where = reference.getClass().getPackageName();
      throw refused("a package that is open to Detent; add `opens " + where + ";`", e);
    } catch (ReflectiveOperationException e) {
      throw refused("a method reference such as Door::open, got something else", e);
    }
    throw refused("a method reference such as Door::open, got a lambda or another object's", null);
  }

  private static boolean isReference(SerializedLambda lambda) {
    return lambda.getCapturedArgCount() == 0
        && lambda.getImplMethodKind() != MethodHandleInfo.REF_invokeStatic
        && lambda.getImplMethodKind() != MethodHandleInfo.REF_newInvokeSpecial
        && !lambda.getImplMethodName().startsWith("lambda$");
  }

  private static Method find(SerializedLambda lambda, @Nullable ClassLoader loader)
      throws ReflectiveOperationException {
    String name = lambda.getImplMethodName();
    var type = MethodType.fromMethodDescriptorString(lambda.getImplMethodSignature(), loader);
    Class<?> owner = Class.forName(lambda.getImplClass().replace('/', '.'), false, loader);
    for (Class<?> c = owner; c != null; c = c.getSuperclass()) {
      for (Method method : c.getDeclaredMethods()) {
        if (method.getName().equals(name)
            && MethodType.methodType(method.getReturnType(), method.getParameterTypes())
                .equals(type)) {
          return method;
        }
      }
    }
    throw new NoSuchMethodException(owner.getName() + "." + name);
  }

  private static DetentException refused(String expected, @Nullable Throwable cause) {
    return DetentException.of(
        Problem.of(ErrorCode.BAD_REQUEST, "command: expected " + expected), cause);
  }

  /// Returns the command's name.
  public String command() {
    return method.getName();
  }

  /// Returns the declared type of a parameter.
  ///
  /// @param index its place, from 0
  public Type parameter(int index) {
    return method.getGenericParameterTypes()[index];
  }

  /// Returns the declared type of the answer.
  public Type answer() {
    Type returned = method.getGenericReturnType();
    return returned instanceof ParameterizedType next && next.getRawType() == Next.class
        ? next.getActualTypeArguments()[1]
        : returned;
  }
}
