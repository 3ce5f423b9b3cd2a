// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import io.vertx.core.net.NetSocket;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// Remembers what a client has said of itself and of what it wants.
///
/// **Threads**: changed by its event loop only; [#line] may be read by any thread, and may then be
/// a moment old.
final class Session {
  private final Shared shared;
  private final Connection connection;
  private final long id;
  private final String address;
  private final String localAddress;
  private final long openedNanos = System.nanoTime();
  private final Transaction transaction = new Transaction();
  private volatile long heardNanos = openedNanos;
  private volatile String name = "";
  private volatile String library = "";
  private volatile String libraryVersion = "";
  private volatile String command = "";
  private volatile int protocol = 2;
  private final Set<String> channels = new LinkedHashSet<>();
  private final Set<String> patterns = new LinkedHashSet<>();
  private volatile int channelCount;
  private volatile int patternCount;
  private boolean authenticated;

  Session(Shared shared, Connection connection, NetSocket socket) {
    this.shared = shared;
    this.connection = connection;
    this.id = shared.nextClient();
    this.address = String.valueOf(socket.remoteAddress());
    this.localAddress = String.valueOf(socket.localAddress());
    this.authenticated = shared.options().token() == null;
  }

  Shared shared() {
    return shared;
  }

  Connection connection() {
    return connection;
  }

  long id() {
    return id;
  }

  /// Tells whether the client must still say who it is.
  boolean stranger() {
    return !authenticated;
  }

  void authenticate() {
    authenticated = true;
  }

  int protocol() {
    return protocol;
  }

  void speak(int version) {
    protocol = version;
  }

  String name() {
    return name;
  }

  void name(String given) {
    name = given;
  }

  void library(String given) {
    library = given;
  }

  void libraryVersion(String given) {
    libraryVersion = given;
  }

  Transaction transaction() {
    return transaction;
  }

  /// Hears that the client sent something.
  void received() {
    heardNanos = System.nanoTime();
  }

  /// Hears which command is its last one.
  void began(String commandName) {
    command = commandName;
  }

  /// Forgets everything, as when the connection was new.
  void reset() {
    transaction.discard();
    unsubscribe();
    protocol = 2;
    name = "";
    authenticated = shared.options().token() == null;
  }

  /// Hears that the connection is gone.
  void closed() {
    unsubscribe();
    shared.clients().remove(id);
    shared.connected(-1);
  }

  private void unsubscribe() {
    channels.forEach(name -> shared.channels().leave(this, name, false));
    patterns.forEach(name -> shared.channels().leave(this, name, true));
    channels.clear();
    patterns.clear();
    counted();
  }

  /// Returns the channels that it listens to.
  Set<String> channels() {
    return channels;
  }

  /// Returns the patterns of channels that it listens to.
  Set<String> patterns() {
    return patterns;
  }

  /// Takes note that it listens to others.
  void counted() {
    channelCount = channels.size();
    patternCount = patterns.size();
  }

  /// Returns to how many channels and patterns it listens.
  int subscribed() {
    return channelCount + patternCount;
  }

  /// Returns what `CLIENT LIST` says of it.
  String line() {
    long now = System.nanoTime();
    return "id="
        + id
        + " addr="
        + address
        + " laddr="
        + localAddress
        + " fd="
        + id
        + " name="
        + name
        + " age="
        + seconds(now - openedNanos)
        + " idle="
        + seconds(now - heardNanos)
        + " flags="
        + (subscribed() > 0 ? "P" : transaction.open() ? "x" : "N")
        + " db=0 sub="
        + channelCount
        + " psub="
        + patternCount
        + " ssub=0 multi="
        + (transaction.open() ? transaction.size() : -1)
        + " events=r cmd="
        + command
        + " user=default redir=-1 resp="
        + protocol
        + " lib-name="
        + library
        + " lib-ver="
        + libraryVersion
        + "\n";
  }

  private static long seconds(long nanos) {
    return TimeUnit.NANOSECONDS.toSeconds(nanos);
  }

  /// Tells whether the client may only listen: it subscribed in the old protocol.
  boolean listensOnly() {
    return protocol == 2 && subscribed() > 0;
  }
}
