// SPDX-License-Identifier: Apache-2.0
package dev.detent.checks.graph;

/// Says that a class uses another.
///
/// @param user the full name of the class that uses
/// @param used the full name of the class that is used
record Use(String user, String used) {
  String fromPackage() {
    return packageOf(user);
  }

  String toPackage() {
    return packageOf(used);
  }

  private static String packageOf(String name) {
    return name.substring(0, Math.max(0, name.lastIndexOf('.')));
  }
}
