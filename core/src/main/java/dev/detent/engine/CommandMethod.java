// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.machine.Next;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/// Names a command by a reference to a method of the machine's class, such as `Door::open`.
///
/// A client reads the method's name and types off the reference and never calls it. The nested
/// types tell the shapes of methods apart, so that Java infers the types of input and answer; they
/// need not be named. Those called `Move` return the state that they lead to, those called `Reply`
/// return a [Next] with an answer; the number counts parameters.
///
/// A lambda in place of a method reference is refused when it is used.
public interface CommandMethod extends Serializable {
  /// Creates without input.
  ///
  /// @param <M> the machine's class
  /// @param <S> the state it leads to
  @FunctionalInterface
  interface Move0<M, S> extends CommandMethod {
    /// Stands for the method.
    S shape(M machine) throws Exception;
  }

  /// Starts from a state, or creates with an input.
  ///
  /// @param <M> the machine's class
  /// @param <A> the first parameter
  /// @param <S> the state it leads to
  @FunctionalInterface
  interface Move1<M, A, S> extends CommandMethod {
    /// Stands for the method.
    S shape(M machine, A first) throws Exception;
  }

  /// Starts from a state, and takes an input, or the key, time or context.
  ///
  /// @param <M> the machine's class
  /// @param <A> the first parameter
  /// @param <B> the second parameter
  /// @param <S> the state it leads to
  @FunctionalInterface
  interface Move2<M, A, B, S> extends CommandMethod {
    /// Stands for the method.
    S shape(M machine, A first, B second) throws Exception;
  }

  /// Starts from a state, and takes an input, and the key, time or context.
  ///
  /// @param <M> the machine's class
  /// @param <A> the first parameter
  /// @param <B> the second parameter
  /// @param <C> the third parameter
  /// @param <S> the state it leads to
  @FunctionalInterface
  interface Move3<M, A, B, C, S> extends CommandMethod {
    /// Stands for the method.
    S shape(M machine, A first, B second, C third) throws Exception;
  }

  /// Creates with an input, and takes the key, time or context.
  ///
  /// @param <M> the machine's class
  /// @param <I> the input
  /// @param <B> the second parameter
  /// @param <S> the state it leads to
  @FunctionalInterface
  interface CreatingMove2<M, I, B, S> extends CommandMethod {
    /// Stands for the method.
    S shape(M machine, I input, B second) throws Exception;
  }

  /// Creates without input, and answers.
  ///
  /// @param <M> the machine's class
  /// @param <R> the answer
  @FunctionalInterface
  interface Reply0<M, R extends @Nullable Object> extends CommandMethod {
    /// Stands for the method.
    Next<?, R> shape(M machine) throws Exception;
  }

  /// Starts from a state, or creates with an input, and answers.
  ///
  /// @param <M> the machine's class
  /// @param <A> the first parameter
  /// @param <R> the answer
  @FunctionalInterface
  interface Reply1<M, A, R extends @Nullable Object> extends CommandMethod {
    /// Stands for the method.
    Next<?, R> shape(M machine, A first) throws Exception;
  }

  /// Starts from a state, takes an input, or the key, time or context, and answers.
  ///
  /// @param <M> the machine's class
  /// @param <A> the first parameter
  /// @param <B> the second parameter
  /// @param <R> the answer
  @FunctionalInterface
  interface Reply2<M, A, B, R extends @Nullable Object> extends CommandMethod {
    /// Stands for the method.
    Next<?, R> shape(M machine, A first, B second) throws Exception;
  }

  /// Starts from a state, takes an input, and the key, time or context, and answers.
  ///
  /// @param <M> the machine's class
  /// @param <A> the first parameter
  /// @param <B> the second parameter
  /// @param <C> the third parameter
  /// @param <R> the answer
  @FunctionalInterface
  interface Reply3<M, A, B, C, R extends @Nullable Object> extends CommandMethod {
    /// Stands for the method.
    Next<?, R> shape(M machine, A first, B second, C third) throws Exception;
  }

  /// Creates with an input, takes the key, time or context, and answers.
  ///
  /// @param <M> the machine's class
  /// @param <I> the input
  /// @param <B> the second parameter
  /// @param <R> the answer
  @FunctionalInterface
  interface CreatingReply2<M, I, B, R extends @Nullable Object> extends CommandMethod {
    /// Stands for the method.
    Next<?, R> shape(M machine, I input, B second) throws Exception;
  }
}
