// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.store.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Owns a file: holds an exclusive lock of the operating system on its sibling `FILE.lock`, which
/// ends with the process, whatever happens to it. The process's id stands in the sibling.
final class FileOwnership implements AutoCloseable {
  /// The files owned in this process. An operating system lock ends as soon as the process closes
  /// *any* descriptor of the file, so a second try in this process must not even open it.
  private static final Set<Path> OWNED = ConcurrentHashMap.newKeySet();

  private final Path lockFile;
  private final FileChannel channel;

  private FileOwnership(Path lockFile, FileChannel channel) {
    this.lockFile = lockFile;
    this.channel = channel;
  }

  /// Takes a file.
  ///
  /// @throws StoreException UNAVAILABLE if another process, or this one, owns it already
  static FileOwnership take(Path file) {
    Path lockFile = file.resolveSibling(file.getFileName() + ".lock");
    if (!OWNED.add(lockFile)) {
      throw taken(file, "this process", null);
    }
    try {
      return lock(file, lockFile);
    } catch (IOException e) {
      OWNED.remove(lockFile);
      throw new StoreException(
          StoreException.Kind.UNAVAILABLE,
          file + ": expected a lock file that can be written beside it, got '" + e + "'",
          e);
    } catch (RuntimeException e) {
      OWNED.remove(lockFile);
      throw e;
    }
  }

  /// Lets the file go.
  @Override
  public void close() {
    try {
      channel.truncate(0);
      channel.close();
    } catch (IOException e) {
      throw new StoreException(
          StoreException.Kind.UNAVAILABLE,
          lockFile + ": expected to be closed, got '" + e.getMessage() + "'",
          e);
    } finally {
      OWNED.remove(lockFile);
    }
  }

  private static FileOwnership lock(Path file, Path lockFile) throws IOException {
    FileChannel channel =
        FileChannel.open(
            lockFile, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    FileLock lock = channel.tryLock();
    if (lock == null) {
      channel.close();
      throw taken(file, "process " + Files.readString(lockFile).strip(), null);
    }
    channel.truncate(0);
    channel.write(pid());
    return new FileOwnership(lockFile, channel);
  }

  private static ByteBuffer pid() {
    return ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private static StoreException taken(Path file, String holder, @Nullable Throwable cause) {
    return new StoreException(
        StoreException.Kind.UNAVAILABLE,
        file
            + ": expected a store that nobody else has open, got one that is open in "
            + holder
            + "; stop that, or use PostgreSQL for several processes",
        cause);
  }
}
