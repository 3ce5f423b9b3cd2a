// SPDX-License-Identifier: Apache-2.0
package dev.detent.examples;

import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.random.RandomGenerator;

/// Pretends to be a provider of resources that can't be relied on: of ten calls, four fail before
/// they do anything.
///
/// A failing call throws, or takes the whole process with it if the environment variable
/// `CRASH_PROCESS` is `true`.
final class Cloud {
  private static final System.Logger LOG = System.getLogger(Cloud.class.getName());
  private static final double FAILING = 0.4;
  private static final int CRASH_STATUS = 3;

  private final boolean crashing;
  private final DoubleSupplier dice;

  /// Makes a cloud.
  ///
  /// @param crashing whether a failing call halts the process instead of throwing
  /// @param dice gives numbers from 0 to 1: a call fails if it gets one below 0.4
  Cloud(boolean crashing, DoubleSupplier dice) {
    this.crashing = crashing;
    this.dice = dice;
  }

  /// Makes the cloud that environment variables ask for.
  static Cloud of(Map<String, String> environment) {
    boolean crashing = environment.getOrDefault("CRASH_PROCESS", "").equalsIgnoreCase("true");
    return new Cloud(crashing, RandomGenerator.getDefault()::nextDouble);
  }

  /// Provides a resource; again for one that is there already.
  ///
  /// @return where it can be reached
  String provision(String name) {
    work("provision", name);
    return "https://" + name + ".example";
  }

  /// Takes a resource away, also one that is gone already.
  void release(String name) {
    work("release", name);
  }

  private void work(String what, String name) {
    if (dice.getAsDouble() >= FAILING) {
      LOG.log(System.Logger.Level.INFO, "{0} {1}: done", what, name);
    } else if (crashing) {
      LOG.log(
          System.Logger.Level.WARNING, "{0} {1}: a failure, and the process is gone", what, name);
      Runtime.getRuntime().halt(CRASH_STATUS);
    } else {
      LOG.log(System.Logger.Level.INFO, "{0} {1}: a failure, it is tried again", what, name);
      throw new IllegalStateException(what + " " + name + ": the cloud has no time");
    }
  }
}
