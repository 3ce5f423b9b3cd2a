// SPDX-License-Identifier: Apache-2.0
package dev.detent.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.detent.ErrorCode;
import dev.detent.RefusedException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "true",
        "false",
        "0",
        "-0",
        "-0.0",
        "1E+2",
        "12345678901234567890123456789.0000000000000000001e-999999999999",
        "\"\"",
        "\"a\\\"b\\\\\"",
        "\"\\u0000\\ud800\\uD83D\\ude00/\\/\"",
        "\"\u00e9\ud83d\ude00\u2028\u007f\"",
        "[]",
        "[1,[],{}]",
        "{}",
        "{\"b\":1,\"a\":2,\"A\":3,\"\":4}",
      })
  void keepsCompactTextAsItIs(String text) {
    assertThat(Json.parse(text).text()).isEqualTo(text);
    assertThat(Json.parse(text.getBytes(StandardCharsets.UTF_8)).text()).isEqualTo(text);
  }

  @Test
  void dropsInsignificantWhiteSpaceOnly() {
    String spaced = " \t\r\n{ \"a b\" : [ 1 ,\n 2.50 , \" x \\\" y \" ] , \"c\" : { } }\n ";
    assertThat(Json.parse(spaced).text()).isEqualTo("{\"a b\":[1,2.50,\" x \\\" y \"],\"c\":{}}");
  }

  private static List<Arguments> broken() {
    return List.of(
        Arguments.of("", "line 1, column 1: expected a value, got nothing"),
        Arguments.of(" \n ", "line 2, column 2: expected a value, got nothing"),
        Arguments.of(
            "{", "line 1, column 2: expected a member's name in double quotes, got the end"),
        Arguments.of(
            "{a:1}", "line 1, column 2: expected a member's name in double quotes, got 'a'"),
        Arguments.of(
            "{\"a\":1,}", "line 1, column 8: expected a member's name in double quotes, got '}'"),
        Arguments.of(
            "{\"a\" 1}", "line 1, column 6: expected ':' after the member's name, got '1'"),
        Arguments.of("{\"a\":1 \"b\":2}", "line 1, column 8: expected ',' or '}', got '\"'"),
        Arguments.of(
            "{\"a\":1,\n\"a\":2}", "line 2, column 1: expected each member once, got 'a' again"),
        Arguments.of(
            "{\"a\":1,\"b\":2,\"\\u0061\":2}",
            "line 1, column 14: expected each member once, got 'a' again"),
        Arguments.of("[1 2]", "line 1, column 4: expected ',' or ']', got '2'"),
        Arguments.of("[1,]", "line 1, column 4: expected a value, got ']'"),
        Arguments.of("[1", "line 1, column 3: expected ',' or ']', got the end"),
        Arguments.of("1 2", "line 1, column 3: expected the end of the text, got '2'"),
        Arguments.of("1x", "line 1, column 2: expected the end of the text, got 'x'"),
        Arguments.of("01", "line 1, column 2: expected the end of the text, got '1'"),
        Arguments.of("-", "line 1, column 2: expected a digit, got the end"),
        Arguments.of("1.", "line 1, column 3: expected a digit, got the end"),
        Arguments.of("1e+", "line 1, column 4: expected a digit, got the end"),
        Arguments.of(".5", "line 1, column 1: expected a value, got '.'"),
        Arguments.of("+1", "line 1, column 1: expected a value, got '+'"),
        Arguments.of("NaN", "line 1, column 1: expected a value, got 'N'"),
        Arguments.of("nul", "line 1, column 1: expected a value, got 'n'"),
        Arguments.of("nulll", "line 1, column 5: expected the end of the text, got 'l'"),
        Arguments.of("// x", "line 1, column 1: expected a value, got '/'"),
        Arguments.of("'a'", "line 1, column 1: expected a value, got '''"),
        Arguments.of("\ufeff1", "line 1, column 1: expected a value, got U+FEFF"),
        Arguments.of("\u00a01", "line 1, column 1: expected a value, got U+00A0"),
        Arguments.of("\"a", "line 1, column 3: expected '\"' at the end, got the end"),
        Arguments.of(
            "\"a\nb\"", "line 1, column 3: expected control characters as escapes, got U+000A"),
        Arguments.of(
            "\"\u0000\"", "line 1, column 2: expected control characters as escapes, got U+0000"),
        Arguments.of(
            "\"\\x\"", "line 1, column 3: expected one of \" \\ / b f n r t u after \\, got 'x'"),
        Arguments.of(
            "\"\\u00g0\"", "line 1, column 6: expected four hexadecimal digits after \\u, got 'g'"),
        Arguments.of(
            "\"\\u\uff11111\"",
            "line 1, column 4: expected four hexadecimal digits after \\u, got '\uff11'"),
        Arguments.of(
            "\"\\", "line 1, column 3: expected one of \" \\ / b f n r t u after \\, got the end"),
        Arguments.of(
            "\"\ud83d\ude00\ud800\"",
            "line 1, column 3: expected Unicode text, got an unpaired surrogate"),
        Arguments.of(
            "\"\ude00\"", "line 1, column 2: expected Unicode text, got an unpaired surrogate"),
        Arguments.of(
            "[".repeat(501) + "]".repeat(501),
            "line 1, column 501: expected nesting of at most 500, got more"));
  }

  @ParameterizedTest
  @MethodSource("broken")
  void refusesWhatIsNotJsonAndSaysWhere(String text, String message) {
    var refused = catchThrowableOfType(RefusedException.class, () -> Json.parse(text));
    assertThat(refused).hasMessage("JSON, " + message);
    assertThat(refused.code()).isEqualTo(ErrorCode.BAD_REQUEST);
    assertThat(refused.problem().members()).containsKeys("line", "column");
  }

  @Test
  void takesTheDeepestNestingThatIsAllowed() {
    Json deep = Json.parse("[".repeat(500) + "]".repeat(500));
    assertThat(deep.fingerprint()).hasSize(64);
    assertThat(deep.elements()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ff", "c3", "c0af", "eda080", "f4908080", "e282"})
  void refusesBytesThatAreNotUtf8(String hex) {
    byte[] inner = java.util.HexFormat.of().parseHex(hex);
    byte[] bytes = new byte[inner.length + 2];
    bytes[0] = '"';
    System.arraycopy(inner, 0, bytes, 1, inner.length);
    bytes[bytes.length - 1] = '"';
    assertThatThrownBy(() -> Json.parse(bytes))
        .isInstanceOf(RefusedException.class)
        .hasMessage("JSON: expected UTF-8, got other bytes");
  }

  @Test
  void takesTheReplacementCharacterItself() {
    byte[] bytes = "\"\ufffd\"".getBytes(StandardCharsets.UTF_8);
    assertThat(Json.parse(bytes).asString()).isEqualTo("\ufffd");
  }

  @Test
  void readsNothingAsNoInput() {
    assertThat(Json.parseInput(new byte[0])).isSameAs(Json.NULL);
    assertThat(Json.parseInput("null".getBytes(StandardCharsets.UTF_8))).isSameAs(Json.NULL);
    assertThat(Json.parseInput("{ }".getBytes(StandardCharsets.UTF_8))).isSameAs(Json.EMPTY);
  }

  @Test
  void mergesOneLevelDeepAndKeepsSpellings() {
    Json base = Json.parse("{\"a\":1.0,\"b\":{\"x\":1},\"\\u0063\":null,\"d\":[1]}");
    Json over = Json.parse("{\"e\\n\":1e0,\"b\":{\"y\":2},\"c\":\"\\u0041\",\"d\":null}");
    assertThat(base.merge(over).text())
        .isEqualTo("{\"a\":1.0,\"b\":{\"y\":2},\"\\u0063\":\"\\u0041\",\"d\":null,\"e\\n\":1e0}");
    assertThat(base.merge(Json.EMPTY)).isSameAs(base);
    assertThat(Json.EMPTY.merge(over)).isSameAs(over);
  }

  @Test
  void refusesToMergeWhatIsNoObject() {
    assertThatThrownBy(() -> Json.EMPTY.merge(Json.NULL))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("JSON: expected an object, got null");
  }

  @Test
  void escapesNamesOfMembers() {
    var members = new LinkedHashMap<String, Json>();
    members.put("a\"\\\n\u0001\ud800\u00e9", Json.EMPTY);
    members.put("", Json.string("\ud83d\ude00\b\f\r\t\u001f\ude00"));
    Json json = Json.object(members);
    assertThat(json.text())
        .isEqualTo(
            "{\"a\\\"\\\\\\n\\u0001\\ud800\u00e9\":{},"
                + "\"\":\"\ud83d\ude00\\b\\f\\r\\t\\u001f\\ude00\"}");
    assertThat(Json.parse(json.text()).members()).isEqualTo(members);
    assertThat(Json.parse("\"\\b\\f\\n\\r\\t\\/\\u00E9\"").asString())
        .isEqualTo("\b\f\n\r\t/\u00e9");
  }

  @Test
  void givesElementsAndMembersInOrder() {
    assertThat(Json.parse("[1,\"a,]\",[2,3],{\"x\":[]}]").elements())
        .extracting(Json::text)
        .containsExactly("1", "\"a,]\"", "[2,3]", "{\"x\":[]}");
    assertThat(Json.array(List.of(Json.NULL, Json.EMPTY)).text()).isEqualTo("[null,{}]");
    assertThat(Json.parse("{\"b\":\"}\",\"a\":-1e5}").members().toString())
        .isEqualTo("{b=\"}\", a=-1e5}");
  }

  private static List<Arguments> equal() {
    return List.of(
        Arguments.of("1", "1.0"),
        Arguments.of("1", "1e0"),
        Arguments.of("100", "1E+2"),
        Arguments.of("0.001", "1e-3"),
        Arguments.of("0", "-0.000e77"),
        Arguments.of("0e99999999999999999999", "0"),
        Arguments.of("1e999999999", "10e999999998"),
        Arguments.of("-1.50e-99999999999999999999", "-15e-100000000000000000000"),
        Arguments.of("\"\\u0041\\/\"", "\"A/\""),
        Arguments.of("{\"a\":1,\"b\":[{}]}", "{\"b\":[{}],\"\\u0061\":1.00}"));
  }

  @ParameterizedTest
  @MethodSource("equal")
  void fingerprintsEqualValuesEqually(String one, String other) {
    assertThat(Json.parse(one).fingerprint()).isEqualTo(Json.parse(other).fingerprint());
  }

  private static List<Arguments> different() {
    return List.of(
        Arguments.of("1", "-1"),
        Arguments.of("1", "\"1\""),
        Arguments.of("1", "10"),
        Arguments.of("9007199254740993", "9007199254740992"),
        Arguments.of("1e999999999", "1e999999998"),
        Arguments.of("[1,2]", "[2,1]"),
        Arguments.of("[[1],2]", "[[1,2]]"),
        Arguments.of("{}", "[]"),
        Arguments.of("{\"a\":null}", "{}"),
        Arguments.of("\"\\ud800\"", "\"?\""),
        Arguments.of("{\"a\":{\"b\":1}}", "{\"a\":{},\"b\":1}"));
  }

  @ParameterizedTest
  @MethodSource("different")
  void fingerprintsDifferentValuesDifferently(String one, String other) {
    assertThat(Json.parse(one).fingerprint()).isNotEqualTo(Json.parse(other).fingerprint());
  }

  @Test
  void fingerprintsNumbersOfAbsurdLength() {
    String digits = "7".repeat(100_000);
    assertThat(Json.parse("1e" + digits).fingerprint()).hasSize(64);
    assertThat(Json.parse(digits + ".0").fingerprint()).isEqualTo(Json.parse(digits).fingerprint());
  }
}
