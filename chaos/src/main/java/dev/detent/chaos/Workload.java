// SPDX-License-Identifier: Apache-2.0
package dev.detent.chaos;

/// Is one kind of work that clients do in one round, with the check of what became of it.
///
/// In a round, [#work] runs on the threads of several clients while faults strike. When all servers
/// are well again, [#settle] ends what was left open, and [#check] compares what clients were told
/// with what the servers kept. A new one is made for each round, with keys of its own.
///
/// **Threads**: [#work] is called by many at a time; the others by one.
interface Workload {
  /// Returns a machine that the servers must know, as JSON, or an empty text if they do.
  String definition();

  /// Returns how much was done so far, so that faults can wait for progress.
  long done();

  /// Works until all stop.
  void work(Caller caller, Stop stop) throws InterruptedException;

  /// Asks again what has no answer yet, and waits until nothing is under way.
  ///
  /// @param stop ends it when it has taken too long
  void settle(Caller caller, Stop stop) throws InterruptedException;

  /// Checks everything.
  ///
  /// @param stop ends it when it has taken too long
  void check(Caller caller, Stop stop) throws InterruptedException;

  /// Compares what [#check] found with the feed of all events, which has been read to its end.
  void compare(Follower feed);

  /// Returns what was done, for people: a few words.
  String summary();
}
