// SPDX-License-Identifier: Apache-2.0
package dev.detent.checks.docs;

import dev.detent.checks.Finding;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// Finds what a Markdown file speaks of that does not exist.
final class DocRules {
  private static final Pattern FULL_NAME =
      Pattern.compile("\\bdev\\.detent(?:\\.[a-z]\\w*(?![\\w(-]))*(?:\\.[A-Z]\\w*)*");
  private static final Pattern VARIABLE = Pattern.compile("\\bDETENT_[A-Z0-9_]+");
  private static final Pattern TABLE = Pattern.compile("\\bdetent_[a-z0-9_]+");
  private static final Pattern PATH = Pattern.compile("[\\w.-]+(?:/[\\w.-]+)*/?");
  private static final Pattern FILE_NAME =
      Pattern.compile(
          "(?!dev\\.detent)[\\w.-]*[a-z][\\w.-]*\\.(?:java|md|sql|xml|sh|txt|json|toml|yml)");
  private static final Pattern TYPE_NAME =
      Pattern.compile("@?([A-Z][a-z0-9]+(?:[A-Z][a-z0-9]+)+)(?:[.#](\\w+).*)?");
  private static final Pattern OPTION = Pattern.compile("--[a-z][a-z-]*");

  private final Markdown page;
  private final Facts facts;
  private final Map<String, Set<String>> anchors;
  private final List<Finding> findings = new ArrayList<>();

  private DocRules(Markdown page, Facts facts, Map<String, Set<String>> anchors) {
    this.page = page;
    this.facts = facts;
    this.anchors = anchors;
  }

  /// Checks one file.
  ///
  /// @param anchors the anchors of each Markdown file, by its path
  static List<Finding> check(Markdown page, Facts facts, Map<String, Set<String>> anchors) {
    var rules = new DocRules(page, facts, anchors);
    page.links().forEach(rules::link);
    page.spans().forEach(rules::span);
    page.spans().forEach(rules::command);
    page.codeLines().forEach(rules::names);
    page.codeLines().forEach(rules::command);
    return rules.findings;
  }

  private void link(Markdown.Piece link) {
    if (link.text().matches("[a-z]+:.*")) {
      demand(link, isUri(link.text()), "a URI", "correct it");
      return;
    }
    int hash = link.text().indexOf('#');
    String path = hash < 0 ? link.text() : link.text().substring(0, hash);
    String target = path.isEmpty() ? page.file() : resolve(path);
    boolean exists = facts.files().contains(target) || facts.files().contains(target + "/");
    demand(link, exists, "a link to a file of the repository", "correct or drop it");
    if (exists && hash >= 0) {
      Set<String> there = anchors.getOrDefault(target, Set.of());
      boolean found = there.contains(link.text().substring(hash + 1));
      demand(link, found, "one of the anchors " + there, "correct it");
    }
  }

  private String resolve(String path) {
    Path folder = Path.of("/" + page.file()).getParent();
    String target = folder.resolve(path).normalize().toString().substring(1);
    return path.endsWith("/") && !target.isEmpty() ? target + "/" : target;
  }

  private void span(Markdown.Piece span) {
    names(span);
    String text = span.text();
    if (PATH.matcher(text).matches() && isPath(text)) {
      demand(span, existsAsPath(text), "a path of the repository", "correct it");
    } else if (FILE_NAME.matcher(text).matches()) {
      demand(span, facts.hasFileNamed(text), "a file of the repository", "correct it");
    }
    MatchResult type = TYPE_NAME.matcher(text).results().findFirst().orElse(null);
    if (type != null && type.group().equals(text) && !FILE_NAME.matcher(text).matches()) {
      demand(span, isKnown(type.group(1), type.group(2)), "a type or member", "correct it");
    }
    if (text.startsWith("--")) {
      String option = OPTION.matcher(text).results().findFirst().map(MatchResult::group).orElse("");
      demand(span, facts.isOption(option), "an option of ./detent", "correct it");
    }
  }

  /// Checks names that are recognised wherever they stand.
  private void names(Markdown.Piece piece) {
    demandAll(piece, FULL_NAME, facts.types()::contains, "a type or package");
    demandAll(piece, VARIABLE, facts::isVariable, "a variable that Detent reads");
    demandAll(piece, TABLE, facts.tables()::contains, "a table or metric");
  }

  private void command(Markdown.Piece piece) {
    List<String> words = List.of(piece.text().replaceFirst("^\\$ ", "").split("[\\s\\[\\]]+"));
    switch (words.getFirst()) {
      case "./detent" -> detent(piece, words.subList(1, words.size()));
      case "./mvnw" -> maven(piece, words);
      case String script when script.matches("(\\./)?scripts/.+") ->
          demand(
              piece,
              facts.files().contains(script.replaceFirst("^\\./", "")),
              "a script of the repository",
              "correct it");
      default -> {
        return;
      }
    }
  }

  private void detent(Markdown.Piece piece, List<String> words) {
    if (words.isEmpty() || words.getFirst().matches("…|#.*") || facts.commands().isEmpty()) {
      return;
    }
    boolean named = !words.getFirst().startsWith("-");
    String name = named ? words.getFirst() : "";
    Set<String> options = facts.commands().get(name);
    if (options == null) {
      demand(piece, false, "one of the commands " + facts.commands().keySet(), "correct it");
      return;
    }
    for (String word : words) {
      String option = word.startsWith("--") ? word.replaceFirst("[=|].*", "") : "";
      boolean known = option.isEmpty() || options.contains(option);
      demand(piece, known, "one of the options " + options, "correct " + option);
    }
  }

  private void maven(Markdown.Piece piece, List<String> words) {
    for (int i = 1; i < words.size(); i++) {
      if (words.get(i - 1).equals("-pl") && !words.get(i).equals("MODULE")) {
        boolean all = List.of(words.get(i).split(",")).stream().allMatch(facts::isModule);
        demand(piece, all, "modules", "correct " + words.get(i));
      }
      if (words.get(i).startsWith("-Dtest=")) {
        String type = words.get(i).substring("-Dtest=".length()).replaceFirst("#.*", "");
        demand(piece, facts.members().containsKey(type), "a test class", "correct " + type);
      }
    }
  }

  private boolean isKnown(String type, String member) {
    Set<String> members = facts.members().get(type);
    return members == null
        ? facts.platformTypes().contains(type)
        : member == null || members.contains(member);
  }

  /// A path is what has a slash and begins with the name of a folder at the root; scripts are
  /// commands.
  private boolean isPath(String text) {
    int slash = text.indexOf('/');
    return slash > 0
        && !text.startsWith("scripts/")
        && facts.files().stream().anyMatch(file -> file.startsWith(text.substring(0, slash + 1)));
  }

  private boolean existsAsPath(String text) {
    return facts.files().contains(text) || facts.files().contains(text + "/");
  }

  private static boolean isUri(String text) {
    try {
      URI uri = new URI(text);
      return !text.startsWith("http") || uri.getHost() != null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private void demandAll(
      Markdown.Piece piece, Pattern pattern, Predicate<String> exists, String expected) {
    pattern
        .matcher(piece.text())
        .results()
        .map(MatchResult::group)
        .filter(exists.negate())
        .forEach(name -> demand(piece, false, expected, "correct " + name));
  }

  private void demand(Markdown.Piece piece, boolean holds, String expected, String remedy) {
    if (!holds) {
      findings.add(
          new Finding(page.file(), piece.line(), expected, "'" + piece.text() + "'", remedy));
    }
  }
}
