// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StatementsTest {
  private static final String COLUMN = "  [a-z_]+ (text|longtext|varbinary|boolean|bigint|int).*";
  private static final Limits LIMITS = Limits.of(Duration.ofSeconds(10));

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void lacksNoStatementThatAnotherDialectHas(Dialect dialect) {
    assertThat(shared(dialect)).isNotEmpty().isEqualTo(shared(Dialect.POSTGRESQL));
  }

  /// Leaves out how instances and events are written: a file does that by numbers of its own.
  private static TreeSet<String> shared(Dialect dialect) {
    var names = new TreeSet<>(dialect.statements(LIMITS).names());
    String writes = dialect == Dialect.SQLITE ? "numbered-" : "(event|instance)-(insert|update)";
    assertThat(names.removeIf(name -> name.matches(writes + ".*"))).isTrue();
    return names;
  }

  @Test
  void hasNoStatementThatNobodyUses() throws IOException {
    var code = new StringBuilder();
    try (Stream<Path> files = Files.walk(Path.of("src/main/java/dev/detent/sql"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        code.append(Files.readString(file));
      }
    }
    for (Dialect dialect : Dialect.values()) {
      code.append(Statements.resource(dialect.folder() + "/statements.sql"));
    }

    var names = new TreeSet<>(Dialect.SQLITE.statements(LIMITS).names());
    names.addAll(Dialect.POSTGRESQL.statements(LIMITS).names());
    assertThat(names)
        .allMatch(name -> code.indexOf('"' + name + '"') >= 0 || code.indexOf("${" + name) >= 0);
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void hasTheTablesAndColumnsOfTheOtherDialects(Dialect dialect) {
    TreeSet<String> columns = columns(Dialect.SQLITE);
    assertThat(columns.remove("detent_instance.instance_id")).isTrue();
    assertThat(columns.remove("detent_event.event_place")).isTrue();
    if (dialect == Dialect.SQLITE) {
      assertThat(columns(dialect)).containsAll(columns);
    } else {
      assertThat(columns(dialect)).isEqualTo(columns).hasSizeGreaterThan(60);
    }
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void printsTablesWithACommentForEachColumn(Dialect dialect) {
    String ddl = SqlStore.ddl(dialect.folder());

    assertThat(ddl)
        .containsPattern("create table (if not exists )?detent_instance \\(")
        .containsPattern("create table (if not exists )?detent_machine \\(")
        .contains("insert into detent_meta (name, value) values ('schema', '1');");
    assertThat(ddl.lines().filter(line -> line.matches(COLUMN)))
        .allMatch(line -> line.contains("--") || line.matches("  (name|value|invocation_id) .*"));
    assertThat(ddl.lines()).allMatch(line -> line.length() <= 100);
  }

  @Test
  void namesTheDialectsThatItKnows() {
    assertThat(SqlStore.dialects()).containsExactly("sqlite", "postgresql", "mariadb");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SqlStore.ddl("oracle"))
        .withMessageContaining("sqlite")
        .withMessageContaining("'oracle'");
  }

  @Test
  void readsSectionsCommentsAndSeveralStatements() {
    Statements statements =
        Statements.parse(
            "-- head\n\n-- name: one\n-- why\nselect 1;\n\n-- name: two\na;\nb -- c\n;\n",
            Map.of());

    assertThat(statements.names()).containsExactly("one", "two");
    assertThat(statements.text("one")).isEqualTo("select 1");
    assertThat(statements.all("two")).containsExactly("a", "b");
    assertThatIllegalStateException().isThrownBy(() -> statements.text("two"));
    assertThatIllegalStateException().isThrownBy(() -> statements.text("three"));
  }

  @Test
  void fillsInOtherSectionsAndValues() {
    Statements statements =
        Statements.parse(
            "-- name: a\nx, y;\n-- name: b\nselect ${a} $1 ${n-s};\n", Map.of("n-s", "7$"));

    assertThat(statements.text("b")).isEqualTo("select x, y $1 7$");
    assertThatIllegalStateException()
        .isThrownBy(() -> Statements.parse("-- name: b\n${gone}\n", Map.of()))
        .withMessageContaining("${gone}");
  }

  @Test
  void limitsTransactionsToAPartOfTheLease() {
    Statements statements = Dialect.POSTGRESQL.statements(Limits.of(Duration.ofSeconds(2)));

    assertThat(statements.text("transaction"))
        .contains("'idle_in_transaction_session_timeout', '800'")
        .contains("'lock_timeout', '400'")
        .contains("'statement_timeout', '3000'")
        .contains("'client_connection_check_interval', '200'");
    assertThat(statements.text("patience")).contains("'800'").doesNotContain("statement_timeout");
  }

  @Test
  void countsInSecondsWhereMillisecondsAreNotKnownAndNeverForEver() {
    Statements statements = Dialect.MARIADB.statements(Limits.of(Duration.ofSeconds(2)));

    assertThat(statements.text("session"))
        .contains("idle_transaction_timeout = 1,")
        .contains("innodb_lock_wait_timeout = 1,")
        .contains("max_statement_time = 3.000,");
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
                    .filter(line -> line.matches(COLUMN) && !line.startsWith("  open_"))
                    .map(line -> match.group(1) + "." + line.strip().split(" ")[0])
                    .collect(Collectors.toSet())));
    return columns;
  }
}
