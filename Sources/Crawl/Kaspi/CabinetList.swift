internal import Model
internal import Store

/// One page of the cabinet's list of offers.
///
/// E-mails of whoever changed an offer, and everything else that no catalog needs, is not even looked at.
package struct CabinetList: Sendable {
  /// In the answer's order, without repetitions within the page.
  var lines: [SourceLine] = []
  /// Offers that no catalog can carry.
  var heldBack: [HeldBackOffer] = []
  /// Entries on the page, readable or not.
  package var size: Int
  /// What the cabinet says it has in all.
  var total: Int?
  /// The looks of the entries.
  var shapes: [Shape] = []

  /// Reads an answer.
  ///
  /// - Parameters:
  ///   - bytes: The body, as it came or as it was kept.
  ///   - source: Where it comes from, without secrets.
  /// - Throws: ``PageError`` when the answer is no list.
  package init(_ bytes: [UInt8], source: String) throws(PageError) {
    let answer = try JSONAnswer.object(bytes, source: source)
    guard let items = answer["data"], items.isArray else {
      throw PageError(code: .damaged, source: source, detail: "the answer has no list of offers")
    }
    total = answer["total"]?.int
    size = 0
    var before: JSONNode?
    for item in items.elements {
      size += 1
      let offer = item.members(Self.keys)
      let written = CardFields.text(offer[.sku]) ?? ""
      guard let sku = SKU(written) else {
        heldBack.append(
          HeldBackOffer(
            sku: written, rule: "cabinet-sku", place: Place("\(source)/\(size)"),
            message: "the offer has no usable SKU"))
        continue
      }
      // Nearly all offers look like the one before them.
      if let before, let last = shapes.last, item.hasLooks(of: before) {
        shapes.append(last)
      } else {
        shapes.append(Shape(of: item, keys: Self.watched))
      }
      before = item
      lines.append(Self.line(offer, sku))
    }
  }

  private enum OfferKey: Int, CaseIterable {
    case sku, masterSku, title, masterTitle, model, brand, images, shopLink, price, minPrice, maxPrice
    case rangePrice, allCityPrices, cityPrices, points, available, availabilities
  }
  private static let keys = JSONKeys<OfferKey>()
  private typealias OfferMembers = JSONMembers<OfferKey>

  private enum StoreKey: Int, CaseIterable { case storeId, available, stockSpecified, stockCount, preOrder }
  private static let storeKeys = JSONKeys<StoreKey>()

  /// Keys whose absence would mean that the cabinet has changed.
  static let watched = WatchedKeys([
    "sku", "masterSku", "title", "images", "availabilities", "available", "allCityPrices", "minPrice",
    "masterCategory",
  ])

  private static func line(_ offer: borrowing OfferMembers, _ sku: SKU) -> SourceLine {
    var line = SourceLine(sku: sku)
    line.card =
      CardFields.text(offer[.masterSku]).flatMap { ProductID($0) }
      ?? offer[.shopLink]?.string.flatMap(ProductLink.init)?.id
    line.title =
      CardFields.title(offer[.title]) ?? CardFields.title(offer[.model])
      ?? CardFields.title(offer[.masterTitle])
    line.brand = CardFields.title(offer[.brand]).flatMap(CardFields.brand)
    line.availabilities = availabilities(offer)
    line.pricing = pricing(offer)
    if let card = line.card, let title = CardFields.title(offer[.masterTitle]) ?? line.title {
      var product = Product(id: card, title: title)
      product.brand = line.brand
      let base = "https://resources.cdn-kaspi.kz/img/m/p/"
      product.images =
        offer[.images]?.elements.compactMap { image in
          guard image.isFilled, let path = image.string(before: 0x3F) else { return nil }
          return path.utf8.starts(with: "http".utf8) ? path : base + path
        } ?? []
      line.product = CardBox(product)
    }
    return line
  }

  /// Stock by store; where the list is missing, what the offer as a whole says about its points.
  private static func availabilities(_ offer: borrowing OfferMembers) -> [Availability]? {
    let isOnSale = offer[.available]?.bool
    // Most offers have one or two stores; a list of thousands is still read in its own time.
    var stores: Set<StoreID> = []
    if let entries = offer[.availabilities], entries.isArray, entries.isFilled {
      return entries.elements.compactMap { entry -> Availability? in
        let members = entry.members(storeKeys)
        guard let store = CardFields.text(members[.storeId]).flatMap({ StoreID($0) }),
          stores.insert(store).inserted
        else { return nil }
        let available = members[.available]
        let isAvailable = available?.bool ?? (available?.string == "yes")
        let isCounted = members[.stockSpecified]?.bool ?? true
        let stock = members[.stockCount]?.int.flatMap { $0 >= 0 && isCounted ? $0 : nil }
        let days = members[.preOrder]?.int.flatMap { (1...30).contains($0) ? $0 : nil }
        return Availability(store: store, isAvailable: isAvailable, stock: stock, preorderDays: days)
      }
    }
    guard let isOnSale, let points = offer[.points], points.isArray, points.isFilled else { return nil }
    return points.elements.compactMap { point in
      guard let store = CardFields.text(point).flatMap({ StoreID($0) }), stores.insert(store).inserted else {
        return nil
      }
      return Availability(store: store, isAvailable: isOnSale, stock: isOnSale ? nil : 0)
    }
  }

  /// The price: city by city; one that is the same in several cities holds everywhere.
  ///
  /// The plain `price` is 0 for every offer with prices by city, so it is looked at last.
  private static func pricing(_ offer: borrowing OfferMembers) -> Pricing? {
    var prices: [(city: CityID, price: Tenge)] = []
    if let cities = offer[.allCityPrices] {
      for (code, entry) in cities.entries {
        guard let city = CityID(code), let price = (entry["price"] ?? entry).int.flatMap({ Tenge($0) })
        else { continue }
        prices.append((city, price))
      }
    }
    if prices.isEmpty, let cities = offer[.cityPrices] {
      for entry in cities.elements {
        guard let city = CardFields.text(entry["cityId"]).flatMap({ CityID($0) }),
          let price = (entry["value"] ?? entry["price"])?.int.flatMap({ Tenge($0) })
        else { continue }
        prices.append((city, price))
      }
    }
    if let first = prices.first {
      // Two hundred cities with one price are the rule.
      let isOne = prices.allSatisfy { $0.price == first.price } && prices.contains { $0.city != first.city }
      return isOne
        ? .everywhere(first.price)
        : .byCity(Dictionary(prices.map { ($0.city, $0.price) }, uniquingKeysWith: { $1 }))
    }
    let range = offer[.rangePrice]
    let least = offer[.minPrice]?.int ?? range?["MIN"]?.int
    let most = offer[.maxPrice]?.int ?? range?["MAX"]?.int
    if let least, least == most, let price = Tenge(least) { return .everywhere(price) }
    return offer[.price]?.int.flatMap { Tenge($0) }.map { .everywhere($0) }
  }
}

/// The cabinet's page of one offer: the whole card, and much that no catalog may keep.
struct CabinetDetails: Sendable {
  /// The card.
  var product: Product
  /// Whose card it is.
  var sku: String?
  /// The looks of the card.
  var shape: Shape

  /// Keys whose absence would mean that the cabinet has changed.
  static let watched = WatchedKeys(["card", "galleryImages", "specifications", "description"])

  /// Reads an answer.
  ///
  /// - Parameters:
  ///   - bytes: The body, as it came or as it was kept.
  ///   - source: Where it comes from, without secrets.
  /// - Throws: ``PageError`` when there is no card in it.
  package init(_ bytes: [UInt8], source: String) throws(PageError) {
    let answer = try JSONAnswer.object(bytes, source: source)
    let master = answer["masterProduct"]
    guard let master, let card = master["card"],
      let id = (CardFields.text(card["id"]) ?? CardFields.text(answer["masterSku"])).flatMap({ ProductID($0) }
      ),
      let title = CardFields.title(card["title"]) ?? CardFields.title(card["name"])
        ?? CardFields.title(answer["masterName"])
    else { throw PageError(code: .damaged, source: source, detail: "the answer has no card") }
    var product = Product(id: id, title: title)
    product.brand = CardFields.title(card["promoConditions"]?["brand"]).flatMap(CardFields.brand)
    product.categories = CardFields.categories(
      titles: (card["category"]?.array ?? []).compactMap(CardFields.title),
      narrowToBroad: (card["promoConditions"]?["categoryCodes"]?.array ?? []).compactMap(\.string))
    product.description = master["description"]?.string.flatMap(MarkupText.description)
    product.characteristics = CardFields.characteristics(master["specifications"])
    product.images = CardFields.images(master["galleryImages"])
    self.product = product
    sku = CardFields.text(answer["sku"])
    shape = Shape(of: master, keys: Self.watched)
  }
}
