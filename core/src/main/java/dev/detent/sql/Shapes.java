// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.Key;
import dev.detent.store.EventRow;
import dev.detent.store.Fence;
import dev.detent.store.InstanceWrite;
import dev.detent.store.InvocationRow;
import dev.detent.store.TimerDrop;
import dev.detent.store.TimerRow;
import dev.detent.store.Token;
import java.util.Locale;

/// Holds the shapes of all rows that are written or looked up: the order of columns in the SQL.
final class Shapes {
  /// An instance that is stored for the first time.
  static final Shape<InstanceWrite> INSTANCE_INSERT =
      Shape.<InstanceWrite>empty()
          .text(w -> w.row().key().machine())
          .text(w -> w.row().key().key())
          .number(w -> w.row().partition())
          .text(w -> w.row().state())
          .text(w -> w.row().data())
          .number(w -> w.row().version())
          .text(w -> w.row().definition())
          .number(w -> w.row().createdAt())
          .number(w -> w.row().updatedAt())
          .number(w -> w.row().enteredAt())
          .number(w -> w.row().timers())
          .text(w -> w.row().invocation());

  /// An instance that is stored already, with the version that is expected there.
  static final Shape<InstanceWrite> INSTANCE_UPDATE =
      INSTANCE_INSERT.number(InstanceWrite::expected);

  /// What a partition is expected to be, how far it moves, and for which batch.
  static final Shape<Move> FENCE =
      Shape.<Move>empty()
          .number(m -> m.fence().partition())
          .number(m -> m.fence().epoch())
          .number(m -> m.fence().seq())
          .number(m -> m.fence().lastOffset())
          .number(m -> m.fence().events())
          .text(Move::batch);

  /// An event.
  static final Shape<EventRow> EVENT =
      Shape.<EventRow>empty()
          .number(e -> e.offset().partition())
          .number(e -> e.offset().offset())
          .text(e -> e.key().machine())
          .text(e -> e.key().key())
          .number(EventRow::version)
          .text(EventRow::command)
          .text(EventRow::from)
          .text(EventRow::to)
          .text(EventRow::input)
          .number(EventRow::at)
          .text(EventRow::cause)
          .flag(EventRow::forced);

  /// A timer.
  static final Shape<TimerRow> TIMER =
      Shape.<TimerRow>empty()
          .text(t -> t.key().machine())
          .text(t -> t.key().key())
          .number(TimerRow::version)
          .text(TimerRow::name)
          .number(TimerRow::partition)
          .number(TimerRow::dueAt)
          .text(TimerRow::invocation);

  /// Which timers end.
  static final Shape<TimerDrop> TIMER_DROP =
      Shape.<TimerDrop>empty()
          .text(t -> t.key().machine())
          .text(t -> t.key().key())
          .number(TimerDrop::version)
          .text(TimerDrop::name);

  /// Which invocation is to hold a token.
  static final Shape<InvocationRow> INVOCATION_CLEAR =
      Shape.<InvocationRow>empty()
          .text(i -> i.key().machine())
          .text(i -> i.key().key())
          .text(InvocationRow::token)
          .text(InvocationRow::id);

  /// An invocation.
  static final Shape<InvocationRow> INVOCATION =
      Shape.<InvocationRow>empty()
          .text(InvocationRow::id)
          .text(i -> i.key().machine())
          .text(i -> i.key().key())
          .number(InvocationRow::partition)
          .text(InvocationRow::command)
          .text(InvocationRow::input)
          .text(InvocationRow::token)
          .text(InvocationRow::fingerprint)
          .text(i -> i.status().name().toLowerCase(Locale.ROOT))
          .text(InvocationRow::kind)
          .number(InvocationRow::createdAt)
          .number(InvocationRow::dueAt)
          .optionalNumber(InvocationRow::endedAt)
          .optionalNumber(InvocationRow::expiresAt)
          .text(InvocationRow::output)
          .text(InvocationRow::problem)
          .text(InvocationRow::state)
          .number(InvocationRow::version);

  /// The name of an instance.
  static final Shape<Key> KEY = Shape.<Key>empty().text(Key::machine).text(Key::key);

  /// An idempotency key.
  static final Shape<Token> TOKEN =
      Shape.<Token>empty().text(t -> t.key().machine()).text(t -> t.key().key()).text(Token::token);

  private Shapes() {}

  /// Moves a fence on behalf of a batch.
  ///
  /// @param fence the fence
  /// @param batch the batch's id
  record Move(Fence fence, String batch) {}
}
