// SPDX-License-Identifier: Apache-2.0
package dev.detent.examples;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// Pretends to be a bank that knows a repeated request by its key, and does it once.
///
/// **Threads**: safe for any number of threads.
final class Bank {
  private final Map<String, String> done = new ConcurrentHashMap<>();
  private final Consumer<String> told;

  /// Opens a bank.
  ///
  /// @param told hears each thing that it does
  Bank(Consumer<String> told) {
    this.told = told;
  }

  /// Reserves money on an account.
  ///
  /// @return what names the reservation
  String authorise(String key, String account, long cents) {
    return once(key, "authorised " + cents + " cents of " + account, "auth-" + account);
  }

  /// Takes the money that is reserved.
  ///
  /// @return what names the payment
  String capture(String key, String authorisation) {
    return once(key, "captured " + authorisation, authorisation.replace("auth", "receipt"));
  }

  /// Gives the money back.
  void refund(String key, String receipt) {
    once(key, "refunded " + receipt, receipt);
  }

  /// Lets the reservation go.
  void release(String key, String authorisation) {
    once(key, "released " + authorisation, authorisation);
  }

  private String once(String key, String what, String name) {
    String before = done.putIfAbsent(key, name);
    if (before == null) {
      told.accept(what);
    }
    return name;
  }
}
