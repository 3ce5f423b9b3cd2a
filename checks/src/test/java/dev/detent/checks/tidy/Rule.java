// SPDX-License-Identifier: Apache-2.0
package dev.detent.checks.tidy;

import dev.detent.checks.Finding;
import java.util.List;
import java.util.function.Function;

/// Lists the rules that every source file keeps, main and test. Nothing is exempt.
enum Rule {
  LICENCE("'" + TextRules.LICENCE_LINE + "' as the first line", "put it there", TextRules::licence),
  FILE_LENGTH(
      "a file of at most " + TextRules.FILE_LINES_MAX + " lines",
      "split it by concept",
      TextRules::fileLength),
  LINE_LENGTH(
      "a line of at most " + TextRules.LINE_COLUMNS_MAX + " columns",
      "break the line or the text in it",
      TextRules::lineLength),
  FINISHED("finished code", "do it, or leave it out", TextRules::unfinished),
  FORMAT("the formatting of google-java-format", "run scripts/format", TextRules::format),
  METHOD_LENGTH(
      "a method of at most " + CodeRules.METHOD_LINES_MAX + " lines",
      "move its parts into methods or types of their own",
      CodeRules::methodLength),
  PARAMETERS(
      "at most " + CodeRules.PARAMETERS_MAX + " parameters",
      "group those that belong together in a record",
      CodeRules::parameters),
  NESTING(
      "control structures at most " + CodeRules.NESTING_MAX + " deep",
      "return early, or move the inner part into a method",
      CodeRules::nesting),
  EMPTY_CATCH(
      "a catch block that does something",
      "handle the exception, or let it pass",
      CodeRules::emptyCatch),
  SLEEP(
      "a test that waits for a signal",
      "use a latch, or a clock that the test moves",
      CodeRules::sleep),
  DISABLED("tests that run", "repair the test, or delete it", CodeRules::disabled),
  TYPE_NAME(
      "a type named by what it is or how it works",
      "rename it without that word",
      NameRules::typeName),
  INTERFACE_NAME("an interface without a leading I", "drop the I", NameRules::interfaceName),
  PACKAGE_NAME(
      "a package named by its concept",
      "move its types to where they belong, package-private",
      NameRules::packageName),
  DOCUMENTED(
      "a /// comment at each exported name",
      "say what it does, beginning with a verb",
      DocRules::undocumented);

  private final String demand;
  private final String remedy;
  private final Function<Source, List<Place>> check;

  Rule(String demand, String remedy, Function<Source, List<Place>> check) {
    this.demand = demand;
    this.remedy = remedy;
    this.check = check;
  }

  /// Returns all places in a file where this rule is broken.
  List<Finding> check(Source source) {
    return check.apply(source).stream()
        .map(place -> new Finding(source.file(), place.line(), demand, place.found(), remedy))
        .toList();
  }
}
