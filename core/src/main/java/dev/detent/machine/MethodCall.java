// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import dev.detent.DetentException;
import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.codec.Codec;
import dev.detent.codec.Json;
import dev.detent.codec.Value;
import dev.detent.handler.TerminalException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Calls a method of the user's with what it wants to know of a situation.
final class MethodCall implements Call {
  private final MethodHandle handle;
  private final Signature signature;
  private final Signature.Slot[] slots;
  private final Map<String, Class<?>> types;
  private final @Nullable Type input;
  private final Type answer;
  private final Codec codec;

  /// Prepares calls.
  ///
  /// @param owner the object whose method it is
  /// @param method the method
  /// @param signature what it takes
  /// @param types the records of the states
  /// @param codec decodes states and inputs
  /// @throws IllegalAccessException if the method's package is not open to this one
  MethodCall(
      Object owner,
      ReflectedMethod method,
      Signature signature,
      Map<String, Class<?>> types,
      Codec codec)
      throws IllegalAccessException {
    this.handle = handle(owner, method.method());
    this.signature = signature;
    int place = signature.slots().indexOf(Signature.Slot.INPUT);
    this.input = place < 0 ? null : method.method().getGenericParameterTypes()[place];
    this.answer = method.answer();
    this.slots = signature.slots().toArray(Signature.Slot[]::new);
    this.types = types;
    this.codec = codec;
  }

  private static MethodHandle handle(Object owner, Method method) throws IllegalAccessException {
    var lookup = MethodHandles.privateLookupIn(method.getDeclaringClass(), MethodHandles.lookup());
    int count = method.getParameterCount();
    return lookup
        .unreflect(method)
        .asFixedArity()
        .bindTo(owner)
        .asType(MethodType.genericMethodType(count))
        .asSpreader(Object[].class, count);
  }

  /// Calls the method.
  ///
  /// @throws DetentException INVALID_INPUT if the input does not fit; HANDLER_FAILED if a method
  ///   without a context throws something else than such an exception
  private @Nullable Object call(Situation situation) {
    Object[] arguments = arguments(situation);
    return signature.isDurable() ? invoke(arguments) : call(arguments);
  }

  private Object[] arguments(Situation situation) {
    var arguments = new Object[slots.length];
    for (int i = 0; i < slots.length; i++) {
      arguments[i] =
          switch (slots[i]) {
            case STATE -> state(situation);
            case INPUT -> input(situation);
            case KEY -> situation.key();
            case NOW -> situation.now();
            case CONTEXT -> Objects.requireNonNull(situation.context(), "context of a handler");
          };
    }
    if (input == null) {
      Inputs.requireNone(situation.input());
    }
    return arguments;
  }

  @Override
  public @Nullable Type input() {
    return input;
  }

  @Override
  public void check(Situation situation) {
    if (input == null) {
      Inputs.requireNone(situation.input());
    } else {
      input(situation);
    }
  }

  /// Calls a handler. What it throws is left as it is: the journal has to tell apart what ends an
  /// attempt, what is retried and what is final.
  private @Nullable Object invoke(Object[] arguments) {
    try {
      return (Object) handle.invokeExact(arguments);
    } catch (Throwable e) {
      MethodCall.<RuntimeException>raise(e);
      throw new AssertionError("an exception was not thrown", e);
    }
  }

  // The compiler takes the cast for one to an unchecked exception; at run time it does nothing.
  @SuppressWarnings("unchecked")
  private static <E extends Throwable> void raise(Throwable e) throws E {
    throw (E) e;
  }

  /// Calls the method with these arguments.
  private @Nullable Object call(Object[] arguments) {
    try {
      return (Object) handle.invokeExact(arguments);
    } catch (DetentException | OutOfMemoryError e) {
      throw e;
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  private static DetentException failed(Throwable e) {
    if (e instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    if (e instanceof TerminalException terminal) {
      return DetentException.of(terminal.problem(), e);
    }
    String message = e.getMessage();
    String what = message == null || message.isBlank() ? e.getClass().getSimpleName() : message;
    return DetentException.of(Problem.of(ErrorCode.HANDLER_FAILED, what), e);
  }

  private Object state(Situation situation) {
    String state = Objects.requireNonNull(situation.state(), "state of a transition's situation");
    Value value = Objects.requireNonNull(situation.value(), "value of a transition's situation");
    Class<?> type = Objects.requireNonNull(types.get(state), "record of the state");
    return value.as(type, codec);
  }

  private Object input(Situation situation) {
    Type type = Objects.requireNonNull(input, "input of a method that takes one");
    return Inputs.read(situation.input(), type, codec);
  }

  @Override
  public Outcome apply(Situation situation) {
    Object result = call(situation);
    if (result instanceof Next<?, ?> next) {
      return outcome(next, situation);
    }
    return move(result, null);
  }

  private Outcome outcome(Next<?, ?> next, Situation situation) {
    Json reply = next.replies() ? codec.write(next.reply(), answer) : null;
    if (next.moves()) {
      return move(next.state(), reply);
    }
    if (signature.startsFromState() && !next.state().equals(state(situation))) {
      String remedy = "; use Next.to to change it";
      throw defect("expected Next.stay with the state that it was given, got another" + remedy)
          .exception();
    }
    if (!signature.startsFromState()) {
      throw defect("expected Next.to from a creating transition, got Next.stay").exception();
    }
    return new Outcome.Stay(reply);
  }

  private Outcome move(@Nullable Object state, @Nullable Json reply) {
    if (state == null) {
      throw defect("expected a state, got null").exception();
    }
    String name = state.getClass().getSimpleName();
    if (!signature.to().contains(name)) {
      String what = "expected one of " + String.join(", ", signature.to()) + ", got " + name;
      throw defect(what).with("undeclared", name).exception();
    }
    return new Outcome.Move(name, Value.of(state, codec), reply);
  }

  private Problem defect(String what) {
    return Problem.of(ErrorCode.HANDLER_FAILED, signature.label() + ": " + what);
  }

  @Override
  public @Nullable Value initial() {
    Object state = call(new Object[0]);
    return state == null ? null : Value.of(state, codec);
  }

  @Override
  public Json answer(Situation situation) {
    return codec.write(call(situation), answer);
  }
}
