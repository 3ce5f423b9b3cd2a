// SPDX-License-Identifier: Apache-2.0
package dev.detent.event;

import dev.detent.store.EventRow;
import dev.detent.store.Stretch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Reads on in the lasting order of events.
///
/// **Threads**: one at a time. Its methods block.
public final class TimelineReader {
  private final Timeline timeline;
  private final @Nullable String machine;
  private final Place after;
  private @Nullable Stretch stretch;
  private Cursor cursor;

  TimelineReader(Timeline timeline, @Nullable String machine, Place after, Timeline.Stand stand) {
    this.timeline = timeline;
    this.machine = machine;
    this.after = after;
    this.stretch = stand.stretch();
    this.cursor = stand.cursor();
  }

  /// Holds an event and its place.
  ///
  /// @param place its place in the lasting order
  /// @param event the event
  public record Entry(Place place, EventRow event) {}

  /// Returns the next events; none if no more are committed.
  ///
  /// @param limit at most so many, 1 to 1,000
  public List<Entry> next(int limit) {
    var found = new ArrayList<Entry>();
    Stretch current = current();
    while (found.isEmpty() && current != null) {
      read(current, limit, found);
      current = current();
    }
    return found;
  }

  private @Nullable Stretch current() {
    Stretch reading = stretch;
    if (reading == null || cursor.equals(Timeline.end(reading))) {
      reading = timeline.beyond(reading);
      stretch = reading == null ? stretch : reading;
    }
    return reading;
  }

  private void read(Stretch current, int limit, List<Entry> found) {
    EventLog.Page page = timeline.page(machine, cursor, current, limit);
    boolean left = !page.next().equals(cursor);
    cursor = left ? page.next() : Timeline.end(current); // what is left was dropped
    for (EventRow event : page.events()) {
      Place place = Timeline.place(event, current);
      if (place.compareTo(after) > 0) {
        found.add(new Entry(place, event));
      }
    }
    if (!found.isEmpty()) {
      timeline.remember(machine, found.getLast().place(), new Timeline.Stand(current, cursor));
    }
  }

  /// Waits until there may be more, or the time is over.
  ///
  /// @param waitMsMax how long to wait at most, in milliseconds
  /// @return whether there may be new events
  /// @throws InterruptedException if the thread is interrupted meanwhile
  public boolean await(long waitMsMax) throws InterruptedException {
    boolean risen = timeline.await(cursor, waitMsMax);
    if (risen) {
      TimeUnit.NANOSECONDS.sleep(timeline.paceNanos());
    }
    return risen;
  }
}
