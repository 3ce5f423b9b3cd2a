// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.codec.Codec;
import dev.detent.codec.Json;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Says more about a move in a [JoinedTransaction].
///
/// **Threads**: immutable.
///
/// @param precondition what must hold of the instance's version
/// @param metadata what is kept with the event, or null
public record MoveOptions(Precondition precondition, @Nullable Json metadata) {
  /// Says nothing.
  public static final MoveOptions NONE = new MoveOptions(Precondition.NONE, null);

  /// Returns the same, refused with VERSION_MISMATCH unless the instance has that version.
  ///
  /// @param version the version; 0 for an instance that was never touched
  public MoveOptions version(long version) {
    return new MoveOptions(new Precondition.Version(version), metadata);
  }

  /// Returns the same, with something to keep with the event.
  public MoveOptions metadata(Json said) {
    return new MoveOptions(precondition, said);
  }

  /// Returns the same, with bytes to keep with the event: it shows them as `{"base64":"…"}`.
  public MoveOptions metadata(byte[] said) {
    String text = Base64.getEncoder().encodeToString(said);
    return metadata(Codec.standard().write(Map.of("base64", text)));
  }
}
