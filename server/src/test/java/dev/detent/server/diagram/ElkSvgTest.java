// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.diagram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.detent.RefusedException;
import dev.detent.codec.Json;
import dev.detent.machine.Machine;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class ElkSvgTest {
  private static final String TURNSTILE =
      """
      {"id":"turnstile","initial":"locked","states":{
        "locked":{"on":{"coin":"unlocked","kick":"locked"}},
        "unlocked":{"on":{"push":"locked"},"after":{"30s":"locked"}},
        "scrapped":{"type":"final","description":"<gone> & \\"over\\""}}}
      """;

  @Test
  void drawsABoxForEachStateAndALabelForEachCause() throws Exception {
    Element svg = parse(draw(TURNSTILE));

    assertThat(texts(svg, "name")).containsExactly("locked", "unlocked", "scrapped");
    assertThat(texts(svg, "label")).containsExactly("coin", "kick", "push", "after 30s");
    assertThat(elements(svg, "circle", "dot")).hasSize(1);
    assertThat(elements(svg, "path", "line")).hasSize(4);
  }

  @Test
  void drawsASecondBorderForAFinalState() throws Exception {
    assertThat(elements(parse(draw(TURNSTILE)), "rect", "inner")).hasSize(1);
  }

  @Test
  void drawsAMachineThatIsTooTangledForTheFinestLayout() throws Exception {
    assertThat(texts(parse(draw(tangled(100, 3))), "name")).hasSize(100);
  }

  @Test
  void refusesMoreArrowsThanAnybodyCanRead() {
    assertThatThrownBy(() -> draw(tangled(500, 3)))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("at most 1000 arrows to draw, got 1501; ask for dot or mermaid");
  }

  private static String tangled(int states, int commands) {
    var text = new StringJoiner(",", "{\"id\":\"m\",\"initial\":\"s0\",\"states\":{", "}}");
    for (int i = 0; i < states; i++) {
      var edges = new StringJoiner(",", "\"s" + i + "\":{\"on\":{", "}}");
      for (int j = 0; j < commands; j++) {
        edges.add("\"c" + j + "\":\"s" + (i * 7 + j * 13 + 1) % states + "\"");
      }
      text.add(edges.toString());
    }
    return text.toString();
  }

  @Test
  void keepsNamesOfAnyScriptAndMarkup() throws Exception {
    String odd =
        "{\"id\":\"odd\",\"initial\":\"<a & 'b'>\",\"states\":{"
            + "\"<a & 'b'>\":{\"on\":{\"go\":\"状态 \uD83D\uDE80\"}},\"状态 \uD83D\uDE80\":{}}}";

    assertThat(texts(parse(draw(odd)), "name")).containsExactly("<a & 'b'>", "状态 \uD83D\uDE80");
  }

  @Test
  void replacesWhatXmlCanNotHold() throws Exception {
    String odd =
        "{\"id\":\"odd\",\"initial\":\"a\\uFFFE\",\"states\":{"
            + "\"a\\uFFFE\":{\"type\":\"final\",\"description\":\"\\u0007\"}}}";

    assertThat(texts(parse(draw(odd)), "name")).containsExactly("a\uFFFD");
  }

  @Test
  void drawsTheSameEveryTime() {
    assertThat(draw(TURNSTILE)).isEqualTo(draw(TURNSTILE));
  }

  @Test
  void hasColoursForLightAndDark() {
    assertThat(draw(TURNSTILE)).contains("fill: #ffffff", "prefers-color-scheme: dark");
  }

  @Test
  void keepsLabelsOffTheBoxes() throws Exception {
    Element svg = parse(draw(TURNSTILE));
    List<Element> labels = elements(svg, "rect", "page");
    List<Element> boxes = elements(svg, "rect", "box");

    assertThat(labels.subList(1, labels.size()))
        .isNotEmpty()
        .allSatisfy(label -> assertThat(boxes).noneMatch(box -> overlap(label, box)));
  }

  private static String draw(String definition) {
    return new ElkSvg().draw(Machine.parse(null, Json.parse(definition)));
  }

  private static Element parse(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)))
        .getDocumentElement();
  }

  private static List<String> texts(Element svg, String style) {
    return elements(svg, "text", style).stream().map(Element::getTextContent).toList();
  }

  private static List<Element> elements(Element svg, String tag, String style) {
    NodeList nodes = svg.getElementsByTagName(tag);
    var found = new ArrayList<Element>();
    for (int i = 0; i < nodes.getLength(); i++) {
      if (nodes.item(i) instanceof Element element && element.getAttribute("class").equals(style)) {
        found.add(element);
      }
    }
    return found;
  }

  private static boolean overlap(Element a, Element b) {
    return number(a, "x") < number(b, "x") + number(b, "width")
        && number(b, "x") < number(a, "x") + number(a, "width")
        && number(a, "y") < number(b, "y") + number(b, "height")
        && number(b, "y") < number(a, "y") + number(a, "height");
  }

  private static double number(Element element, String attribute) {
    return Double.parseDouble(element.getAttribute(attribute));
  }
}
