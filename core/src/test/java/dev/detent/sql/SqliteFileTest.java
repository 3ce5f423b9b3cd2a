// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.detent.store.MachineRow;
import dev.detent.store.PartitionRow;
import dev.detent.store.StoreException;
import dev.detent.store.StoreException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteFileTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("store.db");
  }

  @Test
  void refusesASecondOpenInTheSameProcessAndStaysLocked() throws Exception {
    try (SqlStore store = open()) {
      assertThat(refusal()).contains(file.toString()).contains("this process");
      assertThat(refusal()).contains("this process");
      assertThat(lockedForOthers()).isTrue();
      store.ping();
    }
    assertThat(lockedForOthers()).isFalse();
    open().close();
  }

  @Test
  void refusesAFileThatAnotherProcessHas() throws Exception {
    Process other = holder();
    try {
      assertThat(other.inputReader().readLine()).isEqualTo("held");
      assertThat(refusal())
          .contains(file.toString())
          .contains("process " + other.pid())
          .hasLineCount(1);
    } finally {
      other.destroyForcibly();
    }
    assertThat(other.waitFor(60, TimeUnit.SECONDS)).isTrue();
    open().close();
  }

  @Test
  void refusesAFileThatIsNoDatabase() throws IOException {
    Files.writeString(file, "These are my notes, and they are precious.");

    assertThat(refusal()).contains(file.toString()).contains("expected a SQLite database");
    assertThat(Files.readString(file)).startsWith("These");
    Files.writeString(file, "SQLite format 3\0 and then something else".repeat(100));
    assertThat(refusal()).contains(file.toString());
  }

  @Test
  void refusesAFolderAndAPathThatTheDriverMisreads() throws IOException {
    Files.createDirectory(file);
    assertThat(refusal()).contains("expected a SQLite database, got a folder");

    file = folder.resolve("a?b.db");
    assertThat(refusal()).contains("without '?'");
  }

  @Test
  void refusesASchemaNewerThanItsOwn() throws SQLException {
    open().close();
    sql("update detent_meta set value = '99' where name = 'schema'");

    assertThat(refusal()).contains("99").contains("newer Detent");
  }

  @Test
  void refusesAFormatOfAnotherBuild() throws SQLException {
    open().close();
    sql("update detent_meta set value = '1' where name = 'format'");

    assertThat(refusal()).contains("expected 6, got 1").contains("choose another place");
  }

  @Test
  void migratesOnceAndLeavesForeignTablesAlone() throws SQLException {
    sql("create table mine (a)", "insert into mine values (1)");
    open().close();
    sql("delete from mine where a = 2", "update detent_partition set seq = 5");

    try (SqlStore store = open()) {
      assertThat(store.partitionRows()).hasSize(8).allMatch(row -> row.seq() == 5);
    }
  }

  @Test
  void startsOnTablesThatWereMadeFromThePrintedScript() throws SQLException {
    sql(Statements.split(SqlStore.ddl("sqlite")).toArray(String[]::new));

    try (SqlStore store = SqlStore.sqlite(file).partitions(3).open()) {
      assertThat(store.partitionRows()).hasSize(3);
    }
  }

  @Test
  void makesTheFolderAndFollowsALinkToTheSameLock() throws IOException {
    file = folder.resolve("deep/er/store.db");
    try (SqlStore store = open()) {
      store.ping();
      Path link = Files.createSymbolicLink(folder.resolve("link.db"), file);
      file = link;
      assertThat(refusal()).contains("this process");
    }
  }

  @Test
  void tellsTheTimeOfItsClock() {
    InstantSource clock = InstantSource.fixed(Instant.ofEpochMilli(1234));

    try (SqlStore store = SqlStore.sqlite(file).clock(clock).open()) {
      assertThat(store.now()).isEqualTo(1234);
      assertThat(store.exclusive()).isTrue();
    }
  }

  @Test
  void healsAfterTheWritingConnectionBroke() {
    SqliteFile sessions =
        SqliteFile.open(file, Dialect.SQLITE.statements(Limits.of(Duration.ofSeconds(10))));
    var transactions = new Transactions(sessions);
    new Migrations(Dialect.SQLITE, transactions).run(2);

    assertThat(kind(() -> transactions.write("x", SqliteFileTest::breakInCommit)))
        .isEqualTo(Kind.UNKNOWN);
    assertThat(kind(() -> transactions.write("x", SqliteFileTest::breakBeforeCommit)))
        .isEqualTo(Kind.UNAVAILABLE);
    assertThat(kind(() -> transactions.read("x", SqliteFileTest::breakBeforeCommit)))
        .isEqualTo(Kind.UNAVAILABLE);

    transactions.write("x", session -> session.update("partition-bump"));
    List<PartitionRow> rows =
        transactions.read("x", session -> session.list("partition-rows", Rows::partition));
    assertThat(rows).hasSize(2).allMatch(row -> row.seq() == 1);
    sessions.close();
  }

  @Test
  void rollsBackWhatFailedInTheMiddle() {
    try (SqlStore store = open()) {
      MachineRow poison = new MachineRow("m", "json", "h", null);
      assertThat(kind(() -> store.define(poison, List.of()))).isEqualTo(Kind.REJECTED);

      assertThat(store.partitionRows()).allMatch(row -> row.seq() == 0);
      assertThat(store.define(new MachineRow("m", "json", "h", "{}"), List.of())).isEmpty();
    }
  }

  @Test
  void namesTheConnectionThatHoldsTheFileAfterItsCommit() throws Exception {
    String url = "jdbc:sqlite:" + file + "?transaction_mode=IMMEDIATE";
    try (SqlStore store = open();
        Connection caller = DriverManager.getConnection(url)) {
      caller.setAutoCommit(false);
      caller.commit();
      assertThat(
              catchThrowableOfType(
                  StoreException.class,
                  () -> store.define(new MachineRow("m", "json", "h", "{}"), List.of())))
          .hasMessageContaining("another connection holds the file for writing")
          .hasMessageEndingWith("close it after commit(), or set it to auto-commit")
          .extracting(StoreException::kind)
          .isEqualTo(Kind.UNAVAILABLE);
      caller.setAutoCommit(true);
      assertThat(store.define(new MachineRow("m", "json", "h", "{}"), List.of())).isEmpty();
    }
  }

  /// Takes the file in a process of its own, says so, and waits.
  static final class Holder {
    private Holder() {}

    public static void main(String[] arguments) throws IOException {
      SqlStore store = SqlStore.sqlite(Path.of(arguments[0])).open();
      System.out.println("held");
      int end = System.in.read();
      store.close();
      System.exit(end);
    }
  }

  private Process holder() throws IOException {
    String java = ProcessHandle.current().info().command().orElseThrow();
    String classes = System.getProperty("java.class.path");
    return new ProcessBuilder(
            java,
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            classes,
            Holder.class.getName(),
            file.toString())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private SqlStore open() {
    return SqlStore.sqlite(file).open();
  }

  private String refusal() {
    StoreException e = catchThrowableOfType(StoreException.class, this::open);
    assertThat(e).as("a refusal").isNotNull();
    return e.getMessage();
  }

  /// Tells whether another process can't have the file.
  private boolean lockedForOthers() throws Exception {
    Process other = holder();
    boolean held = "held".equals(other.inputReader().readLine());
    other.destroyForcibly();
    assertThat(other.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return !held;
  }

  private void sql(String... statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      for (String text : statements) {
        statement.execute(text);
      }
    }
  }

  private static Kind kind(Runnable call) {
    return catchThrowableOfType(StoreException.class, call::run).kind();
  }

  private static int breakInCommit(Session session) throws SQLException {
    session.update("partition-bump");
    session.connection().rollback();
    session.connection().close();
    return 0;
  }

  private static int breakBeforeCommit(Session session) throws SQLException {
    session.connection().close();
    return session.update("partition-bump");
  }
}
