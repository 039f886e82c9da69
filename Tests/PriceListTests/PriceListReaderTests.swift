import Model
import PriceList
import Testing

@Suite struct PriceListReaderTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var inside: String
    /// Rules found, sorted.
    var rules: [String]
    /// Price, or `nil` when the offer is held back.
    var price: Int?
    var testDescription: String { inside }
  }

  static let prices: [Case] = [
    Case(inside: "<price>12990</price>", rules: [], price: 12990),
    Case(inside: "<price>\n 12990\t</price>", rules: [], price: 12990),
    Case(inside: "<price>12<!-- c -->990</price>", rules: [], price: 12990),
    Case(inside: "<price>012</price>", rules: ["number-form"], price: 12),
    Case(inside: "<price>+12</price>", rules: ["number-form"], price: 12),
    Case(inside: "<price>25000.00</price>", rules: ["decimal-price"], price: 25000),
    Case(inside: "<price>25000,0</price>", rules: ["decimal-price"], price: 25000),
    Case(inside: "<price>25\u{A0}000</price>", rules: ["spaced-price"], price: 25000),
    Case(inside: "<price>1 250 000</price>", rules: ["spaced-price"], price: 1_250_000),
    Case(inside: "<price>25000\u{A0}</price>", rules: ["spaced-price"], price: 25000),
    Case(inside: "<price>999999999</price>", rules: [], price: 999_999_999),
    Case(inside: "<price>1000000000</price>", rules: ["bad-price"], price: nil),
    Case(inside: "<price>99999999999999999999</price>", rules: ["bad-price"], price: nil),
    Case(inside: "<price>25000.50</price>", rules: ["bad-price"], price: nil),
    Case(inside: "<price>25.000</price>", rules: ["bad-price"], price: nil),
    Case(inside: "<price>25,000</price>", rules: ["bad-price"], price: nil),
    Case(inside: "<price>25 00</price>", rules: ["bad-price"], price: nil),
    Case(inside: "<price>-5</price>", rules: ["bad-price"], price: nil),
    Case(inside: "<price>5 ₸</price>", rules: ["bad-price"], price: nil),
    Case(inside: "<price>٥</price>", rules: ["bad-price"], price: nil),
    Case(inside: "<price>0</price>", rules: ["zero-price"], price: nil),
    Case(inside: "<price>0.00</price>", rules: ["decimal-price", "zero-price"], price: nil),
    Case(inside: "<price> </price>", rules: ["no-price"], price: nil),
    Case(inside: "", rules: ["no-price"], price: nil),
    Case(inside: "<price>5</price><price>5</price>", rules: ["duplicate-element"], price: 5),
    Case(inside: "<price>5</price><price>6</price>", rules: ["conflicting-price"], price: nil),
    Case(inside: "<price>5</price><price>0</price>", rules: ["conflicting-price", "zero-price"], price: nil),
    Case(
      inside: #"<price>5</price><cityprices><cityprice cityId="750000000">5</cityprice></cityprices>"#,
      rules: ["conflicting-price"], price: nil),
    Case(inside: "<cityprices/>", rules: ["no-price"], price: nil),
    Case(inside: "<cityprices><cityprice>5</cityprice></cityprices>", rules: ["bad-city"], price: nil),
    Case(
      inside:
        #"<cityprices><cityprice cityId="750000000">5</cityprice><cityprice cityId="1">6</cityprice></cityprices>"#,
      rules: ["bad-city"], price: nil),
    Case(
      inside: #"<cityprices><cityprice cityid="750000000">7</cityprice></cityprices>"#,
      rules: ["attribute-case"],
      price: 7),
  ]

  @Test(arguments: prices)
  func readsPricesOrHoldsBack(_ example: Case) throws {
    let reading = try read(one("<model>m</model>\(stock())\(example.inside)"))
    #expect(reading.findings.map(\.rule).sorted() == example.rules)
    #expect(reading.offers.first?.pricing.lowest?.amount == example.price)
    #expect(reading.heldBack.count == (example.price == nil ? 1 : 0))
    #expect(reading.heldBack.allSatisfy { example.rules.contains($0.rule) && $0.sku == "A1" })
  }

  struct Stock: Sendable, CustomTestStringConvertible {
    var attributes: String
    var rules: [String]
    /// `yes 4 3` for available, pieces and days, or `nil` when the offer is held back.
    var entry: String?
    var testDescription: String { attributes }
  }

  static let stocks: [Stock] = [
    Stock(attributes: #"available="yes" storeId="PP1""#, rules: [], entry: "yes - -"),
    Stock(attributes: #"available="no" storeId="PP1" stockCount="0""#, rules: [], entry: "no 0 -"),
    Stock(attributes: #"available="yes" storeId="PP1" preOrder="0""#, rules: [], entry: "yes - -"),
    Stock(
      attributes: #"available="yes" storeId="PP1" preOrder="30" stockCount="7""#, rules: [], entry: "yes 7 30"
    ),
    Stock(attributes: #"available="yes" storeId="PP1" preOrder="31""#, rules: ["bad-preorder"], entry: nil),
    Stock(attributes: #"available="yes" storeId="PP1" preOrder="-1""#, rules: ["bad-preorder"], entry: nil),
    Stock(attributes: #"available="yes" storeId="PP1" preOrder="2.5""#, rules: ["bad-preorder"], entry: nil),
    Stock(
      attributes: #"available="yes" storeId="PP1" preOrder="""#, rules: ["bad-preorder"], entry: "yes - -"),
    Stock(
      attributes: #"available="yes" storeId="PP1" preorder="3""#, rules: ["attribute-case"], entry: "yes - 3"),
    Stock(
      attributes: #"available="N" storeId="PP1" stockCount="9""#, rules: ["bad-available"], entry: "no 9 -"),
    Stock(attributes: #"available="Yes" storeId="PP1""#, rules: ["bad-available"], entry: "no - -"),
    Stock(attributes: #"storeId="PP1""#, rules: ["missing-available"], entry: "no - -"),
    Stock(attributes: #"available="no""#, rules: ["missing-store"], entry: nil),
    Stock(attributes: #"available="no" storeId="""#, rules: ["missing-store"], entry: nil),
    Stock(
      attributes: #"available="yes" storeId="PP1" stockCount="&gt;100""#, rules: ["bad-stock"],
      entry: "yes 100 -"),
    Stock(
      attributes: #"available="yes" storeId="PP1" stockCount="-2""#,
      rules: ["available-without-stock", "bad-stock"],
      entry: "yes 0 -"),
    Stock(
      attributes: #"available="yes" storeId="PP1" stockCount="12.0""#, rules: ["decimal-stock"],
      entry: "yes 12 -"),
    Stock(
      attributes: #"available="yes" storeId="PP1" stockCount="12.7""#, rules: ["decimal-stock"],
      entry: "yes 12 -"),
    Stock(
      attributes: #"available="yes" storeId="PP1" stockCount="12,0""#, rules: ["bad-stock"], entry: "yes 12 -"
    ),
    Stock(
      attributes: #"available="yes" storeId="PP1" stockCount="007""#, rules: ["number-form"], entry: "yes 7 -"
    ),
    Stock(
      attributes: #"available="yes" storeId="PP1" stockCount="много""#, rules: ["bad-stock"], entry: "yes - -"
    ),
    Stock(
      attributes: #"available="yes" storeId="PP1" stockCount="""#, rules: ["bad-stock"], entry: "yes - -"),
    Stock(
      attributes: #"available="yes" storeId="PP1" city="x""#, rules: ["unknown-attribute"], entry: "yes - -"),
  ]

  @Test(arguments: stocks)
  func readsStockOrHoldsBack(_ example: Stock) throws {
    let reading = try read(one("<model>m</model>\(stock(example.attributes))<price>5</price>"))
    #expect(reading.findings.map(\.rule).sorted() == example.rules)
    let entry = reading.offers.first?.availabilities.first.map {
      "\($0.isAvailable ? "yes" : "no") \($0.stock.map(String.init) ?? "-") \($0.preorderDays.map(String.init) ?? "-")"
    }
    #expect(entry == example.entry)
    #expect(reading.heldBack.count == (example.entry == nil ? 1 : 0))
  }

  static let skus: [(String, Bool, [String])] = [
    ("112066821_000573024", true, []), ("007", true, []), (" A ", true, ["unusual-sku"]),
    ("a+b(2)", true, ["unusual-sku"]), ("&quot;&amp;&lt;", true, ["unusual-sku"]),
    ("АВ", true, ["unusual-sku"]), ("АB", true, ["mixed-alphabets", "unusual-sku"]),
    (String(repeating: "1", count: 21), true, ["unusual-sku"]),
    (String(repeating: "1", count: 64), true, ["unusual-sku"]),
    (String(repeating: "1", count: 65), false, ["bad-sku"]), ("a&#9;b", false, ["bad-sku"]),
    ("", false, ["empty-sku"]), ("  ", false, ["empty-sku"]), ("\u{A0}", false, ["empty-sku"]),
  ]

  @Test(arguments: skus)
  func keepsSKUsAsWritten(sku: String, isOffer: Bool, rules: [String]) throws {
    let reading = try read(one(sku: sku))
    #expect(reading.findings.map(\.rule).sorted() == rules)
    #expect(reading.offers.count == (isOffer ? 1 : 0))
    #expect(reading.heldBack.map(\.rule) == (isOffer ? [] : rules))
    if isOffer, !sku.contains("&") { #expect(reading.offers.first?.sku.text == sku) }
  }

  @Test func collapsesTwinsAndHoldsBackContradictions() throws {
    func line(_ sku: String, _ price: Int, _ model: String = "m") -> String {
      "<offer sku=\"\(sku)\"><model>\(model)</model>\(stock())<price>\(price)</price></offer>\n"
    }
    let reading = try read(
      feed(
        line("T", 5) + line("C", 5) + line("T", 5) + line("C", 6) + line("Z", 0) + line("Z", 5) + line("C", 5)
      ))
    #expect(reading.offers.map(\.sku.text) == ["T"])
    #expect(
      reading.heldBack.map { "\($0.sku) \($0.rule)" } == [
        "C conflicting-duplicate", "C conflicting-duplicate", "Z zero-price", "Z conflicting-duplicate",
        "C conflicting-duplicate",
      ])
    #expect(reading.counts == .init(offerElements: 7, uniqueSKUs: 3, integerPriceSum: 31))
    let twin = try #require(reading.findings.first { $0.rule == "duplicate-sku" })
    #expect(twin.severity == .warning)
    #expect(reading.places.count == 1)
  }

  /// Cyrillic and Latin letters that look alike, and two Unicode spellings, are different SKUs.
  @Test func tellsLookAlikesApart() throws {
    let offers = ["A1", "А1", "e\u{301}", "\u{E9}"].map {
      "<offer sku=\"\($0)\"><model>m</model>\(stock())<price>5</price></offer>"
    }
    let reading = try read(feed(offers.joined()))
    #expect(reading.offers.count == 4)
    #expect(reading.counts.uniqueSKUs == 4)
  }

  @Test(arguments: [
    ("<price>5</price><model>m</model>\(stock())", ["child-order", "child-order"]),
    (
      "<model>m</model><brand>b</brand>\(stock())<description>d</description><price>5</price>",
      ["unknown-element"]
    ),
    ("<model>m<b>x</b></model>\(stock())<price>5</price>", ["unknown-element"]),
    ("<Model>m</Model>\(stock())<PRICE>5</PRICE>", ["element-case", "element-case"]),
    ("<model>m</model>x\(stock())<price>5</price>", ["stray-text"]),
    ("<model>m</model><price>5</price>", ["no-availability"]),
    ("<model>m</model><availabilities></availabilities><price>5</price>", ["empty-availabilities"]),
    (
      "<model>m</model><availabilities>\(stock())</availabilities><price>5</price>", ["nested-availabilities"]
    ),
    (
      "<model>m</model><availability available='yes' storeId='P'/><price>5</price>",
      ["unwrapped-availability"]
    ),
    ("<model>m</model>\(stock())<price currency='KZT'>5</price>", ["unknown-attribute"]),
    ("<x:model xmlns:x='y'>m</x:model>\(stock())<price>5</price>", ["wrong-namespace"]),
    ("<model>Чай\u{FFFD}</model>\(stock())<price>5</price>", ["replacement-character"]),
    ("<model>Р§Р°Р№РЅРёРє</model>\(stock())<price>5</price>", ["double-encoded"]),
    ("<model>Ð§Ð°Ð¹Ð½Ð¸Ðº</model>\(stock())<price>5</price>", ["double-encoded"]),
  ])
  func yieldsTheOfferInSpiteOf(inside: String, rules: [String]) throws {
    let reading = try read(one(inside))
    #expect(reading.findings.map(\.rule).sorted() == rules)
    #expect(reading.offers.count == 1)
    #expect(reading.offers.first?.pricing.lowest?.amount == 5)
  }

  @Test func readsAPreorderElementForAllStores() throws {
    let reading = try read(one("<model>m</model>\(stock())<price>5</price><preOrder>3</preOrder>"))
    #expect(reading.offers.first?.availabilities.map(\.preorderDays) == [3])
  }

  @Test func keepsTitlesToTheByte() throws {
    let title = "  «Чай» &amp; кофе | \(String(repeating: "ә", count: 122))&#13;\n"
    let reading = try read(one("<model>\(title)</model><brand></brand>\(stock())<price>5</price>"))
    let kept = try #require(reading.offers.first)
    #expect(kept.model == "  «Чай» & кофе | \(String(repeating: "ә", count: 122))\r\n")
    #expect(kept.brand == nil)
  }

  @Test func survivesMarksLineEndsAndEncodings() throws {
    let plain = one()
    let crlf = String(decoding: plain, as: UTF8.self).split(separator: "\n").joined(separator: "\r\n")
    let marked = try read([0xEF, 0xBB, 0xBF] + Array(crlf.utf8))
    #expect(marked.offers == (try read(plain)).offers)
    #expect(marked.findings.map(\.rule) == ["byte-order-mark"])
    let text = String(decoding: plain, as: UTF8.self)
    let wide = [0xFEFF] + Array(text.split(separator: "utf-8").joined(separator: "utf-16").utf16)
    let utf16 = try read(wide.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] })
    #expect(utf16.offers == marked.offers)
    #expect(utf16.findings.map(\.rule) == ["not-utf-8"])
  }

  @Test(arguments: [
    ("", "empty-document"), ("\n \n", "empty-document"), ("<", "empty-document"),
    ("<?xml version='1.0'?>", "empty-document"), ("<!DOCTYPE html><p>", "html-page"),
    ("<html><body/></html>", "html-page"), ("{\"a\": 1}", "other-format"), ("sku;price\n1;2", "other-format"),
    ("PK\u{3}\u{4}…", "other-format"), ("<yml_catalog/>", "other-format"),
    ("<rss><channel/></rss>", "other-format"),
    ("<feed xmlns='http://www.w3.org/2005/Atom'/>", "other-format"),
    ("<goods><good/></goods>", "other-format"),
    ("<kaspi_catalog><offers>", "cut-file"), ("<kaspi_catalog>\n<<<<<<< HEAD\n", "merge-conflict"),
    ("<kaspi_catalog date=“x”/>", "curly-quotes"), ("<kaspi_catalog\u{A0}date='x'/>", "no-break-space"),
    ("<kaspi_catalog a='1'b='2'/>", "not-well-formed"),
    ("<kaspi_catalog>&laquo;</kaspi_catalog>", "not-well-formed"),
    ("<kaspi_catalog>\u{B}</kaspi_catalog>", "control-character"), ("<x:kaspi_catalog/>", "not-well-formed"),
    ("<!DOCTYPE k SYSTEM 'file:///etc/passwd'><k/>", "doctype"),
  ])
  func refusesWhatIsNoPriceList(text: String, rule: String) throws {
    let error = try #require(refusal(Array(text.utf8)), "accepted")
    #expect(error.reason.rule == rule, "\(error)")
    #expect(error.reason.severity == .error)
    #expect(error.reason.place.line != nil && error.reason.place.column != nil)
    #expect(error.findings.last == error.reason)
  }

  @Test func refusesDepthAndSize() throws {
    let deep = String(repeating: "<offers>", count: 100_000)
    #expect(refusal(Array(deep.utf8))?.reason.rule == "too-deep")
    #expect(throws: PriceListError.self) { try PriceListReader.read(one(), source: "t", maximumBytes: 10) }
    let error = #expect(throws: PriceListError.self) {
      try PriceListReader.read(feed("<offer/><offer/>"), source: "t", maximumOffers: 1)
    }
    #expect(error?.reason.rule == "too-large")
  }

  @Test func saysWhereAnOfferAndAFaultBegin() throws {
    let reading = try read(
      feed(
        "<offer sku=\"1\">\n  <model>Чай</model> <price>0</price>\n</offer><offer sku=\"2\"><model/></offer>")
    )
    #expect(reading.heldBack.map(\.place.description) == ["t.xml:5:1", "t.xml:7:9"])
    #expect(
      reading.findings.map { "\($0.place.line ?? 0):\($0.place.column ?? 0) \($0.rule)" } == [
        "5:1 no-availability", "6:22 zero-price", "7:9 no-availability", "7:9 no-price", "7:24 empty-model",
      ])
  }

  @Test func keepsGoingWhereTheFrameIsOdd() throws {
    let odd = """
      <ns0:kaspi_catalog xmlns:ns0="kaspiShopping" date="d"><ns0:merchantid> 7 </ns0:merchantid><x/>
      <ns0:company/><ns0:offers><ns0:offer sku="1"><ns0:model>m</ns0:model><ns0:price>5</ns0:price></ns0:offer>
      </ns0:offers>\u{A0}</ns0:kaspi_catalog>
      """
    let reading = try read(Array(odd.utf8))
    #expect(reading.offers.count == 1)
    #expect(reading.date == "d")
    #expect(reading.company == "")
    #expect(reading.merchantID?.text == "7")
    #expect(
      Set(reading.findings.map(\.rule)).isSuperset(of: [
        "prefixed-elements", "top-level-order", "wrong-namespace", "unknown-element", "empty-company",
        "stray-text",
      ]))
  }

  /// Cut anywhere, a feed is refused: never fewer offers without an error.
  @Test func neverReadsACutFeed() throws {
    let whole = feed(
      "<offer sku=\"1\"><model>Чай &amp; к</model>\(stock())<price>5</price></offer>\n<offer sku='2'><model/>"
        + #"<cityprices><cityprice cityId="750000000">7</cityprice></cityprices></offer>"#)
    #expect(try read(whole).offers.count == 2)
    for length in 0..<whole.count {
      #expect(refusal(Array(whole[..<length])) != nil, "cut at \(length)")
    }
    // The same for a wrong byte anywhere: it is read in full or refused, and never crashes.
    for index in whole.indices {
      var damaged = whole
      damaged[index] = 0xFF
      #expect(refusal(damaged) != nil, "damaged at \(index)")
      damaged[index] = 0x3C
      if let reading = try? read(damaged) { #expect(reading.counts.offerElements == 2) }
    }
  }
}
