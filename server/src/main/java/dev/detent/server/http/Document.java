// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

/// Holds a whole answer with a body of text.
///
/// @param status the HTTP status
/// @param type the media type
/// @param body the body
record Document(int status, CharSequence type, String body) {
  static Document json(String body) {
    return new Document(200, Wire.JSON, body);
  }
}
