// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import dev.detent.event.Cursor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Serves subscriptions to transitions as they are committed.
final class ChannelCommands {
  private static final String GROUP = "pubsub";
  private static final String FLAGS = "pubsub noscript";

  private ChannelCommands() {}

  static List<Command> all() {
    return List.of(
        Command.of("subscribe", -2, FLAGS, call -> join(call, false))
            .docs(GROUP, "Listens to the events of machines: detent:MACHINE.", "channel..."),
        Command.of("psubscribe", -2, FLAGS, call -> join(call, true))
            .docs(GROUP, "Listens to the channels that patterns match.", "pattern..."),
        Command.of("unsubscribe", -1, FLAGS, call -> leave(call, false))
            .docs(GROUP, "Stops listening to channels.", "[channel...]"),
        Command.of("punsubscribe", -1, FLAGS, call -> leave(call, true))
            .docs(GROUP, "Stops listening to patterns.", "[pattern...]"));
  }

  private static Step join(Call call, boolean pattern) {
    var names = new ArrayList<String>();
    for (int i = 1; i < call.count(); i++) {
      names.add(call.text(i));
    }
    Session session = call.session();
    Channels channels = call.shared().channels();
    return new Step.Phased(() -> {
      Cursor since = channels.end(); // what is committed from now on is news
      return () ->
          new Step.Heard(
              joined(session, names, pattern),
              () ->
                  names.stream()
                      .filter(own(session, pattern)::contains) // or it was left meanwhile
                      .forEach(name -> channels.join(session, name, pattern, since)));
    });
  }

  private static Set<String> own(Session session, boolean pattern) {
    return pattern ? session.patterns() : session.channels();
  }

  private static Answer joined(Session session, List<String> names, boolean pattern) {
    var answers = new ArrayList<Answer>();
    Set<String> own = own(session, pattern);
    for (String name : names) {
      own.add(name);
      answers.add(told(session, pattern ? "psubscribe" : "subscribe", name));
    }
    session.counted();
    return new Answer.Several(answers);
  }

  private static Answer told(Session session, String what, @Nullable String name) {
    long count = (long) session.channels().size() + session.patterns().size();
    Answer shown = name == null ? Answer.NIL : Answer.text(name);
    return new Answer.Pushed(List.of(Answer.text(what), shown, new Answer.Whole(count)));
  }

  private static Step leave(Call call, boolean pattern) {
    var names = new ArrayList<String>();
    for (int i = 1; i < call.count(); i++) {
      names.add(call.text(i));
    }
    Session session = call.session();
    return session.transaction().open()
        ? new Step.Phased(() -> () -> Step.Heard.of(left(session, names, pattern)))
        : Step.now(left(session, names, pattern));
  }

  private static Answer left(Session session, List<String> named, boolean pattern) {
    Set<String> own = own(session, pattern);
    List<String> names = named.isEmpty() ? List.copyOf(own) : named;
    String what = pattern ? "punsubscribe" : "unsubscribe";
    var answers = new ArrayList<Answer>();
    for (String name : names) {
      own.remove(name);
      session.shared().channels().leave(session, name, pattern);
      answers.add(told(session, what, name));
    }
    session.counted();
    return answers.isEmpty() ? told(session, what, null) : new Answer.Several(answers);
  }
}
