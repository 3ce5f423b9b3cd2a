// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import dev.detent.event.Place;
import dev.detent.event.Timeline;
import dev.detent.event.TimelineReader;
import dev.detent.store.EventRow;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// Serves the events of each machine as a stream, `detent:events:MACHINE`, for reading without
/// loss.
///
/// An entry's id is its [place][Place] in the lasting order of events: the time and, as its second
/// number, its partition and offset. So it is the same in every process, and reading on after it
/// misses nothing, whatever is committed late.
///
/// **Limits**: an answer has at most 10,000 entries of about 8 MiB; go on after its last.
final class StreamCommands {
  private static final String GROUP = "stream";
  private static final String PREFIX = "detent:events:";
  private static final int ENTRIES_MAX = 10_000;
  private static final int CHARS_MAX = 8 << 20;
  private static final int PAGE = 100;
  private static final Answer INVALID =
      Answer.error("Invalid stream ID specified as stream command argument");
  private static final Answer FOR_GROUPS =
      Answer.error(
          "The > ID can be specified only when calling XREADGROUP using the GROUP <group>"
              + " <consumer> option.");
  private static final Answer UNBALANCED =
      Answer.error(
          "Unbalanced XREAD list of streams: for each stream key an ID or '$' must be specified.");

  private StreamCommands() {}

  static List<Command> all() {
    return List.of(
        Command.of("xrange", -4, "readonly", Command.Keys.ONE, StreamCommands::range)
            .docs(
                GROUP, "Returns events of a machine by their ids.", "key start end [COUNT=count]"),
        Command.of("xread", -4, "readonly blocking movablekeys", StreamCommands::read)
            .docs(
                GROUP,
                "Returns the events after ids, and waits for some.",
                "[COUNT=count] [BLOCK=milliseconds] STREAMS key... id..."));
  }

  private static Step range(Call call) {
    String machine = machine(call.text(1));
    Place from = bound(call.text(2), 0);
    Place to = bound(call.text(3), Long.MAX_VALUE);
    boolean after = call.text(2).startsWith("(");
    boolean before = call.text(3).startsWith("(");
    long count = ENTRIES_MAX;
    for (int i = 4; i < call.count(); i += 2) {
      if (!call.is(i, "COUNT") || i + 1 == call.count()) {
        throw Refusal.syntax();
      }
      count = Math.min(ENTRIES_MAX, call.whole(i + 1));
    }
    if (after && from.equals(Place.LAST)) {
      throw new Refusal(Answer.error("invalid start ID for the interval"));
    } else if (before && to.equals(Place.FIRST)) {
      throw new Refusal(Answer.error("invalid end ID for the interval"));
    }
    int wanted = (int) Math.max(0, count);
    Shared shared = call.shared();
    return new Step.Work(() -> {
      var entries = new Entries(shared, machine, after ? from : from.before());
      entries.read(wanted, place -> place.compareTo(to) < (before ? 0 : 1));
      return new Answer.Items(entries.found());
    });
  }

  private static Place bound(String text, long otherwise) {
    String id = text.startsWith("(") ? text.substring(1) : text;
    if (text.equals("-")) {
      return Place.FIRST;
    } else if (text.equals("+")) {
      return Place.LAST;
    }
    return parsed(id, otherwise);
  }

  private static Place parsed(String text, long otherwise) {
    Place id = Place.parse(text, otherwise);
    if (id == null) {
      throw new Refusal(INVALID);
    }
    return id;
  }

  /// Returns the machine whose events a stream has, or an empty text if there is no such stream.
  private static String machine(String stream) {
    return stream.startsWith(PREFIX) ? stream.substring(PREFIX.length()) : "";
  }

  /// Says what to read.
  private record Wanted(List<String> streams, List<String> ids, int count, long blockMs) {}

  private static Step read(Call call) {
    Wanted wanted = wanted(call);
    for (String id : wanted.ids()) {
      if (id.equals(">")) {
        throw new Refusal(FOR_GROUPS);
      } else if (!id.equals("$")) {
        var _ = parsed(id, 0);
      }
    }
    boolean modern = call.session().protocol() == 3;
    Shared shared = call.shared();
    if (wanted.blockMs() < 0 || call.session().transaction().open()) {
      return new Step.Work(() -> {
        List<Answer> found = found(sources(shared, wanted), wanted, modern);
        return shown(found, modern);
      });
    }
    return new Step.Later(taker -> {
      Thread reader =
          Thread.ofVirtual()
              .name("detent-redis-stream")
              .start(() -> follow(shared, wanted, modern, taker));
      return reader::interrupt;
    });
  }

  private static Wanted wanted(Call call) {
    long count = ENTRIES_MAX;
    long blockMs = -1;
    int i = 1;
    while (i < call.count() && !call.is(i, "STREAMS")) {
      if (call.is(i, "COUNT") && i + 1 < call.count()) {
        count = call.whole(i + 1);
      } else if (call.is(i, "BLOCK") && i + 1 < call.count()) {
        blockMs = call.whole(i + 1, Answer.error("timeout is not an integer or out of range"));
        if (blockMs < 0) {
          throw new Refusal(Answer.error("timeout is negative"));
        }
      } else {
        throw forGroups(call, i);
      }
      i += 2;
    }
    int rest = call.count() - i - 1;
    if (rest < 2) {
      throw Refusal.syntax();
    } else if (rest % 2 != 0) {
      throw new Refusal(UNBALANCED);
    }
    var names = new ArrayList<String>();
    for (int k = i + 1; k < call.count(); k++) {
      names.add(call.text(k));
    }
    long most = count <= 0 ? ENTRIES_MAX : Math.min(count, ENTRIES_MAX);
    return new Wanted(
        names.subList(0, rest / 2), names.subList(rest / 2, rest), (int) most, blockMs);
  }

  private static Refusal forGroups(Call call, int index) {
    for (String option : List.of("GROUP", "NOACK")) {
      if (call.is(index, option)) {
        String only = " option is only supported by XREADGROUP. You called XREAD instead.";
        return new Refusal(Answer.error("The " + option + only));
      }
    }
    return Refusal.syntax();
  }

  private static List<Entries> sources(Shared shared, Wanted wanted) {
    Timeline timeline = shared.engine().events().timeline();
    var sources = new ArrayList<Entries>();
    for (int i = 0; i < wanted.streams().size(); i++) {
      Place id = Place.parse(wanted.ids().get(i), 0);
      Place after = id == null ? timeline.end() : id;
      sources.add(new Entries(shared, machine(wanted.streams().get(i)), after));
    }
    return sources;
  }

  private static List<Answer> found(List<Entries> sources, Wanted wanted, boolean modern) {
    var found = new ArrayList<Answer>();
    for (int i = 0; i < sources.size(); i++) {
      Entries entries = sources.get(i);
      entries.read(wanted.count(), place -> true);
      if (!entries.found().isEmpty()) {
        Answer name = Answer.text(wanted.streams().get(i));
        Answer list = new Answer.Items(entries.found());
        found.addAll(modern ? List.of(name, list) : List.of(Answer.items(name, list)));
      }
    }
    return found;
  }

  private static Answer shown(List<Answer> found, boolean modern) {
    if (found.isEmpty()) {
      return Answer.NIL_ITEMS;
    }
    return modern ? new Answer.Fields(found) : new Answer.Items(found);
  }

  private static void follow(Shared shared, Wanted wanted, boolean modern, Consumer<Answer> taker) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(wanted.blockMs());
    try {
      List<Entries> sources = sources(shared, wanted);
      List<Answer> found = found(sources, wanted, modern);
      long leftMs = wanted.blockMs() == 0 ? Entries.LOOK_MS : wanted.blockMs();
      while (found.isEmpty() && leftMs > 0) {
        sources.getFirst().await(Math.min(leftMs, Entries.LOOK_MS));
        found = found(sources, wanted, modern);
        if (wanted.blockMs() > 0) {
          leftMs = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        }
      }
      taker.accept(shown(found, modern));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      taker.accept(Answer.NIL_ITEMS);
    } catch (RuntimeException e) {
      taker.accept(Refusal.of(e));
    }
  }

  /// Reads events of one machine as entries.
  private static final class Entries {
    /// How long to wait at most before looking again whether somebody else wrote.
    static final long LOOK_MS = 1_000;

    private final boolean known;
    private final TimelineReader reader;
    private final List<Answer> found = new ArrayList<>();
    private int chars;

    Entries(Shared shared, String machine, Place after) {
      this.known = shared.engine().machines().containsKey(machine);
      this.reader = shared.engine().events().timeline().after(machine, after);
    }

    List<Answer> found() {
      return found;
    }

    void await(long ms) throws InterruptedException {
      var _ = reader.await(ms);
    }

    /// Reads on, until there are enough, or none is left, or one is beyond the end.
    void read(int count, Predicate<Place> within) {
      boolean more = known;
      while (more && found.size() < count && chars < CHARS_MAX) {
        List<TimelineReader.Entry> page = reader.next(Math.min(PAGE, count - found.size()));
        more = !page.isEmpty();
        for (int i = 0; i < page.size() && more; i++) {
          more = within.test(page.get(i).place());
          if (more) {
            take(page.get(i));
          }
        }
      }
    }

    private void take(TimelineReader.Entry entry) {
      chars += 200 + entry.event().input().length();
      found.add(Answer.items(Answer.text(entry.place().toString()), fields(entry.event())));
    }

    private static Answer fields(EventRow event) {
      var fields = new ArrayList<String>();
      fields.addAll(List.of("id", event.offset().toString()));
      fields.addAll(List.of("machine", event.key().machine()));
      fields.addAll(List.of("key", event.key().key()));
      fields.addAll(List.of("version", Long.toString(event.version())));
      String command = event.command();
      String from = event.from();
      fields.addAll(command == null ? List.of() : List.of("command", command));
      fields.addAll(from == null ? List.of() : List.of("from", from));
      fields.addAll(List.of("to", event.to()));
      fields.addAll(List.of("input", event.input()));
      fields.addAll(List.of("at", java.time.Instant.ofEpochMilli(event.at()).toString()));
      fields.addAll(List.of("cause", event.cause()));
      fields.addAll(event.forced() ? List.of("forced", "true") : List.of());
      return Answer.texts(fields);
    }
  }
}
