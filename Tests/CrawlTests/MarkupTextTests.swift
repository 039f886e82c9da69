import Testing

@testable import Crawl

/// Running text out of a card's description.
@Suite struct MarkupTextTests {
  @Test(arguments: [
    ("просто текст", "просто текст"), ("", nil), (" \n\t ", nil), ("<p></p>", nil), ("  a  b  ", "a b"),
    ("a\nb\r\nc\u{85}d\u{2028}e\u{2029}f", "a\nb\nc\nd\ne\nf"), ("a\n\n \n b", "a\nb"),
    ("a\u{A0}b\u{2003}c\u{202F}d\u{205F}e\u{3000}f\u{1680}g", "a b c d e f g"), ("a\u{200B}b", "a\u{200B}b"),
    ("<p>Один</p><P class='x'>Два<br/>Три</P>", "Один\nДва\nТри"), ("a<b>b</b>c <i> d</i>", "abc d"),
    ("<ul><li>раз<li>два</ul>хвост", "раз\nдва\nхвост"), ("1 < 2 и 3 > 2", "1 < 2 и 3 > 2"), ("a<", "a<"),
    ("a<1>b", "a<1>b"), ("конец <b", "конец"), ("a<!-- b --> c", "a c"),
    ("a<script>if (a < b) {'</b>'}</script>b", "ab"), ("a<STYLE>p {}</style >b", "ab"), ("a<script>b", "a"),
    ("a<script></scripty>b</script>c", "ac"),
    ("&lt;b&gt; &amp;quot; 5&nbsp;&#8381;", "<b> &quot; 5 \u{20BD}"),
    ("&laquo;a&raquo;<br>&#x41;&unknown;&", "«a»\nA&unknown;&"), ("a&#10;b", "a\nb"), ("&nbsp;", nil),
    ("&l<b>t;</b>", "&lt;"), ("қазан – 1,7 л", "қазан – 1,7 л"), ("😀 x", "😀 x"),
  ])
  func plain(markup: String, text: String?) {
    #expect(MarkupText.plain(markup) == text)
  }
}
