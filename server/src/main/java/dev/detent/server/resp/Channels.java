// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import dev.detent.event.Cursor;
import dev.detent.event.EventLog;
import dev.detent.store.EventRow;
import dev.detent.store.StoreException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Publishes events to who subscribed to the channel of their machine, `detent:MACHINE`, as they
/// are committed.
///
/// One thread reads the log for all. It reads on only after every event loop has taken the last
/// page, so nothing piles up here; who does not take what is sent is cut off by its connection.
///
/// **Threads**: safe for any number of threads.
final class Channels {
  /// Begins the name of every channel.
  static final String PREFIX = "detent:";

  private static final System.Logger LOG = System.getLogger(Channels.class.getName());
  private static final int PAGE = 100;
  private static final long LOOK_MS = 1_000;
  private static final long TAKE_S_MAX = 10;

  private final EventLog log;
  private final Map<String, Map<Session, Cursor>> channels = new ConcurrentHashMap<>();
  private final Map<String, Map<Session, Cursor>> patterns = new ConcurrentHashMap<>();
  private @Nullable Thread reader;
  private boolean closed;

  Channels(EventLog log) {
    this.log = log;
  }

  /// Returns where the log ends: what comes after is news to who subscribes now. Blocks.
  Cursor end() {
    return log.end();
  }

  /// Adds a subscriber.
  ///
  /// @param since where the log ended when it asked
  void join(Session session, String name, boolean pattern, Cursor since) {
    Map<String, Map<Session, Cursor>> all = pattern ? patterns : channels;
    all.compute(
        name,
        (_, there) -> {
          Map<Session, Cursor> subscribers = there == null ? new ConcurrentHashMap<>() : there;
          subscribers.putIfAbsent(session, since);
          return subscribers;
        });
    start(since);
  }

  /// Removes a subscriber.
  void leave(Session session, String name, boolean pattern) {
    (pattern ? patterns : channels)
        .computeIfPresent(
            name,
            (_, there) -> {
              there.remove(session);
              return there.isEmpty() ? null : there;
            });
  }

  private synchronized void start(Cursor from) {
    if (reader == null && !closed) {
      reader = Thread.ofVirtual().name("detent-redis-channels").start(() -> run(from));
    }
  }

  private synchronized boolean isIdle() {
    boolean idle = closed || (channels.isEmpty() && patterns.isEmpty());
    if (idle) {
      reader = null;
    }
    return idle;
  }

  /// Stops publishing.
  synchronized void close() {
    closed = true;
    Thread running = reader;
    if (running != null) {
      running.interrupt();
    }
  }

  private void run(Cursor from) {
    Cursor cursor = from;
    try {
      while (!isIdle()) {
        cursor = next(cursor);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Cursor next(Cursor cursor) throws InterruptedException {
    try {
      if (!log.await(cursor, LOOK_MS)) {
        return cursor;
      }
      EventLog.Page page = log.read(null, cursor, PAGE);
      publish(page.events());
      return page.next();
    } catch (StoreException e) {
      LOG.log(System.Logger.Level.WARNING, "events can't be read now, trying again", e);
      TimeUnit.MILLISECONDS.sleep(LOOK_MS);
      return cursor;
    }
  }

  /// Holds what one client is told.
  private record Message(Session session, Answer answer) {}

  private void publish(List<EventRow> events) throws InterruptedException {
    var byLoop = new HashMap<Loop, List<Message>>();
    for (EventRow event : events) {
      String channel = PREFIX + event.key().machine();
      Answer payload = null;
      Map<Session, Cursor> direct = channels.getOrDefault(channel, Map.of());
      for (Map.Entry<Session, Cursor> entry : direct.entrySet()) {
        if (isNews(event, entry.getValue())) {
          payload = payload == null ? Answer.text(EngineCommands.event(event)) : payload;
          add(
              byLoop,
              entry.getKey(),
              List.of(Answer.text("message"), Answer.text(channel), payload));
        }
      }
      for (Map.Entry<String, Map<Session, Cursor>> pattern : patterns.entrySet()) {
        if (!Glob.matches(pattern.getKey(), channel)) {
          continue;
        }
        payload = payload == null ? Answer.text(EngineCommands.event(event)) : payload;
        matched(event, pattern, payload, byLoop);
      }
    }
    hand(byLoop);
  }

  private static void matched(
      EventRow event,
      Map.Entry<String, Map<Session, Cursor>> pattern,
      Answer payload,
      Map<Loop, List<Message>> byLoop) {
    for (Map.Entry<Session, Cursor> entry : pattern.getValue().entrySet()) {
      if (isNews(event, entry.getValue())) {
        Answer channel = Answer.text(PREFIX + event.key().machine());
        Answer name = Answer.text(pattern.getKey());
        add(byLoop, entry.getKey(), List.of(Answer.text("pmessage"), name, channel, payload));
      }
    }
  }

  private static boolean isNews(EventRow event, Cursor since) {
    return event.offset().offset() > since.offset(event.offset().partition());
  }

  private static void add(Map<Loop, List<Message>> byLoop, Session session, List<Answer> message) {
    byLoop
        .computeIfAbsent(session.connection().loop(), _ -> new ArrayList<>())
        .add(new Message(session, new Answer.Pushed(message)));
  }

  private static void hand(Map<Loop, List<Message>> byLoop) throws InterruptedException {
    var taken = new CountDownLatch(byLoop.size());
    byLoop.forEach((loop, messages) -> {
      boolean lives =
          loop.run(() -> {
            messages.forEach(one -> one.session().connection().push(one.answer()));
            taken.countDown();
          });
      if (!lives) {
        taken.countDown();
      }
    });
    var _ = taken.await(TAKE_S_MAX, TimeUnit.SECONDS);
  }
}
