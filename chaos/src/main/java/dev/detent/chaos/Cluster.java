// SPDX-License-Identifier: Apache-2.0
package dev.detent.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Is some servers on one store.
final class Cluster implements AutoCloseable {
  private final List<Node> nodes = new ArrayList<>();
  private final Thread reaper = new Thread(() -> nodes.forEach(Node::destroy));

  private Cluster() {}

  /// Starts servers; they need not be ready when it returns.
  ///
  /// @param settings how many, with which arguments, and where
  /// @param store what they keep their data in, as `serve --store` takes it
  /// @param definitions the machines, as JSON
  static Cluster start(Settings settings, String store, List<String> definitions, Findings findings)
      throws IOException {
    var arguments = new ArrayList<>(List.of("serve", "--store", store, "--http", "127.0.0.1:0"));
    for (String definition : definitions) {
      Path file = settings.folder().resolve("machine" + arguments.size() + ".json");
      Files.writeString(file, definition);
      arguments.addAll(List.of("--define", file.toString()));
    }
    arguments.addAll(settings.serveArguments());
    var cluster = new Cluster();
    Runtime.getRuntime().addShutdownHook(cluster.reaper);
    for (int i = 1; i <= settings.nodes(); i++) {
      cluster.nodes.add(Node.start("node-" + i, settings, arguments, findings));
    }
    return cluster;
  }

  List<Node> nodes() {
    return nodes;
  }

  @Override
  public void close() {
    try {
      for (Node node : nodes) {
        node.end();
      }
    } catch (InterruptedException e) {
      nodes.forEach(Node::destroy);
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().removeShutdownHook(reaper);
  }
}
