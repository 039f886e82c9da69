import TestKit
import Testing
import XML

@Suite struct HTMLDocumentTests {
  private let page = Array(
    """
    <!DOCTYPE html>
    <html><head><title>Чайник &amp; кружка</title><meta name=description content="1.7 л">
    <script type="application/json">{"a": "<b>"}</script></head>
    <body><p class=x>one<p>two &nbsp;<b>bold</b>
    <dl><dt>Цвет</dt><dd>белый</dd><dd>серый</dd></dl><dl><dt>Вес<dd>1 кг</dl></body>
    """.utf8)

  @Test func findsTextsAttributesAndElements() throws {
    let document = try HTMLDocument(page)
    #expect(try document.texts("//title") == ["Чайник & кружка"])
    #expect(try document.texts("//script") == [#"{"a": "<b>"}"#])
    #expect(try document.texts("string(//title)") == ["Чайник & кружка"])
    #expect(try document.texts("count(//p)") == ["2"])
    #expect(try document.texts("//none").isEmpty)
    #expect(try document.texts("//meta/@content") == ["1.7 л"])
    #expect(try document.attributes("content", of: "//meta") == ["1.7 л"])
    let paragraphs = try document.elements("//p")
    #expect(paragraphs.map(\.line) == [4, 4])
    #expect(paragraphs.first?["class"] == "x")
    #expect(paragraphs.last?.text == "two \u{A0}bold\n")
  }

  @Test func readsTables() throws {
    let document = try HTMLDocument(page)
    let rows = try document.rows("//dl", columns: ["./dt", "./dd"])
    #expect(rows.map { $0[0].first?.prefix(3) } == ["Цве", "Вес"])
    #expect(rows.map { $0[1].count } == [2, 1])
  }

  @Test func reusesACompiledExpression() throws {
    let path = try XPath("//title")
    for _ in 0..<3 { #expect(try HTMLDocument(page).texts(path).count == 1) }
  }

  @Test(arguments: ["", "   ", "<!-- c -->"])
  func refusesAnEmptyPage(text: String) {
    let error = #expect(throws: XMLError.self) { _ = try HTMLDocument(Array(text.utf8)).texts("//a") }
    #expect(error?.code == .empty)
  }

  @Test func survivesWrongBytesAndZeros() throws {
    let document = try HTMLDocument(Array("<p>Чай".utf8) + [0xFF, 0x00] + Array("ник</p>".utf8))
    #expect(try document.texts("//p") == ["Чай\u{FFFD}ник"])
  }

  @Test func boundsDepthAndSize() {
    let deep = Array(String(repeating: "<div>", count: 100_000).utf8)
    #expect(throws: XMLError.self) { _ = try HTMLDocument(deep).texts("//div") }
    let error = #expect(throws: XMLError.self) { _ = try HTMLDocument(page, maximumBytes: 10).texts("//a") }
    #expect(error?.code == .tooLarge)
  }

  @Test(arguments: ["//p[", "", "nofunction()", "$unbound", "//x:y"])
  func refusesABadExpression(path: String) throws {
    let document = try HTMLDocument(page)
    let error = #expect(throws: XMLError.self) { try document.texts(path) }
    #expect(error?.code == .invalidQuery)
  }

  @Test func boundsAnExpensiveExpression() throws {
    let document = try HTMLDocument(Array(String(repeating: "<p>x", count: 4000).utf8))
    #expect(throws: XMLError.self) {
      try document.texts("//p[count(//p[count(//p[count(//p) > 0]) > 0]) > 0]")
    }
  }

  @Test func findsClassesInOneWalk() throws {
    let page = """
      <div class="list a"><h2 class=" head ">x &amp; y</h2><p class="heading">no</p><ul class="list"><li class="head\tlist">z</ul></div>
      <p><b class="head">tail</b>
      """
    let matches = try HTMLDocument(Array(page.utf8)).matches(classes: ["list", "head"])
    #expect(matches.map(\.name) == [0, 1, 0, 1, 0, 1])
    #expect(matches.map(\.element.name) == ["div", "h2", "ul", "li", "li", "b"])
    #expect(matches.map(\.outer) == [nil, 0, 0, 2, 3, nil])
    #expect(matches[1].element.text == "x & y")
    #expect(try HTMLDocument(Array("<p>".utf8)).matches(classes: ["list"]).isEmpty)
  }

  @Test func sameTextAgainAndAgainIsRefused() throws {
    let page = String(repeating: "<div class=\"a\">", count: 100) + String(repeating: "x", count: 400_000)
    let document = try HTMLDocument(Array(page.utf8))
    #expect { try document.matches(classes: ["a"]) } throws: { ($0 as? XMLError)?.code == .tooLarge }
    #expect(try document.matches(classes: ["b"]).isEmpty)
  }
}
