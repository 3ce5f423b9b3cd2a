// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.codec.Json;
import dev.detent.engine.Submission.Asker.Origin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class PassageTest implements Way {
  private static final long LATE = Duration.ofSeconds(3).toNanos();

  private final List<String> said = new ArrayList<>();
  private final Passage passage = new Passage(0, LATE - 1, this);

  @Test
  void keepsTheOrderOfEachAskerWhileThePartitionChangesHands() {
    long applied = 0;
    for (long seed = 0; seed < 3_000; seed++) {
      try {
        applied += new PassageModel(seed, 3).run(400);
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
    assertThat(applied).isGreaterThan(100_000);
  }

  @Test
  void refusesWhatHasWaitedForAnOwnerForTooLongButNotWhatIsAccepted() {
    Submission.Asked one = call("one", Origin.CLIENT);
    passage.enter(one);
    Submission.Asked end = asked(new Request.Await("i0-1-1", Duration.ofDays(1)), Origin.CLIENT);
    passage.enter(end);
    passage.due(one.asker().submittedNanos());
    assertThat(said).containsExactly("later", "later");
    passage.due(end.asker().submittedNanos() + LATE);
    assertThat(said).containsExactly("later", "later", "later", "refused one");
    passage.stopping();
    passage.due(end.asker().submittedNanos() + LATE);
    assertThat(said).endsWith("refused one", "refused the wish for an end");
  }

  @Test
  void refusesAHandlersRequestAtOnceIfThereIsNoOwner() {
    passage.enter(call("one", Origin.HANDLER));
    assertThat(said).containsExactly("refused one");
  }

  @Test
  void refusesWhatIsHeldAndWhatComesOnceItHasStopped() {
    passage.enter(call("one", Origin.CLIENT));
    passage.stop();
    passage.enter(call("two", Origin.CLIENT));
    assertThat(said).containsExactly("later", "refused one", "refused two");
  }

  @Test
  void letsAClientAskForMoreWhileItIsRefused() {
    passage.enter(
        Asking.of(
            new Request.Call(new Key("a", "b"), "one", Json.NULL, null, Precondition.NONE),
            Origin.HANDLER,
            _ -> passage.enter(call("two", Origin.CLIENT))));
    passage.own();
    assertThat(said).containsExactly("refused one", "later", "two");
  }

  @Test
  void goesOnWithoutAFormerOwnerThatHangsAndRefusesWhatItStillSendsBack() {
    Submission.Asked one = call("one", Origin.CLIENT);
    passage.learn("b");
    passage.enter(one);
    passage.learn("c");
    passage.enter(call("two", Origin.CLIENT));
    long start = System.nanoTime();
    passage.due(start);
    passage.due(start + LATE / 2);
    passage.due(start + LATE / 2);
    assertThat(said).filteredOn(line -> !line.equals("later")).endsWith("clear b", "two to c");
    passage.returned(one, null);
    assertThat(said).contains("refused one");
  }

  private static Submission.Asked call(String name, Origin origin) {
    var request = new Request.Call(new Key("a", "b"), name, Json.NULL, null, Precondition.NONE);
    return asked(request, origin);
  }

  private static Submission.Asked asked(Request request, Origin origin) {
    return Asking.of(request, origin, _ -> {});
  }

  private static String name(Submission.Asked asked) {
    return asked.request() instanceof Request.Call call ? call.command() : "the wish for an end";
  }

  @Override
  public void submit(Passage to, Submission.Asked asked) {
    said.add(name(asked));
  }

  @Override
  public void forward(Passage from, Submission.Asked asked, String owner) {
    said.add(name(asked) + " to " + owner);
  }

  @Override
  public void clearLane(Passage of, long round) {
    said.add("clear lane");
  }

  @Override
  public void clear(Passage of, String owner, long round) {
    said.add("clear " + owner);
  }

  @Override
  public void sendBack(Submission.Asked asked) {
    said.add("back " + name(asked));
  }

  @Override
  public void refuse(Submission.Asked asked, @Nullable Problem why) {
    said.add("refused " + name(asked));
    asked.asker().reply().accept(new Reply.Refused(Refusals.ownerless()));
  }

  @Override
  public void later(Passage of) {
    said.add("later");
  }
}
