// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

/// Breaks one promise on purpose, to show that the simulation would notice.
enum Mutant {
  /// Breaks nothing.
  NONE,
  /// Tells the lane that a batch is committed before it is tried.
  REPLY_BEFORE_COMMIT,
  /// Commits whatever the epoch, the sequence and the versions are.
  NO_FENCE,
  /// Says that a batch whose outcome is unknown is not committed.
  UNKNOWN_MEANS_NO,
  /// Says that a batch whose outcome is unknown is committed.
  UNKNOWN_MEANS_YES,
  /// Shows timers as due before their time.
  TIMERS_EARLY,
  /// Forgets some timers instead of writing them.
  TIMERS_LOST,
  /// Keeps timers that were ended.
  TIMERS_KEPT,
  /// Forgets some idempotency keys.
  TOKENS_LOST,
  /// Shows the fence as the lane expects it, whoever wrote meanwhile.
  BLIND_READS,
  /// Loses some answers.
  ANSWERS_LOST,
  /// Gives some answers twice.
  ANSWERS_TWICE,
  /// Starts a second attempt beside the first.
  STARTS_TWICE,
  /// Does not tell some attempts what they wait for.
  NEWS_LOST,
  /// Lets attempts go on that were stopped.
  STOPS_IGNORED,
  /// Shows attempts a journal without some of its entries.
  JOURNAL_FORGOTTEN,
  /// Keeps the journals of what has ended.
  JOURNALS_KEPT,
  /// Loses the answers to some calls and sends.
  CALLS_UNANSWERED,
  /// Does not show some sends that are not delivered yet to who takes a partition over.
  OUTBOX_LOST,
  /// Shows lines in the wrong order to who takes a partition over.
  LINES_TURNED,
  /// Does not know what was delivered before.
  DELIVERIES_FORGOTTEN,
  /// Shows sleeps as over before their time.
  SLEEPS_EARLY,
  /// Lets handlers move that failed.
  FAILURES_MOVE,
  /// Does not tell handlers that they are cancelled.
  CANCELS_LOST,
  /// Writes rows of the user's whatever they hold.
  GUARDS_LOST,
  /// Has lanes believe what they remember of rows of the user's.
  ROWS_BELIEVED,
  /// Leaves the epoch as it is when a partition changes hands.
  EPOCHS_KEPT
}
