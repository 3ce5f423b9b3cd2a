// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;

/// Reads a text of requests and what must come back.
///
/// Lines that begin with `>` are a request: its line, headers, an empty one, the body. Lines that
/// begin with `<` are the response: the status, headers that must be there, an empty one, the body;
/// `…` stands for any text. Anything else is a comment. `Host` and `Content-Length` are added.
record Transcript(List<Step> steps) {
  /// Holds one request and what must come back.
  record Step(int line, List<String> request, List<String> response) {
    String head() {
      return request.get(0);
    }

    boolean isHead() {
      return head().startsWith("HEAD ");
    }

    byte[] bytes() {
      int blank = request.indexOf("");
      List<String> lines = blank < 0 ? request : request.subList(0, blank);
      String body = blank < 0 ? "" : String.join("\n", request.subList(blank + 1, request.size()));
      byte[] bodyBytes = body.getBytes(StandardCharsets.UTF_8);
      var out = new StringBuilder(lines.get(0)).append(" HTTP/1.1\r\nHost: localhost\r\n");
      lines.stream().skip(1).forEach(header -> out.append(header).append("\r\n"));
      if (bodyBytes.length > 0) {
        out.append("Content-Length: ").append(bodyBytes.length).append("\r\n");
      }
      return out.append("\r\n").append(body).toString().getBytes(StandardCharsets.UTF_8);
    }

    /// Returns what differs from what was expected, empty if nothing does.
    String differences(Wiretap.Response got) {
      int blank = response.indexOf("");
      List<String> head = blank < 0 ? response : response.subList(0, blank);
      var out = new StringBuilder();
      if (!head.get(0).equals(String.valueOf(got.status()))) {
        out.append(" expected status ").append(head.get(0)).append(", got ").append(got.status());
      }
      for (String header : head.subList(1, head.size())) {
        int colon = header.indexOf(':');
        String value = got.header(header.substring(0, colon).toLowerCase(Locale.ROOT));
        if (!fits(header.substring(colon + 1).strip(), value)) {
          out.append(" expected ").append(header).append(", got '").append(value).append('\'');
        }
      }
      if (blank >= 0
          && !fits(String.join("\n", response.subList(blank + 1, response.size())), got.body())) {
        out.append(" expected other body");
      }
      return out.isEmpty()
          ? ""
          : "line " + line + " " + head() + ":" + out + "; body " + got.body();
    }

    private static boolean fits(String expected, String got) {
      String[] parts = expected.split("…", -1);
      var pattern = new StringBuilder();
      for (int i = 0; i < parts.length; i++) {
        pattern.append(i == 0 ? "" : ".*").append(Pattern.quote(parts[i]));
      }
      return Pattern.compile(pattern.toString(), Pattern.DOTALL).matcher(got).matches();
    }
  }

  static Transcript read(String name) {
    var steps = new ArrayList<Step>();
    List<String> lines = lines(name);
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).startsWith(">")) {
        continue;
      }
      var step = new Step(i + 1, new ArrayList<>(), new ArrayList<>());
      for (; lines.get(i).startsWith(">"); i++) {
        step.request().add(lines.get(i).substring(1).strip());
      }
      for (; i < lines.size() && lines.get(i).startsWith("<"); i++) {
        step.response().add(lines.get(i).substring(1).strip());
      }
      steps.add(step);
    }
    return new Transcript(steps);
  }

  private static List<String> lines(String name) {
    try (InputStream in = Transcript.class.getResourceAsStream(name)) {
      byte[] bytes = Objects.requireNonNull(in, name).readAllBytes();
      return new String(bytes, StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
