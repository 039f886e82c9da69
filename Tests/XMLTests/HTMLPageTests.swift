import TestKit
import Testing
import XML

@Suite struct HTMLPageTests {
  private let page = """
    <!DOCTYPE html>
    <html><head><title>no</title>
    <script class=s type="application/json">{"a": "<b>"}</script></head>
    <body><p class=x DATA-Name='1 &amp; 2' hidden>one<p class=y>two &nbsp;<b>bold</b>
    <dl class=l><dt class=t>Цвет</dt><dd class=v>белый</dd><dd class=v>серый</dd></dl><dl class=l><dt class=t>Вес<dd class=v>1 кг</dl></body>
    """

  private func matches(_ page: String, _ classes: [String]) throws -> [HTMLMatch] {
    try HTMLPage.matches(in: Array(page.utf8), classes: classes)
  }

  @Test func findsElementsWithTheirAttributesAndText() throws {
    let found = try matches(page, ["x", "y", "s"])
    #expect(found.map(\.name) == [2, 0, 1])
    #expect(found.map(\.element.name) == ["script", "p", "p"])
    #expect(found.map(\.element.line) == [3, 4, 4])
    #expect(found.map(\.element.text) == [#"{"a": "<b>"}"#, "one", "two \u{A0}bold\n"])
    #expect(found[1].element["data-name"] == "1 & 2")
    #expect(found[1].element["hidden"] == "")
    #expect(found[1].element["other"] == nil)
  }

  /// An element whose end is missing ends where browsers end it.
  @Test func knowsWhatStandsInWhat() throws {
    let found = try matches(page, ["l", "t", "v"])
    #expect(found.map(\.name) == [0, 1, 2, 2, 0, 1, 2])
    #expect(found.map(\.outer) == [nil, 0, 0, 0, nil, 4, 4])
    #expect(found.map(\.element.text)[5...] == ["Вес", "1 кг"])
  }

  @Test func findsEveryClassOfAnElement() throws {
    let page = """
      <div class="list a"><h2 class=" head ">x &amp; y</h2><p class="heading">no</p><ul class="list"><li class="head\tlist">z</ul></div>
      <p><b class="head">tail</b>
      """
    let found = try matches(page, ["list", "head"])
    #expect(found.map(\.name) == [0, 1, 0, 0, 1, 1])
    #expect(found.map(\.element.name) == ["div", "h2", "ul", "li", "li", "b"])
    #expect(found.map(\.outer) == [nil, 0, 0, 2, 3, nil])
    #expect(found.map(\.element.text) == ["x & ynoz", "x & y", "z", "z", "z", "tail"])
    #expect(try matches("<p>", ["list"]).isEmpty)
    #expect(try matches("<p class>a<p class=''>b", ["list"]).isEmpty)
  }

  @Test(arguments: ["", "   ", "<!-- c -->"])
  func refusesAnEmptyPage(text: String) {
    let error = #expect(throws: XMLError.self) { _ = try matches(text, ["a"]) }
    #expect(error?.code == .empty)
  }

  @Test func survivesWrongBytesAndZeros() throws {
    let page = Array("<p class=a>Чай".utf8) + [0xFF, 0x00] + Array("ник</p>".utf8)
    #expect(try HTMLPage.matches(in: page, classes: ["a"]).map(\.element.text) == ["Чай\u{FFFD}ник"])
    let zero = Array("<p class=a>Чай".utf8) + [0x00] + Array("ник</p>".utf8)
    #expect(try HTMLPage.matches(in: zero, classes: ["a"]).map(\.element.text) == ["Чайник"])
  }

  @Test func boundsDepthAndSize() {
    let deep = #expect(throws: XMLError.self) {
      _ = try matches(String(repeating: "<div>", count: 100_000), ["a"])
    }
    #expect(deep?.code == .tooDeep)
    let long = #expect(throws: XMLError.self) {
      _ = try HTMLPage.matches(in: Array(page.utf8), classes: ["a"], maximumBytes: 10)
    }
    #expect(long?.code == .tooLarge)
  }

  @Test func sameTextAgainAndAgainIsRefused() throws {
    let page = String(repeating: "<div class=\"a\">", count: 100) + String(repeating: "x", count: 400_000)
    let error = #expect(throws: XMLError.self) { _ = try matches(page, ["a"]) }
    #expect(error?.code == .tooLarge)
    #expect(try matches(page, ["b"]).isEmpty)
  }
}
