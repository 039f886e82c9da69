import Model
import Store
import Testing

@testable import Crawl

@Suite struct ProductPageTests {
  private func extract(_ text: String) throws -> ExtractedPage {
    try ProductPage.extract(html: Array(text.utf8), source: "page")
  }

  private func code(_ bytes: [UInt8]) -> PageError.Code? {
    do {
      _ = try ProductPage.extract(html: bytes, source: "page")
      return nil
    } catch {
      return error.code
    }
  }

  @Test func readsGroupsUnitsAndSeveralValues() throws {
    let product = try extract(Fixtures.page(id: "100000001")).product
    #expect(
      product.characteristics == [
        CharacteristicGroup(
          name: "Основные",
          characteristics: [
            Characteristic(code: "kettles*volume", name: "Объем", values: ["1.7"], unit: "л"),
            Characteristic(code: "kettles*colour", name: "Цвет", values: ["белый", "серый"]),
          ])
      ])
    #expect(
      product.categories == [
        Category(code: "Kitchen", title: "Кухня"), Category(code: "Kettles", title: "Чайники"),
      ])
    #expect(product.images == ["https://img.example/a.jpg"])
    #expect(product.variants.map(\.isAvailable) == [true, false])
    #expect(product.rating == Rating(hundredths: 470, count: 12))
  }

  @Test(
    arguments: [
      ("null", nil), ("\"\"", nil), ("\"Просто текст\"", "Просто текст"),
      ("\"<p>Один</p><p>Два&nbsp;&amp;amp; три</p>\"", "Один\nДва &amp; три"),
      ("\"a<br/>b<script>var x = '<p>';</script>c\"", "a\nbc"), ("\"1 < 2 и 3 > 2\"", "1 < 2 и 3 > 2"),
      ("\"<ul><li>А</li><li>Б</li></ul>\"", "А\nБ"), ("\"<b>жирно\"", "жирно"), ("\"хвост <b\"", "хвост"),
    ] as [(String, String?)])
  func freesTheDescriptionFromMarkup(json: String, text: String?) throws {
    #expect(try extract(Fixtures.page(id: "100000001", description: json)).product.description == text)
  }

  @Test(arguments: [
    ("Монитор 15.6&#34;", "Монитор 15.6\""), ("A &amp;quot;B&amp;quot;", "A &quot;B&quot;"),
    ("R&amp;D &#x41;&#1178;", "R&D AҚ"), ("Q&A &nosuch; &#0; &#xD800; &", "Q&A &nosuch; &#0; &#xD800; &"),
    ("  Два   пробела ", "Два пробела"),
  ])
  func decodesReferencesOnce(written: String, title: String) throws {
    #expect(try extract(Fixtures.page(id: "100000001", title: written)).product.title == title)
  }

  @Test func takesAMissingPriceForSoldOutAndNothingElse() throws {
    let city = try #require(CityID(Fixtures.city))
    #expect(try extract(Fixtures.page(id: "100000001", price: nil)).product.sales == [city: .soldOut])
    for price in ["0", "-5", "12.5", "\"много\"", "null", "99999999999999"] {
      let page = try extract(Fixtures.page(id: "100000001", price: price))
      #expect(page.product.sales.isEmpty, "\(price)")
      #expect(page.findings.contains { $0.rule == "page-price" && $0.severity == .warning }, "\(price)")
    }
    #expect(
      try extract(Fixtures.page(id: "100000001", price: "12990.0")).product.sales[city]
        == Tenge(12990).map { .price($0) })
  }

  @Test(arguments: ["Без бренда", "без бренда"]) func takesNoBrandForNone(brand: String) throws {
    #expect(try extract(Fixtures.page(id: "100000001", brand: brand)).product.brand == nil)
  }

  @Test func keepsNoPriceWithoutACity() throws {
    let text = Fixtures.page(id: "100000001").replacing("regionId", with: "regionCode").replacing(
      "?c=", with: "?x=")
    let page = try extract(text)
    #expect(page.city == nil && page.product.sales.isEmpty)
    #expect(page.findings.contains { $0.rule == "page-city" })
  }

  @Test func saysWhenWitnessesDisagree() throws {
    let text = Fixtures.page(id: "100000001")
      .replacing(
        "property=\"product:price:amount\" content=\"12990\"",
        with: "property=\"product:price:amount\" content=\"99\""
      )
      .replacing("BACKEND.state.productId = \"100000001\"", with: "BACKEND.state.productId = \"100000009\"")
    let page = try extract(text)
    #expect(page.findings.map(\.rule) == ["page-disagrees", "page-disagrees"])
    #expect(
      page.findings.contains {
        $0.message.contains("price") && $0.message.contains("12990") && $0.message.contains("99")
      })
    #expect(page.findings.contains { $0.message.contains("number") && $0.severity == .warning })
    #expect(try extract(Fixtures.page(id: "100000001")).findings.isEmpty)
    #expect(try extract(Fixtures.page(id: "100000001", price: nil)).findings.isEmpty)
  }

  @Test func believesOnlyScripts() throws {
    let forged = """
      <p>BACKEND.components.item = {"card":{"id":"666","title":"Подделка"}}</p>
      <script>var text = "BACKEND.components.item = {}"; var BACKEND.components.itemOther = {"card":{"id":"667"}};</script>
      """
    let text = Fixtures.page(id: "100000001").replacing("<body>", with: "<body>" + forged)
    #expect(try extract(text).product.id.text == "100000001")
  }

  @Test func countsBracesOutsideStringsOnly() throws {
    let title = "Скобки } ] { \\\" \\\\ <script> BACKEND.components.item = {"
    let page = try extract(Fixtures.page(id: "100000001", title: title))
    #expect(page.product.title == "Скобки } ] { \" \\ <script> BACKEND.components.item = {")
  }

  @Test func readsTheMarkupWhenTheStateIsDamaged() throws {
    let page = try extract(Fixtures.page(id: "100000001", item: "{\"card\": {\"id\": 1,, }}"))
    #expect(page.product.title == "Чайник Тест 1.7 л" && page.product.id.text == "100000001")
    #expect(page.findings.map(\.rule) == ["page-state-damaged"])
    #expect(page.product.characteristics.flatMap(\.characteristics).map(\.values) == [["белый, серый"]])
    #expect(page.fields[.characteristics] == .markup && page.fields[.description] == nil)
  }

  @Test(
    arguments: [
      ([], .empty), (Array(" \n ".utf8), .empty), (Array("{\"data\":[]}".utf8), .notHTML),
      (Array("[]".utf8), .notHTML), (Array("<?xml version=\"1.0\"?><a/>".utf8), .notHTML),
      (Array("просто текст".utf8), .notHTML), (Array("<html><body>Привет</body></html>".utf8), .notAProduct),
      (Array(Fixtures.block.utf8), .blocked), (Array("<!DOCTYPE html><html><head>".utf8), .cut),
      ([UInt8](repeating: 0, count: 4096), .notHTML), (Array("<".utf8), .notAProduct),
    ] as [([UInt8], PageError.Code)])
  func namesWhatIsNoProductPage(bytes: [UInt8], code: PageError.Code) {
    #expect(self.code(bytes) == code)
  }

  @Test func survivesHostilePages() {
    let state = "<html><script>BACKEND.x; BACKEND.components.item = "
    let (megabyte, some) = (1 << 20, 1 << 17)
    #expect(code(Array((state + String(repeating: "{", count: megabyte)).utf8)) != nil)
    #expect(
      code(Array((state + String(repeating: "{\"a\":[", count: some / 6) + "</script></html>").utf8)) != nil)
    #expect(code(Array((state + "{\"" + String(repeating: "x", count: some)).utf8)) == .cut)
    let many = String(repeating: "<script>BACKEND.components.item={\"", count: some / 34)
    #expect(code(Array(("<html>" + many).utf8)) == .cut)
    #expect(code(Array(String(repeating: "<script", count: some / 7).utf8)) == .notAProduct)
    #expect(code(Array(String(repeating: "<script>", count: some / 8).utf8)) == .notAProduct)
    #expect(code(Array((state + "\"text\";</script></html>").utf8)) == .notAProduct)
  }

  @Test func survivesBytesThatAreNoText() {
    var page = Array(Fixtures.page(id: "100000001").utf8)
    let place =
      BytePattern("Чайник Тест").first(
        in: page, (BytePattern("BACKEND.components.item").first(in: page, 0..<page.count) ?? 0)..<page.count)
      ?? 0
    page[place] = 0xFF
    #expect(code(page) == .encoding)
    page[place] = 0x00
    #expect(code(page) == .encoding)
    var zeros = Array(Fixtures.page(id: "100000001").utf8)
    zeros.insert(contentsOf: [0, 0, 0], at: zeros.count - 20)
    #expect(code(zeros) == nil)
    #expect(code([0xEF, 0xBB, 0xBF] + Array(Fixtures.page(id: "100000001").utf8)) == nil)
  }

  @Test(
    arguments: [
      ("BACKEND.components.item={}", .damaged), ("BACKEND.components.item = {\"card\":{}}", .damaged),
      ("BACKEND.components.item = {\"card\":{\"id\":\"abc\",\"title\":\"x\"}}", .damaged),
      ("BACKEND.components.item = {\"card\":{\"id\":\"5\",\"title\":\" \"}}", .damaged),
      ("BACKEND.components.item = null", .notAProduct), ("BACKEND.components.item == {}", .notAProduct),
    ] as [(String, PageError.Code)])
  func refusesACardWithoutNumberOrTitle(script: String, code: PageError.Code) {
    #expect(self.code(Array("<html><script>\(script)</script></html>".utf8)) == code)
  }

  @Test func takesPeopleOutOfAPage() throws {
    let text = Fixtures.page(
      id: "100000001",
      extra: "<script>var r = {\"author\":\"Ержан \\\"Тайный\\\"\",\"orderNumber\":\"42\"};</script>")
    let kept = String(decoding: PageRedaction.withoutPeople(Array(text.utf8)), as: UTF8.self)
    for secret in ["Айгуль", "555000111", "Хороший", "Ержан", "Тайный", "\"42\""] {
      #expect(!kept.contains(secret), "\(secret)")
    }
    #expect(try extract(kept) == extract(text))
    let loose = "<div class=\"reviews__author\">Айгуль</div><img src='/img/p/r/555/x.jpg'>"
    let blank = String(decoding: PageRedaction.withoutPeople(Array(loose.utf8)), as: UTF8.self)
    #expect(!blank.contains("Айгуль") && !blank.contains("555"))
  }
}
