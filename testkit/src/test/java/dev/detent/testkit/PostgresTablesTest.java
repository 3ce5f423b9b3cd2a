// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.detent.UnavailableException;
import dev.detent.sql.SqlStore;
import dev.detent.store.Store;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresTablesTest extends TablesTrial {
  private final HikariDataSource pool = new HikariDataSource();

  {
    pool.setJdbcUrl(LocalPostgres.freshUrl());
    pool.setMaximumPoolSize(8);
    pool.setMinimumIdle(0);
  }

  @Override
  void closeSource() {
    pool.close();
  }

  @Override
  Store open() {
    return SqlStore.postgres(pool).partitions(4).open();
  }

  @Override
  Connection connect() throws SQLException {
    return pool.getConnection();
  }

  @Override
  String dialect() {
    return "postgresql";
  }

  @Test
  void letsNobodyCommitHalfOfAMove() throws Exception {
    long id = in(connection -> bills.in(connection).create(drawn(5)));
    run("create function skip() returns trigger language plpgsql as 'begin return null; end'");
    run("create trigger skip before update on bills for each row execute function skip()");
    try (Connection connection = connect()) {
      connection.setAutoCommit(false);
      run(connection, "insert into notes values (1, 1)");
      assertThatThrownBy(() -> bills.in(connection).call(id, BillMachine::add, 1L))
          .isInstanceOf(UnavailableException.class);
      connection.commit(); // the server makes it a rollback
    }
    assertThat(query("select count(*) from notes")).containsExactly("0");
    assertThat(query("select sum(last_offset) from detent_partition")).containsExactly("1");
    assertThat(query("select max(version) from detent_instance")).containsExactly("1");
  }

  /// Such a driver goes back to a savepoint of its own after each error.
  @Test
  void letsNobodyCommitHalfOfAMoveWhoseDriverTakesErrorsBack() throws Exception {
    long id = in(connection -> bills.in(connection).create(drawn(5)));
    run("create function skip() returns trigger language plpgsql as 'begin return null; end'");
    run("create trigger skip before update on bills for each row execute function skip()");
    String url = pool.getJdbcUrl();
    String forgiving = url + (url.contains("?") ? "&" : "?") + "autosave=always";
    try (Connection connection = DriverManager.getConnection(forgiving)) {
      connection.setAutoCommit(false);
      run(connection, "insert into notes values (1, 1)");
      assertThatThrownBy(() -> bills.in(connection).call(id, BillMachine::add, 1L))
          .isInstanceOf(UnavailableException.class);
      assertThatThrownBy(connection::commit).isInstanceOf(SQLException.class);
    }
    assertThat(query("select count(*) from notes")).containsExactly("0");
    assertThat(query("select sum(last_offset) from detent_partition")).containsExactly("1");
  }

  @Test
  void keepsPlainSqlFromARowThatItHasSeen() throws Exception {
    long id = in(connection -> bills.in(connection).create(drawn(5)));
    try (Connection connection = connect();
        Connection other = connect()) {
      connection.setAutoCommit(false);
      assertThat(bills.in(connection).read(id)).isNotNull();
      run(other, "set lock_timeout = '50ms'");
      String plain = "update bills set cents = 99 where id = " + id;
      assertThatThrownBy(() -> run(other, plain)).hasMessageContaining("lock timeout");
      bills.in(connection).call(id, BillMachine::add, 1L);
      assertThatThrownBy(() -> run(other, plain)).hasMessageContaining("lock timeout");
      connection.commit();
      run(other, plain);
    }
    Bill.Drawn next = in(connection -> bills.in(connection).call(id, BillMachine::add, 1L));
    assertThat(next.cents()).isEqualTo(100);
  }

  @ParameterizedTest
  @ValueSource(ints = {Connection.TRANSACTION_REPEATABLE_READ, Connection.TRANSACTION_SERIALIZABLE})
  void movesRowsInStricterTransactions(int isolation) throws Exception {
    long id = in(connection -> bills.in(connection).create(drawn(5)));
    try (Connection connection = connect()) {
      connection.setTransactionIsolation(isolation);
      connection.setAutoCommit(false);
      bills.in(connection).call(id, BillMachine::add, 1L);
      bills.in(connection).call(id, BillMachine::add, 1L);
      connection.commit();
      run(connection, "select count(*) from notes"); // sees the state of now
      Bill.Drawn meanwhile = in(other -> bills.in(other).call(id, BillMachine::add, 1L));
      assertThat(meanwhile.cents()).isEqualTo(8);
      assertThatThrownBy(() -> bills.in(connection).call(id, BillMachine::add, 100L))
          .isInstanceOf(UnavailableException.class);
      connection.rollback();
      bills.in(connection).call(id, BillMachine::add, 1L);
      connection.commit();
    }
    assertThat(query("select cents from bills")).containsExactly("9");
    assertThat(query("select sum(last_offset) from detent_partition")).containsExactly("5");
  }
}
