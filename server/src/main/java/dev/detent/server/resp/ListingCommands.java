// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.codec.Json;
import dev.detent.engine.Instance;
import dev.detent.engine.Reply;
import dev.detent.engine.Together;
import dev.detent.machine.DocumentMachine;
import dev.detent.store.InstanceRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Serves what looks at all keys of the door's own machine: it reads the store.
final class ListingCommands {
  private static final String GROUP = "generic";
  private static final int PAGE = 100;
  private static final int TOGETHER_MAX = 10_000;
  private static final int SCAN_COUNT = 10;
  private static final int SCAN_COUNT_MAX = 10_000;

  private ListingCommands() {}

  static List<Command> all() {
    return List.of(
        Command.of("keys", 2, "readonly", ListingCommands::keys)
            .docs(GROUP, "Returns all keys that a pattern matches.", "pattern"),
        Command.of("scan", -2, "readonly", ListingCommands::scan)
            .docs(
                GROUP,
                "Returns keys bit by bit.",
                "cursor [MATCH=pattern] [COUNT=count] [TYPE=type]"),
        Command.of("dbsize", 1, "readonly fast", ListingCommands::size)
            .docs("server", "Returns how many keys there are.", ""),
        Command.of("randomkey", 1, "readonly", ListingCommands::random)
            .docs(GROUP, "Returns a key at random.", ""),
        Command.of("flushdb", -1, "write", ListingCommands::flush)
            .docs("server", "Deletes all keys; each deletion is an event.", "[ASYNC] [SYNC]"),
        Command.of("flushall", -1, "write", ListingCommands::flush)
            .docs("server", "Deletes all keys; each deletion is an event.", "[ASYNC] [SYNC]"));
  }

  private static List<InstanceRow> page(Shared shared, @Nullable String after, int limit) {
    return shared.engine().instances().list(DocumentMachine.NAME, null, after, limit);
  }

  private static void each(Shared shared, Consumer<List<InstanceRow>> pages) {
    String after = null;
    List<InstanceRow> page;
    do {
      page = page(shared, after, PAGE);
      pages.accept(page);
      after = page.isEmpty() ? null : page.getLast().key().key();
    } while (page.size() == PAGE);
  }

  private static Step keys(Call call) {
    String pattern = call.text(1);
    Shared shared = call.shared();
    return new Step.Work(() -> {
      var found = new ArrayList<String>();
      each(
          shared,
          page ->
              page.stream()
                  .map(row -> row.key().key())
                  .filter(key -> Glob.matches(pattern, key))
                  .forEach(found::add));
      return Answer.texts(found);
    });
  }

  /// Says which keys a scan wants.
  private record Wanted(@Nullable String pattern, int count, @Nullable String type) {
    boolean has(InstanceRow row) {
      return (pattern == null || Glob.matches(pattern, row.key().key()))
          && (type == null || Keys.type(Instance.of(row)).equalsIgnoreCase(type));
    }
  }

  private static Step scan(Call call) {
    long cursor = cursor(call);
    String pattern = null;
    String type = null;
    long count = SCAN_COUNT;
    for (int i = 2; i < call.count(); i += 2) {
      boolean more = i + 1 < call.count();
      if (call.is(i, "MATCH") && more) {
        pattern = call.text(i + 1);
      } else if (call.is(i, "COUNT") && more) {
        count = call.whole(i + 1);
      } else if (call.is(i, "TYPE") && more) {
        type = call.text(i + 1);
      } else {
        throw Refusal.syntax();
      }
    }
    if (count < 1) {
      throw Refusal.syntax();
    }
    var wanted = new Wanted(pattern, (int) Math.min(count, SCAN_COUNT_MAX), type);
    return new Step.Work(() -> scanned(call.shared(), cursor, wanted));
  }

  /// Returns the cursor that was given. As in Redis, it has 64 bits, with or without a sign.
  private static long cursor(Call call) {
    String text = call.text(1);
    boolean good = text.matches("-?[0-9]{1,20}");
    try {
      if (good) {
        return text.startsWith("-") ? Long.parseLong(text) : Long.parseUnsignedLong(text);
      }
    } catch (NumberFormatException e) {
      good = false;
    }
    throw new Refusal(Answer.error("invalid cursor"));
  }

  private static Answer scanned(Shared shared, long cursor, Wanted wanted) {
    String after = shared.scans().find(cursor);
    var keys = new ArrayList<String>();
    int left = wanted.count();
    boolean more = true;
    while (more && left > 0) {
      int limit = Math.min(left, PAGE);
      List<InstanceRow> page = page(shared, after, limit);
      page.stream().filter(wanted::has).forEach(row -> keys.add(row.key().key()));
      after = page.isEmpty() ? after : page.getLast().key().key();
      more = page.size() == limit;
      left -= limit;
    }
    boolean ended = !more || after == null || page(shared, after, 1).isEmpty();
    long next = ended ? 0 : shared.scans().after(String.valueOf(after));
    return Answer.items(Answer.text(Long.toString(next)), Answer.texts(keys));
  }

  private static Step size(Call call) {
    return new Step.Work(() -> new Answer.Whole(size(call.shared())));
  }

  /// Returns how many keys there are.
  static long size(Shared shared) {
    return shared.engine().instances().counts(DocumentMachine.NAME).values().stream()
        .mapToLong(Long::longValue)
        .sum();
  }

  private static Step random(Call call) {
    return new Step.Work(() -> {
      var dice = ThreadLocalRandom.current();
      List<InstanceRow> first = page(call.shared(), null, PAGE);
      if (first.isEmpty()) {
        return Answer.NIL;
      }
      List<InstanceRow> some = first;
      if (first.size() == PAGE) {
        String somewhere = Character.toString(dice.nextInt('!', 'z'));
        List<InstanceRow> others = page(call.shared(), somewhere, PAGE);
        some = others.isEmpty() || dice.nextInt(4) == 0 ? first : others;
      }
      return Answer.text(some.get(dice.nextInt(some.size())).key().key());
    });
  }

  private static Step flush(Call call) {
    boolean known = call.count() == 1 || call.is(1, "ASYNC") || call.is(1, "SYNC");
    if (!known || call.count() > 2) {
      throw Refusal.syntax();
    }
    return call.session().transaction().open()
        ? new Step.Inside(Set.of(), true, ListingCommands::flushed)
        : new Step.Work(() -> flushed(call.shared()));
  }

  /// Deletes all keys as part of a transaction, or undoes it where they are too many for one.
  private static Answer flushed(Together together) {
    int count = 0;
    String after = null;
    List<Instance> page;
    do {
      page = together.list(DocumentMachine.NAME, after, PAGE);
      for (Instance one : page) {
        requireDeleted(together.ask(Keys.call(one.key(), "delete", Json.NULL)));
      }
      count += page.size();
      if (count > TOGETHER_MAX) {
        String found = "transaction: expected at most 10000 keys to delete, got more";
        throw Problem.of(ErrorCode.BAD_REQUEST, found + "; flush outside of it").exception();
      }
      after = page.isEmpty() ? null : page.getLast().key().key();
    } while (after != null);
    return Answer.OK;
  }

  private static void requireDeleted(Reply reply) {
    if (reply instanceof Reply.Refused(Problem problem, _, _)) {
      throw problem.exception();
    }
  }

  private static Answer flushed(Shared shared) {
    var failures = new ArrayList<Answer>();
    each(
        shared,
        page -> {
          var replies = new ArrayList<CompletableFuture<Reply>>();
          page.forEach(row -> replies.add(delete(shared, row.key())));
          for (CompletableFuture<Reply> pending : replies) {
            Reply reply = Keys.await(pending);
            Answer answer =
                reply instanceof Reply.Done ? Answer.OK : Keys.otherwise(reply, Answer.OK);
            if (answer instanceof Answer.Failure) {
              failures.add(answer);
            }
          }
        });
    return failures.isEmpty() ? Answer.OK : failures.getFirst();
  }

  private static CompletableFuture<Reply> delete(Shared shared, Key key) {
    var reply = new CompletableFuture<Reply>();
    shared.engine().submit(Keys.call(key, "delete", Json.NULL), reply::complete);
    return reply;
  }
}
