// SPDX-License-Identifier: Apache-2.0
package dev.detent.journal;

/// Leaves the code of a handler whose attempt has ended, or of a branch that was stopped. An error,
/// so that no `catch (Exception e)` of the user's takes it for a failure of theirs.
final class Unwinding extends Error {
  private static final long serialVersionUID = 1L;

  Unwinding() {
    super("this attempt ends here, and another goes on; let this error pass", null, false, false);
  }
}
