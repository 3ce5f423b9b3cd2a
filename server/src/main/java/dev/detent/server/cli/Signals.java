// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// Waits for SIGTERM or SIGINT.
///
/// The JVM's own answer to these is to run its shutdown hooks and to end with status 143 or 130,
/// and it is deaf to a second one. So this takes them over. `sun.misc.Signal` is called by
/// reflection: it is the only way to do that, and javac can't be told to accept it without a
/// warning.
final class Signals {
  private static final int SECOND_STATUS = 143;

  private final CountDownLatch first = new CountDownLatch(1);

  /// Listens from now on.
  static Signals listen() throws ReflectiveOperationException {
    Signals signals = new Signals();
    Class<?> signal = Class.forName("sun.misc.Signal");
    Class<?> handler = Class.forName("sun.misc.SignalHandler");
    InvocationHandler hear = (self, method, arguments) -> signals.answer(method.getName());
    Object listener =
        Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[] {handler}, hear);
    for (String name : List.of("TERM", "INT")) {
      Object number = signal.getConstructor(String.class).newInstance(name);
      signal.getMethod("handle", signal, handler).invoke(null, number, listener);
    }
    return signals;
  }

  /// Waits for the first signal; the second one ends the process at once.
  void await() throws InterruptedException {
    first.await();
  }

  private Object answer(String method) {
    if (method.equals("handle")) {
      hear();
    }
    return method;
  }

  private void hear() {
    if (first.getCount() == 0) {
      Runtime.getRuntime().halt(SECOND_STATUS);
    }
    first.countDown();
  }
}
