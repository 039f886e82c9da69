import Model
import XML

extension PlainScanner {
  /// Reads an offer that no rule has anything to say about; the next byte is its `<`.
  ///
  /// - Returns: The offer and the sum of its prices, or `nil` when it is not such an offer; the scanner has to go back
  ///   then.
  mutating func cleanOffer() -> (offer: Offer, sum: Int)? {
    guard startTag(), !isEmptyTag, attributeCount == 1, equals(name, "offer"),
      equals(attribute(0).name, "sku"), isPlainSKU(attribute(0).value),
      let code = string(attribute(0).value), let sku = SKU(code)
    else { return nil }
    guard skipBlanks(), let model = title("model"), !model.isEmpty, skipBlanks(), startTag() else {
      return nil
    }
    var brand: String?
    if equals(name, "brand"), attributeCount == 0 {
      if !isEmptyTag {
        guard let run = titleText(), let word = word(run), isFine(word, run), endTag("brand") else {
          return nil
        }
        brand = word
      }
      guard skipBlanks(), startTag() else { return nil }
    }
    guard equals(name, "availabilities"), attributeCount == 0, !isEmptyTag, let stocks = cleanStocks(),
      skipBlanks(), startTag(), attributeCount == 0, !isEmptyTag
    else { return nil }
    let pricing: Pricing
    let sum: Int
    if equals(name, "price") {
      guard let run = text(), let price = price(run), endTag("price") else { return nil }
      pricing = .everywhere(price)
      sum = price.amount
    } else if equals(name, "cityprices") {
      guard let prices = cleanCityPrices() else { return nil }
      pricing = .byCity(prices)
      sum = prices.values.reduce(0) { $0 + $1.amount }
    } else {
      return nil
    }
    guard skipBlanks(), endTag("offer") else { return nil }
    return (Offer(sku: sku, model: model, brand: brand, availabilities: stocks, pricing: pricing), sum)
  }

  /// Reads an offer just as ``PriceListWriter`` writes it; `nil` for one in any other form.
  mutating func writtenOffer() -> (offer: Offer, sum: Int)? {
    guard take("<offer sku=\"") else { return nil }
    let code = code()
    guard (1...20).contains(code.count), take("\">\n      <model>"), let run = titleText(),
      let model = string(run),
      isFine(model, run), take("</model>\n      "), let text = string(code), let sku = SKU(text)
    else { return nil }
    var breaks = 2
    var brand: String?
    if take("<brand>") {
      guard let run = titleText(), let word = word(run), isFine(word, run), take("</brand>\n      ") else {
        return nil
      }
      brand = word
      breaks += 1
    }
    guard take("<availabilities>\n"), let stocks = writtenStocks() else { return nil }
    breaks += stocks.count + 3
    let pricing: Pricing
    var sum = 0
    if take("<price>") {
      guard let price = number().flatMap({ Tenge($0) }), take("</price>\n    </offer>") else { return nil }
      pricing = .everywhere(price)
      sum = price.amount
    } else {
      var prices: [CityID: Tenge] = [:]
      guard take("<cityprices>\n") else { return nil }
      while take("        <cityprice cityId=\"") {
        guard let text = string(self.code()), let city = CityID(text), take("\">"),
          let price = number().flatMap({ Tenge($0) }), prices.updateValue(price, forKey: city) == nil,
          take("</cityprice>\n")
        else { return nil }
        sum += price.amount
      }
      guard !prices.isEmpty, take("      </cityprices>\n    </offer>") else { return nil }
      pricing = .byCity(prices)
      breaks += prices.count + 1
    }
    noteBreaks(breaks, tail: 12)
    return (Offer(sku: sku, model: model, brand: brand, availabilities: stocks, pricing: pricing), sum)
  }

  private mutating func writtenStocks() -> [Availability]? {
    var stocks: [Availability] = []
    while take("        <availability available=\"") {
      let isAvailable = take("yes\" storeId=\"")
      guard isAvailable || take("no\" storeId=\""), let run = plainValue(), let text = word(run),
        let store = StoreID(text)
      else { return nil }
      var stock = Availability(store: store, isAvailable: isAvailable)
      if take("\" preOrder=\"") {
        guard let days = number(), (1...30).contains(days) else { return nil }
        stock.preorderDays = days
      }
      if take("\" stockCount=\"") {
        guard let count = number() else { return nil }
        stock.stock = count
      }
      guard take("\"/>\n"), !(isAvailable && stock.stock == 0 && stock.preorderDays == nil) else {
        return nil
      }
      // Sorted by store, as they are written, no two can be of one store.
      if let last = stocks.last, !(last.store < store) { return nil }
      stocks.append(stock)
    }
    return !stocks.isEmpty && take("      </availabilities>\n      ") ? stocks : nil
  }

  // MARK: Texts

  private func isPlainSKU(_ run: Run) -> Bool {
    guard (1...20).contains(run.count) else { return false }
    for index in 0..<run.count {
      switch byte(of: run, at: index) {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D: break
      default: return false
      }
    }
    return true
  }

  /// A whole element that holds a title without signs of damage.
  private mutating func title(_ element: StaticString) -> String? {
    guard startTag(), equals(name, element), attributeCount == 0, !isEmptyTag, let run = titleText(),
      let title = string(run), isFine(title, run), endTag(element)
    else { return nil }
    return title
  }

  private mutating func titleText() -> Run? {
    guard let run = text(), run.count > 0, !run.isBlank, !run.isUnusual, byte(of: run, at: 0) != 0x20,
      byte(of: run, at: run.count - 1) != 0x20
    else { return nil }
    return run
  }

  private func isFine(_ title: String, _ run: Run) -> Bool {
    // A reference may stand for anything that the bytes do not show.
    if run.hasReferences {
      guard let first = title.unicodeScalars.first, let last = title.unicodeScalars.last, !Blank.isAny(first),
        !Blank.isAny(last), !TextSigns.hasControls(title), !TextSigns.hasReplacement(title)
      else { return false }
      return !TextSigns.isDoubleEncoded(title)
    }
    return run.leads < 3 || !TextSigns.isDoubleEncoded(title)
  }

  // MARK: Numbers

  /// Digits without a leading zero, at most nine of them.
  private func number(_ run: Run) -> Int? {
    guard (1...9).contains(run.count), run.count == 1 || byte(of: run, at: 0) != 0x30 else { return nil }
    var value = 0
    for index in 0..<run.count {
      let digit = byte(of: run, at: index)
      guard (0x30...0x39).contains(digit) else { return nil }
      value = value * 10 + Int(digit - 0x30)
    }
    return value
  }

  private func price(_ run: Run) -> Tenge? { number(run).flatMap { Tenge($0) } }

  private mutating func cleanCityPrices() -> [CityID: Tenge]? {
    var prices: [CityID: Tenge] = [:]
    while true {
      guard skipBlanks() else { return nil }
      if isAtEndTag { return endTag("cityprices") && !prices.isEmpty ? prices : nil }
      guard startTag(), equals(name, "cityprice"), !isEmptyTag, attributeCount == 1,
        equals(attribute(0).name, "cityId"), attribute(0).value.count == 9,
        let code = string(attribute(0).value), let city = CityID(code), let run = text(),
        let price = price(run),
        endTag("cityprice"), prices.updateValue(price, forKey: city) == nil
      else { return nil }
    }
  }

  private mutating func cleanStocks() -> [Availability]? {
    var stocks: [Availability] = []
    while true {
      guard skipBlanks() else { return nil }
      if isAtEndTag { return endTag("availabilities") && !stocks.isEmpty ? stocks : nil }
      guard startTag(), equals(name, "availability"), let stock = cleanStock() else { return nil }
      if !isEmptyTag { guard endTag("availability") else { return nil } }
      for other in stocks where other.store.text.utf8.elementsEqual(stock.store.text.utf8) { return nil }
      stocks.append(stock)
    }
  }

  private mutating func cleanStock() -> Availability? {
    var isAvailable: Bool?
    var store: StoreID?
    var stock: Int?
    var days: Int?
    for index in 0..<attributeCount {
      let (key, value) = (attribute(index).name, attribute(index).value)
      if value.hasReferences { return nil }
      if equals(key, "available") {
        isAvailable = equals(value, "yes") ? true : equals(value, "no") ? false : nil
        if isAvailable == nil { return nil }
      } else if equals(key, "storeId") {
        guard value.count > 0, let text = word(value) else { return nil }
        store = StoreID(text)
      } else if equals(key, "stockCount") {
        guard let count = number(value) else { return nil }
        stock = count
      } else if equals(key, "preOrder") {
        guard let count = number(value), count <= 30 else { return nil }
        days = count
      } else {
        return nil
      }
    }
    guard let isAvailable, let store, !(isAvailable && stock == 0 && (days ?? 0) == 0) else { return nil }
    return Availability(store: store, isAvailable: isAvailable, stock: stock, preorderDays: days)
  }
}
