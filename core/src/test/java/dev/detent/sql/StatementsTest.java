// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StatementsTest {
  @Test
  void bothDialectsHaveTheSameNames() {
    assertThat(Dialect.SQLITE.statements().names())
        .isNotEmpty()
        .isEqualTo(Dialect.POSTGRESQL.statements().names());
  }

  @Test
  void bothDialectsHaveTheSameTablesAndColumns() {
    assertThat(columns(Dialect.POSTGRESQL))
        .isEqualTo(columns(Dialect.SQLITE))
        .hasSizeGreaterThan(60);
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void printsTablesWithACommentForEachColumn(Dialect dialect) {
    String ddl = SqlStore.ddl(dialect.folder());

    assertThat(ddl)
        .contains("create table detent_instance", "create table detent_event", "detent_machine")
        .contains("insert into detent_meta (name, value) values ('schema', '1');");
    assertThat(ddl.lines().filter(line -> line.matches("  (?!primary)[a-z_]+ (text|bigint|int).*")))
        .allMatch(line -> line.contains("--") || line.matches("  (name|value|invocation_id) .*"));
    assertThat(ddl.lines()).allMatch(line -> line.length() <= 100);
  }

  @Test
  void namesTheDialectsThatItKnows() {
    assertThat(SqlStore.dialects()).containsExactly("sqlite", "postgresql");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SqlStore.ddl("oracle"))
        .withMessageContaining("sqlite")
        .withMessageContaining("'oracle'");
  }

  @Test
  void readsSectionsCommentsAndSeveralStatements() {
    Statements statements =
        Statements.parse(
            "-- head\n\n-- name: one\n-- why\nselect 1;\n\n-- name: two\na;\nb -- c\n;\n");

    assertThat(statements.names()).containsExactly("one", "two");
    assertThat(statements.text("one")).isEqualTo("select 1");
    assertThat(statements.all("two")).containsExactly("a", "b");
    assertThatIllegalStateException().isThrownBy(() -> statements.text("two"));
    assertThatIllegalStateException().isThrownBy(() -> statements.text("three"));
  }

  private static TreeSet<String> columns(Dialect dialect) {
    var columns = new TreeSet<String>();
    var table =
        Pattern.compile("create table (?:if not exists )?(\\w+) \\((.*?)\n\\)", Pattern.DOTALL);
    table
        .matcher(dialect.migration(1))
        .results()
        .forEach(match ->
            columns.addAll(
                match
                    .group(2)
                    .lines()
                    .filter(line -> line.matches("  (?!primary)\\w+ .*"))
                    .map(line -> match.group(1) + "." + line.strip().split(" ")[0])
                    .collect(Collectors.toSet())));
    return columns;
  }
}
