// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.Key;
import dev.detent.store.EventRow;
import dev.detent.store.Fence;
import dev.detent.store.InstanceRow;
import dev.detent.store.InstanceWrite;
import dev.detent.store.InvocationRow;
import dev.detent.store.InvocationRow.End;
import dev.detent.store.InvocationRow.Parent;
import dev.detent.store.PartitionRow;
import dev.detent.store.StepDrop;
import dev.detent.store.StepRow;
import dev.detent.store.StepRow.Outgoing;
import dev.detent.store.TimerDrop;
import dev.detent.store.TimerRow;
import dev.detent.store.Token;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Holds the shapes of all rows that are written or looked up: the order of columns in the SQL.
final class Shapes {
  /// An instance that is stored for the first time.
  static final Shape<Placed> INSTANCE_INSERT =
      Shape.<Placed>empty()
          .text(p -> p.row().key().machine())
          .text(p -> p.row().key().key())
          .number(p -> p.row().partition())
          .text(p -> p.row().state())
          .text(p -> p.row().data())
          .number(p -> p.row().version())
          .text(p -> p.row().definition())
          .number(p -> p.row().createdAt())
          .number(p -> p.row().updatedAt())
          .number(p -> p.row().enteredAt())
          .number(p -> p.row().timers())
          .text(p -> p.row().invocation())
          .optionalNumber(Placed::lastOffset);

  /// An instance that is stored already, with the version that is expected there.
  static final Shape<Placed> INSTANCE_UPDATE =
      Shape.<Placed>empty()
          .text(p -> p.row().key().machine())
          .text(p -> p.row().key().key())
          .text(p -> p.row().state())
          .text(p -> p.row().data())
          .number(p -> p.row().version())
          .text(p -> p.row().definition())
          .number(p -> p.row().updatedAt())
          .number(p -> p.row().enteredAt())
          .number(p -> p.row().timers())
          .text(p -> p.row().invocation())
          .optionalNumber(Placed::lastOffset)
          .number(p -> p.write().expected());

  /// What a partition is expected to be, how far it moves, and for which batch.
  static final Shape<Move> FENCE =
      Shape.<Move>empty()
          .number(m -> m.fence().partition())
          .number(m -> m.fence().epoch())
          .number(m -> m.fence().seq())
          .number(m -> m.fence().lastOffset())
          .number(m -> m.fence().events())
          .text(Move::batch)
          .optionalNumber(Move::at);

  /// An event.
  static final Shape<Chained> EVENT =
      Shape.<Chained>empty()
          .number(e -> e.row().offset().partition())
          .number(e -> e.row().offset().offset())
          .text(e -> e.row().key().machine())
          .text(e -> e.row().key().key())
          .number(e -> e.row().version())
          .text(e -> e.row().command())
          .text(e -> e.row().from())
          .text(e -> e.row().to())
          .text(e -> e.row().input())
          .number(e -> e.row().at())
          .text(e -> e.row().cause())
          .flag(e -> e.row().forced())
          .text(e -> e.row().metadata())
          .optionalNumber(Chained::previous);

  /// An event that leads into the chain of its instance's events.
  static final Shape<EventRow> MILESTONE =
      Shape.<EventRow>empty()
          .text(e -> e.key().machine())
          .text(e -> e.key().key())
          .number(EventRow::version)
          .number(e -> e.offset().offset());

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
          .text(InvocationRow::precondition)
          .text(i -> i.status().name().toLowerCase(Locale.ROOT))
          .text(InvocationRow::kind)
          .number(InvocationRow::ordinal)
          .number(InvocationRow::createdAt)
          .number(InvocationRow::dueAt)
          .text(of(InvocationRow::parent, Parent::invocation))
          .optionalNumber(of(InvocationRow::parent, parent -> (long) parent.life()))
          .text(of(InvocationRow::parent, Parent::position))
          .text(of(InvocationRow::parent, Parent::chain))
          .number(i -> i.run().life())
          .number(i -> i.run().attempt())
          .number(i -> i.run().startedAt())
          .number(i -> i.run().retryAt())
          .flag(i -> i.run().cancelled())
          .text(i -> i.run().problem())
          .optionalNumber(of(InvocationRow::end, End::at))
          .optionalNumber(of(InvocationRow::end, End::expiresAt))
          .text(of(InvocationRow::end, End::output))
          .text(of(InvocationRow::end, End::problem))
          .text(of(InvocationRow::end, End::state))
          .number(i -> i.end() == null ? 0 : i.end().version());

  /// An entry of a journal.
  static final Shape<StepRow> STEP =
      Shape.<StepRow>empty()
          .text(StepRow::invocation)
          .number(StepRow::life)
          .text(StepRow::position)
          .number(StepRow::partition)
          .text(s -> s.kind().name().toLowerCase(Locale.ROOT))
          .text(StepRow::name)
          .text(s -> s.status().name().toLowerCase(Locale.ROOT))
          .text(of(StepRow::outgoing, Outgoing::child))
          .text(of(StepRow::outgoing, outgoing -> outgoing.key().machine()))
          .text(of(StepRow::outgoing, outgoing -> outgoing.key().key()))
          .text(of(StepRow::outgoing, Outgoing::command))
          .text(of(StepRow::outgoing, Outgoing::input))
          .text(of(StepRow::outgoing, Outgoing::chain))
          .text(StepRow::value)
          .text(StepRow::problem)
          .number(StepRow::at)
          .optionalNumber(StepRow::dueAt);

  /// Which journal ends.
  static final Shape<StepDrop> JOURNAL_DROP = Shape.<StepDrop>empty().text(StepDrop::invocation);

  /// Which entry of a journal goes.
  static final Shape<StepDrop> STEP_DROP =
      Shape.<StepDrop>empty()
          .text(StepDrop::invocation)
          .number(StepDrop::life)
          .text(StepDrop::position);

  /// Which partition is given up.
  static final Shape<PartitionRow> RELEASE =
      Shape.<PartitionRow>empty().number(PartitionRow::partition).number(PartitionRow::epoch);

  /// A partition.
  static final Shape<Integer> PARTITION = Shape.<Integer>empty().number(Integer::longValue);

  /// The name of an instance.
  static final Shape<Key> KEY = Shape.<Key>empty().text(Key::machine).text(Key::key);

  /// An idempotency key.
  static final Shape<Token> TOKEN =
      Shape.<Token>empty().text(t -> t.key().machine()).text(t -> t.key().key()).text(Token::token);

  private Shapes() {}

  /// Takes something out of a part of a row that may be missing.
  private static <R, P, T> Function<R, @Nullable T> of(
      Function<R, @Nullable P> part, Function<P, @Nullable T> value) {
    return row -> {
      P found = part.apply(row);
      return found == null ? null : value.apply(found);
    };
  }

  /// Holds an instance and where its last event stands.
  ///
  /// @param write the instance
  /// @param lastOffset the place of its last event in this batch, or null if it has none there
  record Placed(InstanceWrite write, @Nullable Long lastOffset) {
    InstanceRow row() {
      return write.row();
    }
  }

  /// Holds an event and where its instance's event before it stands.
  ///
  /// @param row the event
  /// @param previous that place, 0 if there is none, or null if only the stored instance knows
  record Chained(EventRow row, @Nullable Long previous) {}

  /// Moves a fence on behalf of a batch.
  ///
  /// @param fence the fence
  /// @param batch the batch's id
  /// @param at when the batch's last event there is, or null if it has none
  record Move(Fence fence, String batch, @Nullable Long at) {}
}
