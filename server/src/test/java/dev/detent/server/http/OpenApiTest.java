// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Holds the OpenAPI document to what is served, and to the rules of OpenAPI 3.1.
class OpenApiTest {
  private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch");

  private static JsonNode document;

  @BeforeAll
  static void read() throws IOException {
    try (InputStream in = OpenApiTest.class.getResourceAsStream("openapi.json")) {
      document = JsonMapper.shared().readTree(in);
    }
  }

  @Test
  void hasEveryRouteThatIsServedAndNoOther() {
    var documented = new TreeSet<String>();
    document
        .get("paths")
        .properties()
        .forEach(path ->
            operations(path.getValue())
                .forEach(method ->
                    documented.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
    assertThat(documented).isEqualTo(new TreeSet<>(Router.templates()));
  }

  @Test
  void hasEveryErrorCode() {
    var codes = new ArrayList<String>();
    document
        .at("/components/schemas/Problem/properties/code/enum")
        .forEach(code -> codes.add(code.asString()));
    assertThat(codes)
        .containsExactlyElementsOf(Arrays.stream(ErrorCode.values()).map(Enum::name).toList());
  }

  @Test
  void refersOnlyToWhatIsThereAndUsesAllOfIt() {
    var used = new TreeSet<String>();
    for (JsonNode node : document.findValues("$ref")) {
      String pointer = node.asString().substring(1);
      assertThat(document.at(pointer).isMissingNode()).as(pointer).isFalse();
      used.add(pointer);
    }
    var components = new TreeSet<String>();
    document
        .get("components")
        .properties()
        .forEach(kind ->
            kind.getValue()
                .propertyNames()
                .forEach(name -> components.add("/components/" + kind.getKey() + "/" + name)));
    components.remove("/components/securitySchemes/token");
    assertThat(used).isEqualTo(components);
  }

  @Test
  void declaresEveryParameterOfEveryPathAndNamesEveryOperationOnce() {
    var names = new ArrayList<String>();
    document
        .get("paths")
        .properties()
        .forEach(path -> {
          var declared = new TreeSet<String>();
          path.getValue()
              .path("parameters")
              .forEach(parameter ->
                  declared.add(parameter.get("$ref").asString().replaceAll(".*/", "")));
          var inPath = new TreeSet<String>();
          for (String segment : path.getKey().split("/")) {
            if (segment.startsWith("{")) {
              inPath.add(segment.substring(1, segment.length() - 1));
            }
          }
          assertThat(declared).as(path.getKey()).isEqualTo(inPath);
          for (String method : operations(path.getValue())) {
            JsonNode operation = path.getValue().get(method);
            names.add(operation.get("operationId").asString());
            assertThat(operation.get("summary").asString()).isNotBlank();
            operation
                .get("responses")
                .properties()
                .forEach(response -> {
                  assertThat(response.getKey()).matches("[1-5][0-9]{2}");
                  JsonNode value = response.getValue();
                  assertThat(value.has("$ref") || value.has("description")).isTrue();
                });
          }
        });
    assertThat(names).doesNotHaveDuplicates();
  }

  @Test
  void saysItsVersion() {
    assertThat(document.get("openapi").asString()).startsWith("3.1.");
    assertThat(document.at("/info/title").asString()).isEqualTo("Detent");
  }

  private static List<String> operations(JsonNode path) {
    return path.propertyNames().stream().filter(METHODS::contains).toList();
  }
}
