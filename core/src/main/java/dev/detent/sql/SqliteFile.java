// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.store.StoreException;
import dev.detent.store.StoreException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Deque;
import java.util.Properties;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Lends the connections of one SQLite file: one that writes, behind a fair gate, and a few that
/// read beside it.
///
/// After an IO error the write-ahead log may hold a commit that SQLite reported as failed, and
/// memory shared by the connections may deny it. So all of them are closed, the file is opened anew
/// and the log is moved into it, before anybody hears what is committed.
final class SqliteFile implements Sessions {
  private static final String URL = "jdbc:sqlite:";
  private static final int READERS = 4;
  private static final int OPEN_READ_WRITE_CREATE = 0x2 | 0x4;
  private static final int OPEN_NO_MUTEX = 0x8000;
  private static final String MAGIC = "SQLite format 3\0";
  private static final int BUSY = 5;
  private static final int LOCKED = 6;
  private static final int ERROR = 1;
  private static final int FULL = 13;
  private static final int TOO_BIG = 18;
  private static final int CONSTRAINT = 19;
  private static final int MISMATCH = 20;

  private final Path file;
  private final Statements statements;
  private final FileOwnership ownership;
  private final ReentrantLock gate = new ReentrantLock(true);
  private final Semaphore readers = new Semaphore(READERS, true);
  private final Deque<Session> idleReaders = new ConcurrentLinkedDeque<>();
  private @Nullable Session writer;
  private boolean doubtful;
  private volatile boolean closed;

  private SqliteFile(Path file, Statements statements, FileOwnership ownership) {
    this.file = file;
    this.statements = statements;
    this.ownership = ownership;
  }

  /// Takes the file for this process alone.
  ///
  /// @throws StoreException if it can't be had, or holds something else than a SQLite database
  static SqliteFile open(Path path, Statements statements) {
    Path file = real(path);
    requireDriver();
    FileOwnership ownership = FileOwnership.take(file);
    try {
      requireDatabase(file);
      return new SqliteFile(file, statements, ownership);
    } catch (RuntimeException e) {
      ownership.close();
      throw e;
    }
  }

  @Override
  public Session borrowWriter() throws SQLException {
    if (gate.isHeldByCurrentThread()) {
      throw new IllegalStateException(
          "transact: expected SQL only, got a call that writes; make it before or afterwards");
    }
    gate.lock();
    try {
      requireOpen();
      if (doubtful) {
        recover();
      }
      Session session = writer == null ? connect() : writer;
      writer = session;
      return session;
    } catch (SQLException | RuntimeException e) {
      gate.unlock();
      throw e;
    }
  }

  @Override
  public Session borrowReader() throws SQLException {
    readers.acquireUninterruptibly();
    try {
      requireOpen();
      Session idle = idleReaders.pollFirst();
      return idle == null ? connect() : idle;
    } catch (SQLException | RuntimeException e) {
      readers.release();
      throw e;
    }
  }

  @Override
  public void giveBack(Session session) {
    if (isWriter(session)) {
      gate.unlock();
    } else {
      idleReaders.addFirst(session);
      readers.release();
    }
  }

  @Override
  public void discard(Session session, @Nullable Kind kind) {
    if (isWriter(session)) {
      doubtful |= kind == Kind.UNKNOWN;
      writer = null;
      closeQuietly(session);
      gate.unlock();
    } else {
      closeQuietly(session);
      readers.release();
    }
  }

  @Override
  public Session join(Connection connection) throws SQLException {
    requireOpen();
    JoinedConnection.requireTransaction(connection);
    if (!LentConnection.isLent(connection)) {
      JoinedConnection.requireImmediate(connection);
    }
    var session = new Session(connection, statements);
    JoinedConnection.requireFile(session, file);
    session.closeStatements();
    return session;
  }

  @Override
  public Kind kind(SQLException error, boolean committing) {
    String state = error.getSQLState();
    if (state != null && state.startsWith("22")) {
      return Kind.REJECTED;
    }
    return switch (error.getErrorCode() & 0xff) {
      case TOO_BIG, CONSTRAINT, MISMATCH -> Kind.REJECTED;
      case BUSY, LOCKED, FULL -> Kind.UNAVAILABLE;
      case ERROR -> committing ? Kind.UNKNOWN : Kind.REJECTED;
      default -> committing ? Kind.UNKNOWN : Kind.UNAVAILABLE;
    };
  }

  /// The driver begins the next transaction as soon as one has ended: a connection that is out of
  /// auto-commit, and begins IMMEDIATE, holds the file until it is closed.
  @Override
  public String remedy(SQLException error) {
    return (error.getErrorCode() & 0xff) == BUSY
        ? "another connection holds the file for writing: close it after commit(), or set it to"
            + " auto-commit"
        : Sessions.super.remedy(error);
  }

  @Override
  public String name() {
    return file.toString();
  }

  @Override
  public void close() {
    gate.lock();
    try {
      if (!closed) {
        closed = true;
        closeAll();
        ownership.close();
      }
    } finally {
      gate.unlock();
    }
  }

  private boolean isWriter(Session session) {
    return gate.isHeldByCurrentThread() && session == writer;
  }

  private void requireOpen() {
    if (closed) {
      throw new StoreException(
          Kind.UNAVAILABLE, file + ": expected an open store, got a closed one; open it", null);
    }
  }

  /// Settles what is committed; called at the gate.
  private void recover() throws SQLException {
    closeAll();
    Session session = connect();
    try {
      session.run("recover");
      session.connection().rollback();
    } catch (SQLException e) {
      closeQuietly(session);
      throw e;
    }
    writer = session;
    doubtful = false;
  }

  private void closeAll() {
    readers.acquireUninterruptibly(READERS);
    try {
      for (Session idle = idleReaders.poll(); idle != null; idle = idleReaders.poll()) {
        closeQuietly(idle);
      }
      if (writer != null) {
        closeQuietly(writer);
        writer = null;
      }
    } finally {
      readers.release(READERS);
    }
  }

  private Session connect() throws SQLException {
    var session = new Session(DriverManager.getConnection(URL + file, options()), statements);
    try {
      session.run("session");
      session.connection().setAutoCommit(false);
      return session;
    } catch (SQLException e) {
      closeQuietly(session);
      throw e;
    }
  }

  /// Opens without SQLite's own locks: each connection is used by one thread at a time.
  private static Properties options() {
    var options = new Properties();
    options.setProperty("open_mode", Integer.toString(OPEN_READ_WRITE_CREATE | OPEN_NO_MUTEX));
    return options;
  }

  private static void closeQuietly(Session session) {
    try {
      session.close();
    } catch (SQLException e) {
      // It is thrown away because of an error that somebody hears of already.
      System.getLogger(SqliteFile.class.getName()).log(System.Logger.Level.DEBUG, "close", e);
    }
  }

  private static void requireDriver() {
    try {
      DriverManager.getDriver(URL);
    } catch (SQLException e) {
      throw new StoreException(
          Kind.UNAVAILABLE,
          "SQLite: expected its driver on the class path, got none; add org.xerial:sqlite-jdbc",
          e);
    }
  }

  private static Path real(Path path) {
    Path file = path.toAbsolutePath().normalize();
    if (file.toString().indexOf('?') >= 0) {
      throw foreign(file, "expected a path without '?', got one that has it; choose another path");
    }
    try {
      Path folder = file.getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      return Files.exists(file) || folder == null
          ? file.toRealPath()
          : folder.toRealPath().resolve(file.getFileName());
    } catch (IOException e) {
      throw foreign(file, "expected a folder to write to, got '" + e + "'; make it");
    }
  }

  /// Looks at the file's first bytes, before SQLite opens it: closing any descriptor of the file
  /// later would end SQLite's own locks.
  private static void requireDatabase(Path file) {
    if (!Files.exists(file)) {
      return;
    }
    if (!Files.isRegularFile(file)) {
      throw foreign(file, "expected a SQLite database, got a folder; choose another path");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] head = in.readNBytes(MAGIC.length());
      if (head.length > 0 && !Arrays.equals(head, MAGIC.getBytes(StandardCharsets.US_ASCII))) {
        throw foreign(
            file, "expected a SQLite database, got a file of another kind; choose another path");
      }
    } catch (IOException e) {
      throw foreign(file, "expected a file that can be read, got '" + e + "'; allow it");
    }
  }

  private static StoreException foreign(Path file, String what) {
    return new StoreException(Kind.UNAVAILABLE, file + ": " + what, null);
  }
}
