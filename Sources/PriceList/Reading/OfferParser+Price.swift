import Model

extension OfferParser {
  /// The price of an offer, or `nil` when the offer is held back for it.
  mutating func pricing(_ parts: [String: [FeedElement]], in element: FeedElement) -> Pricing? {
    let singles = parts["price"] ?? []
    let lists = parts["cityprices"] ?? []
    let everywhere = singles.map { (element: $0, price: price(simpleText($0, isTitle: false), $0)) }
    let byCity = lists.map { (element: $0, prices: cityPrices($0)) }
    guard let first = singles.first ?? lists.first else {
      hold(.noPrice, element, "the offer has no price")
      return nil
    }
    if !singles.isEmpty, !lists.isEmpty {
      hold(.conflictingPrice, first, "the offer has price and cityprices")
      return nil
    }
    let values =
      everywhere.map { $0.price.map(Pricing.everywhere) } + byCity.map { $0.prices.map(Pricing.byCity) }
    guard let value = values[0] else { return nil }
    for (extra, other) in zip((singles + lists).dropFirst(), values.dropFirst()) {
      guard other == value else {
        hold(.conflictingPrice, extra, "the offer has two different prices")
        return nil
      }
      note(.duplicateElement, extra, "\(extra.name) occurs twice")
    }
    return value
  }

  private mutating func cityPrices(_ list: FeedElement) -> [CityID: Tenge]? {
    _ = attributes(of: list, [])
    noteStrayText(list)
    var prices: [CityID: Tenge] = [:]
    var isWhole = true
    for child in list.children {
      guard canonical(child, ["cityprice"]) != nil else {
        note(.unknownElement, child, "element \(child.name) is not known in cityprices")
        continue
      }
      let code = attributes(of: child, ["cityId"])["cityId"]
      noteChildren(child)
      let amount = price(child.text, child)
      guard let city = CityID(code ?? "") else {
        hold(.badCity, child, code.map { "cityId=\"\($0)\" is not nine digits" } ?? "cityId is missing")
        isWhole = false
        continue
      }
      guard let amount else {
        isWhole = false
        continue
      }
      if let twin = prices[city] {
        if twin == amount {
          note(.duplicateCity, child, "city \(city) is named twice")
        } else {
          hold(.conflictingPrice, child, "city \(city) has two different prices")
          isWhole = false
        }
      }
      prices[city] = amount
    }
    if isWhole, prices.isEmpty { hold(.noPrice, list, "cityprices holds no price") }
    return isWhole && !prices.isEmpty ? prices : nil
  }

  private mutating func price(_ text: String, _ element: FeedElement) -> Tenge? {
    let amount: Int
    switch NumberForm(text) {
    case .plain(let value?):
      integerPriceSum = integerPriceSum.addingReportingOverflow(value).partialValue
      amount = value
    case .odd(let value):
      if !text.utf8.contains(0x2B) {
        integerPriceSum = integerPriceSum.addingReportingOverflow(value).partialValue
      }
      note(.numberForm, element, "the price \(Blank.trimmed(text)) is read as \(value)")
      amount = value
    case .zeroFraction(let value):
      note(.decimalPrice, element, "the price \(Blank.trimmed(text)) is read as \(value)")
      amount = value
    case .spaced(let value):
      note(.spacedPrice, element, "the price \(Blank.trimmed(text)) is read as \(value)")
      amount = value
    case .empty:
      hold(.noPrice, element, "the price is empty")
      return nil
    case .plain(nil), .fraction, .atLeast, .negative, .other:
      hold(.badPrice, element, "the price \(Blank.trimmed(text)) is no amount in whole tenge")
      return nil
    }
    if amount == 0 {
      hold(.zeroPrice, element, "the price is 0")
      return nil
    }
    guard let price = Tenge(amount) else {
      hold(.badPrice, element, "the price \(amount) is above \(Tenge.bounds.upperBound)")
      return nil
    }
    return price
  }
}
