internal import Model
internal import Store

/// One page of the cabinet's list of offers.
///
/// E-mails of whoever changed an offer, and everything else that no catalog needs, is not even looked at.
struct CabinetList: Sendable {
  /// In the answer's order, without repetitions within the page.
  var lines: [SourceLine] = []
  /// Offers that no catalog can carry.
  var heldBack: [HeldBackOffer] = []
  /// Entries on the page, readable or not.
  var size: Int
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
  init(_ bytes: [UInt8], source: String) throws(PageError) {
    let answer = try JSONAnswer.object(bytes, source: source)
    guard let items = answer["data"]?.array else {
      throw PageError(code: .damaged, source: source, detail: "the answer has no list of offers")
    }
    total = answer["total"]?.int
    size = items.count
    for (index, item) in items.enumerated() {
      let written = CardFields.text(item["sku"]) ?? ""
      let place = Place("\(source)/\(index + 1)")
      guard let sku = SKU(written) else {
        heldBack.append(
          HeldBackOffer(
            sku: written, rule: "cabinet-sku", place: place, message: "the offer has no usable SKU"))
        continue
      }
      shapes.append(Shape(of: item, keys: Self.watched))
      lines.append(Self.line(item, sku))
    }
  }

  /// Keys whose absence would mean that the cabinet has changed.
  static let watched = [
    "sku", "masterSku", "title", "images", "availabilities", "available", "allCityPrices", "minPrice",
    "masterCategory",
  ]

  private static func line(_ item: JSONNode, _ sku: SKU) -> SourceLine {
    var line = SourceLine(sku: sku)
    line.card =
      CardFields.text(item["masterSku"]).flatMap { ProductID($0) }
      ?? item["shopLink"]?.string.flatMap(ProductLink.init)?.id
    line.title =
      CardFields.title(item["title"]) ?? CardFields.title(item["model"])
      ?? CardFields.title(item["masterTitle"])
    line.brand = CardFields.title(item["brand"]).flatMap(CardFields.brand)
    line.availabilities = availabilities(item)
    line.pricing = pricing(item)
    if let card = line.card,
      let title = CardFields.title(item["masterTitle"]) ?? line.title
    {
      var product = Product(id: card, title: title)
      product.brand = line.brand
      let base = "https://resources.cdn-kaspi.kz/img/m/p/"
      product.images = (item["images"]?.array ?? []).compactMap { image in
        image.string.flatMap { path in
          path.isEmpty ? nil : CardFields.plainImage(path.hasPrefix("http") ? path : base + path)
        }
      }
      line.product = CardBox(product)
    }
    return line
  }

  /// Stock by store; where the list is missing, what the offer as a whole says about its points.
  private static func availabilities(_ item: JSONNode) -> [Availability]? {
    let isOnSale = item["available"]?.bool
    if let entries = item["availabilities"]?.array, !entries.isEmpty {
      var stores: Set<StoreID> = []
      return entries.compactMap { entry -> Availability? in
        guard let store = CardFields.text(entry["storeId"]).flatMap({ StoreID($0) }),
          stores.insert(store).inserted
        else { return nil }
        let isAvailable = entry["available"]?.string == "yes" || entry["available"]?.bool == true
        let isCounted = entry["stockSpecified"]?.bool ?? true
        let stock = entry["stockCount"]?.int.flatMap { $0 >= 0 && isCounted ? $0 : nil }
        let days = entry["preOrder"]?.int.flatMap { (1...30).contains($0) ? $0 : nil }
        return Availability(store: store, isAvailable: isAvailable, stock: stock, preorderDays: days)
      }
    }
    guard let isOnSale, let points = item["points"]?.array, !points.isEmpty else { return nil }
    var stores: Set<StoreID> = []
    return points.compactMap { point in
      guard let store = CardFields.text(point).flatMap({ StoreID($0) }), stores.insert(store).inserted else {
        return nil
      }
      return Availability(store: store, isAvailable: isOnSale, stock: isOnSale ? nil : 0)
    }
  }

  /// The price: city by city; one that is the same in several cities holds everywhere.
  ///
  /// The plain `price` is 0 for every offer with prices by city, so it is looked at last.
  private static func pricing(_ item: JSONNode) -> Pricing? {
    var byCity: [CityID: Tenge] = [:]
    for (code, entry) in item["allCityPrices"]?.members ?? [] {
      if let city = CityID(code), let price = (entry["price"] ?? entry).int.flatMap({ Tenge($0) }) {
        byCity[city] = price
      }
    }
    if byCity.isEmpty {
      for entry in item["cityPrices"]?.array ?? [] {
        if let city = CardFields.text(entry["cityId"]).flatMap({ CityID($0) }),
          let price = (entry["value"] ?? entry["price"])?.int.flatMap({ Tenge($0) })
        {
          byCity[city] = price
        }
      }
    }
    if let first = byCity.values.first {
      return byCity.count > 1 && byCity.values.allSatisfy { $0 == first }
        ? .everywhere(first) : .byCity(byCity)
    }
    let least = item["minPrice"]?.int ?? item["rangePrice"]?["MIN"]?.int
    let most = item["maxPrice"]?.int ?? item["rangePrice"]?["MAX"]?.int
    if let least, least == most, let price = Tenge(least) { return .everywhere(price) }
    return item["price"]?.int.flatMap { Tenge($0) }.map { .everywhere($0) }
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
  static let watched = ["card", "galleryImages", "specifications", "description"]

  /// Reads an answer.
  ///
  /// - Parameters:
  ///   - bytes: The body, as it came or as it was kept.
  ///   - source: Where it comes from, without secrets.
  /// - Throws: ``PageError`` when there is no card in it.
  init(_ bytes: [UInt8], source: String) throws(PageError) {
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
    product.description = master["description"]?.string.flatMap(MarkupText.plain)
    product.characteristics = CardFields.characteristics(master["specifications"])
    product.images = CardFields.images(master["galleryImages"])
    self.product = product
    sku = CardFields.text(answer["sku"])
    shape = Shape(of: master, keys: Self.watched)
  }
}
