// SPDX-License-Identifier: Apache-2.0
package dev.detent.examples;

import dev.detent.examples.ArticleMachine.Article.Draft;
import dev.detent.examples.ArticleMachine.Article.Published;
import dev.detent.examples.ArticleMachine.Article.Withdrawn;
import dev.detent.machine.Machine;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;

/// Shows a free machine, which has several beginnings and ways back to them: an article begins as a
/// draft, or is published at once; later it may be either again. Only declared moves are possible.
public final class ArticleMachine {
  /// Is one of the three states.
  public sealed interface Article {
    /// Is being written.
    ///
    /// @param text what there is of it
    record Draft(String text) implements Article {}

    /// Can be read.
    ///
    /// @param text what it says
    record Published(String text) implements Article {}

    /// Can't be read any more.
    ///
    /// @param why what was wrong with it
    record Withdrawn(String why) implements Article {}
  }

  private ArticleMachine() {}

  /// Defines the machine.
  public static Machine machine() {
    return Machine.define("article", Article.class)
        .arcs()
        .initial(Draft.class)
        .to(Draft.class, Published.class)
        .initial(Published.class)
        .to(Draft.class, Withdrawn.class)
        .state(Withdrawn.class)
        .to(Draft.class)
        .build();
  }

  /// Runs it.
  ///
  /// @param arguments the folder for the store; without one, a new folder
  public static void main(String... arguments) throws IOException {
    run(Session.folder(arguments), System.out);
  }

  static void run(Path folder, PrintStream out) {
    try (var session = Session.open(machine(), "article", folder, out)) {
      session.call("news", "Published", "{\"text\":\"It rains.\"}");
      session.call("essay", "Withdrawn", "{\"why\":\"dull\"}");
      session.call("essay", "Draft", "{\"text\":\"On\"}");
      session.call("essay", "Draft", "{\"text\":\"On rain\"}");
      session.call("essay", "Withdrawn", "{\"why\":\"dull\"}");
      session.call("essay", "Published", "{\"text\":\"On rain\"}");
      session.call("essay", "Withdrawn", "{\"why\":\"dull\"}");
      session.call("essay", "Draft", "{\"text\":\"On snow\"}");
      session.history("essay");
    }
  }
}
