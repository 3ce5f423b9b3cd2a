// SPDX-License-Identifier: Apache-2.0
package dev.detent.checks.docs;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.Heading;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.SourceSpan;
import org.commonmark.node.Text;
import org.commonmark.parser.IncludeSourceSpans;
import org.commonmark.parser.Parser;

/// Holds what a Markdown file says that can be checked.
///
/// @param file the path below the root of the repository
/// @param links targets of links and images
/// @param spans code within a line
/// @param codeLines lines of fenced code; one that ends in `\` is joined with the next
/// @param anchors what links may point to within the file, as GitHub derives it from headings
record Markdown(
    String file, List<Piece> links, List<Piece> spans, List<Piece> codeLines, Set<String> anchors) {

  /// Holds a piece of text.
  ///
  /// @param line from 1
  record Piece(int line, String text) {}

  static Markdown parse(String file, String text) {
    var markdown =
        new Markdown(
            file, new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new TreeSet<>());
    Parser.builder()
        .includeSourceSpans(IncludeSourceSpans.BLOCKS_AND_INLINES)
        .build()
        .parse(text)
        .accept(new Collector(markdown));
    return markdown;
  }

  /// Fills a [Markdown].
  private static final class Collector extends AbstractVisitor {
    private final Markdown into;

    Collector(Markdown into) {
      this.into = into;
    }

    @Override
    public void visit(Link link) {
      into.links.add(new Piece(line(link), link.getDestination()));
      visitChildren(link);
    }

    @Override
    public void visit(Image image) {
      into.links.add(new Piece(line(image), image.getDestination()));
      visitChildren(image);
    }

    @Override
    public void visit(Code code) {
      into.spans.add(new Piece(line(code), code.getLiteral().strip()));
    }

    @Override
    public void visit(HtmlBlock block) {
      into.spans.add(new Piece(line(block), block.getLiteral().strip()));
    }

    @Override
    public void visit(FencedCodeBlock block) {
      int number = line(block);
      int begin = number + 1;
      var joined = new StringBuilder();
      for (String text : block.getLiteral().lines().toList()) {
        number++;
        begin = joined.isEmpty() ? number : begin;
        joined.append(text.endsWith("\\") ? text.substring(0, text.length() - 1) : text);
        if (!text.endsWith("\\")) {
          into.codeLines.add(new Piece(begin, joined.toString().strip()));
          joined.setLength(0);
        }
      }
    }

    @Override
    public void visit(Heading heading) {
      var title = new StringBuilder();
      heading.accept(new TextCollector(title));
      String slug =
          title
              .toString()
              .toLowerCase(Locale.ROOT)
              .replaceAll("[^\\p{L}\\p{N}_\\- ]", "")
              .replace(' ', '-');
      String anchor = slug;
      for (int i = 1; !into.anchors.add(anchor); i++) {
        anchor = slug + "-" + i;
      }
      visitChildren(heading);
    }

    private static int line(Node node) {
      List<SourceSpan> spans = node.getSourceSpans();
      return spans.isEmpty() ? 1 : spans.getFirst().getLineIndex() + 1;
    }
  }

  /// Collects the words of a heading.
  private static final class TextCollector extends AbstractVisitor {
    private final StringBuilder out;

    TextCollector(StringBuilder out) {
      this.out = out;
    }

    @Override
    public void visit(Text text) {
      out.append(text.getLiteral());
    }

    @Override
    public void visit(Code code) {
      out.append(code.getLiteral());
    }
  }
}
