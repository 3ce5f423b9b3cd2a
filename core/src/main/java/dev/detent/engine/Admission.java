// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Bounds how many requests, and how many bytes of them, are under way at once.
///
/// **Threads**: safe for any number of threads.
final class Admission {
  private final int requestsMax;
  private final long bytesMax;
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();

  Admission(int requestsMax, long bytesMax) {
    this.requestsMax = requestsMax;
    this.bytesMax = bytesMax;
  }

  /// Lets a request in, unless there are too many.
  boolean enter(int size) {
    boolean few = requests.incrementAndGet() <= requestsMax;
    boolean small = bytes.addAndGet(size) <= bytesMax;
    if (!few || !small) {
      leave(size);
    }
    return few && small;
  }

  /// Lets a request out.
  void leave(int size) {
    bytes.addAndGet(-size);
    requests.decrementAndGet();
  }

  /// Returns how many requests are under way.
  int requests() {
    return requests.get();
  }
}
