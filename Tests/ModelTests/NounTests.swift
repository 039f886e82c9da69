import Testing

@testable import Model

@Suite struct NounTests {
  @Test func skusAreBytesNotSpellings() throws {
    let composed = try #require(SKU("\u{439}1"))
    let decomposed = try #require(SKU("\u{438}\u{306}1"))
    #expect(composed.text == decomposed.text, "Unicode calls them equal")
    #expect(composed != decomposed)
    #expect(Set([composed, decomposed]).count == 2)
    #expect(SKU("007") != SKU("7"))
    #expect(SKU(" ") == nil && SKU("\u{A0} ") == nil && SKU(" 7 ")?.text == " 7 ")
  }

  @Test(arguments: ["", "a\tb", "a\u{7F}", String(repeating: "x", count: 65)])
  func refusesSkusThatNoPriceListCarries(text: String) {
    #expect(SKU(text) == nil)
  }

  @Test(arguments: [
    ("490267149", true), ("a_b-C", true), ("C81В875FAB(4)", false), ("a b", false),
    ("HQ13450A450T01+0HQ13JS01", false), (String(repeating: "1", count: 21), false),
  ])
  func tellsPlainSkusFromUnusual(text: String, isPlain: Bool) throws {
    #expect(try #require(SKU(text)).isPlain == isPlain)
  }

  @Test(arguments: [(0, false), (-1, false), (1, true), (999_999_999, true), (1_000_000_000, false)])
  func tengeHasBounds(amount: Int, isPrice: Bool) {
    #expect((Tenge(amount) != nil) == isPrice)
  }

  @Test func groupsDigitsForPeople() throws {
    #expect(Tenge(1_234_567)?.grouped == "1\u{A0}234\u{A0}567\u{A0}₸")
    #expect(999.grouped == "999")
    #expect((-1000).grouped == "-1\u{A0}000")
  }

  @Test(arguments: [
    ("112066821_000573024", "112066821"), ("11636226b_1", "11636226b"), ("112066821", nil), ("a_1", nil),
    ("1_2_3", nil), ("1_", nil),
  ])
  func findsTheCardInNewStyleSkus(sku: String, card: String?) throws {
    #expect(ProductID(ofOffer: try #require(SKU(sku)))?.text == card)
  }

  @Test(arguments: [
    ("+7 (701) 234-56-78", "77012345678"), ("8 701 234 56 78", "77012345678"), ("7012345678", "77012345678"),
    ("77012345678", "77012345678"), ("0000000000", nil), ("+7(000)-000-00-00", nil), ("70123", nil),
    ("380441234567", nil),
  ])
  func bringsPhonesToOneForm(text: String, digits: String?) {
    #expect(PhoneNumber(text)?.digits == digits)
  }

  @Test func phonesPrintMasked() throws {
    let phone = try #require(PhoneNumber("77012345678"))
    var dumped = ""
    dump(phone, to: &dumped)
    #expect("\(phone)" == "+7 701 ***-**-78")
    #expect(!"\(phone) \(String(reflecting: phone)) \(dumped) \([phone])".contains("2345"))
    #expect(phone.isKazakhstanMobile)
    #expect(PhoneNumber("79161234567")?.isKazakhstanMobile == false)
  }

  @Test(arguments: [
    ("7000000001", false, true), ("0000000000", true, false), ("+0(000)-000-00-00", true, false),
    ("70000000", true, false), ("", false, false),
  ])
  func readsMaskedPhonesAsMasked(text: String, isMasked: Bool, isNumber: Bool) {
    let phone = CustomerPhone(text)
    #expect((phone == .masked) == isMasked)
    if case .number = phone { #expect(isNumber) } else { #expect(!isNumber) }
  }

  @Test func keepsUnknownStatesAsTheyCame() {
    #expect(OrderState(wire: "KASPI_DELIVERY") == .kaspiDelivery)
    #expect(OrderState(wire: "TELEPORT").wire == "TELEPORT")
    #expect(OrderStatus(wire: "ARRIVED") == .other("ARRIVED"))
  }

  @Test func catalogsAreSortedAndUnique() throws {
    let price = Pricing.everywhere(try #require(Tenge(5)))
    func entry(_ sku: String) throws -> CatalogEntry {
      CatalogEntry(
        offer: Offer(sku: try #require(SKU(sku)), model: "m", brand: "", availabilities: [], pricing: price))
    }
    let merchant = try #require(MerchantID("1"))
    let catalog = try #require(
      Catalog(company: "c", merchant: merchant, entries: [entry("b"), entry("A"), entry("a")]))
    #expect(catalog.entries.map(\.offer.sku.text) == ["A", "a", "b"])
    #expect(catalog.entry(try #require(SKU("a")))?.offer.brand == nil)
    #expect(catalog.entry(try #require(SKU("c"))) == nil)
    #expect(Catalog(company: "c", merchant: merchant, entries: [try entry("b"), try entry("b")]) == nil)
  }
}
