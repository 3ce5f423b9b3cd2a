// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import java.util.ArrayDeque;
import java.util.Deque;

/// Remembers what has to be closed, and closes it in reverse order.
///
/// **Threads**: for one thread.
final class Opened implements AutoCloseable {
  private final Deque<AutoCloseable> all = new ArrayDeque<>();

  <T extends AutoCloseable> T add(T resource) {
    all.push(resource);
    return resource;
  }

  @Override
  public void close() {
    var failed = new IllegalStateException("not everything could be closed");
    while (!all.isEmpty()) {
      close(all.pop(), failed);
    }
    if (failed.getSuppressed().length > 0) {
      throw failed;
    }
  }

  private static void close(AutoCloseable resource, Exception failed) {
    try {
      resource.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failed.addSuppressed(e);
    } catch (Exception e) {
      failed.addSuppressed(e);
    }
  }
}
