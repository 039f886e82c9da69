internal import Model
internal import Store

/// One reading of a page that carries its card as embedded state.
struct StateReading {
  private let item: JSONNode
  private let state: EmbeddedState
  private let meta: MetaTags
  private let bytes: [UInt8]
  private let source: String
  private var fields: [PageField: PageOrigin] = [:]
  private var findings: [Finding] = []
  private var unseen: CardParts = []

  /// Prepares a reading.
  ///
  /// - Parameters:
  ///   - item: The embedded card.
  ///   - state: Everything else that the scripts carry.
  ///   - meta: The tags of the head.
  ///   - page: The page, for the rating.
  ///   - source: For findings.
  init(item: JSONNode, state: EmbeddedState, meta: MetaTags, page: [UInt8], source: String) {
    self.item = item
    self.state = state
    self.meta = meta
    self.bytes = page
    self.source = source
  }

  /// Reads everything.
  ///
  /// - Returns: The card.
  /// - Throws: ``PageError`` with code `damaged` when the card has no number or no title.
  func page() throws(PageError) -> ExtractedPage {
    var reading = self
    return try reading.read()
  }

  private mutating func read() throws(PageError) -> ExtractedPage {
    guard let card = item["card"], let text = CardFields.text(card["id"]), let id = ProductID(text) else {
      throw PageError(code: .damaged, source: source, detail: "the embedded card has no number")
    }
    fields[.id] = .item
    let title = self.title(card)
    guard let title else {
      throw PageError(code: .damaged, source: source, detail: "the embedded card has no title")
    }
    let city = self.city(card)
    var product = Product(id: id, title: title)
    product.brand = brand(card)
    product.categories = categories(card)
    product.description = (item["description"]?.string).flatMap(MarkupText.description)
    product.characteristics = CardFields.characteristics(item["specifications"])
    product.images = CardFields.images(item["galleryImages"])
    product.variants = CardFields.variants(state.configurator.value)
    product.rating = MarkupReading.rating(bytes)
    if let sale = sale(card) {
      if let city {
        product.sales[city] = sale
      } else {
        note("page-city", "the page does not say for which city its price is")
      }
    }
    readUnseen(&product)
    note(.description, .item, product.description != nil)
    if fields[.characteristics] == nil { note(.characteristics, .item, !product.characteristics.isEmpty) }
    if fields[.images] == nil { note(.images, .item, !product.images.isEmpty) }
    note(.variants, .configurator, !product.variants.isEmpty)
    note(.rating, .markup, product.rating != nil)
    note(.sale, .item, !product.sales.isEmpty)
    crossCheck(product, card)
    let groups = (card["promoConditions"]?["baseProductCodes"]?.array ?? []).compactMap { code in
      code.string.flatMap { ProductID($0) }
    }
    var page = ExtractedPage(
      product: product, city: city, fields: fields, groupCards: groups,
      findings: findings.sorted(by: Finding.byRule))
    page.shape = shape(card)
    page.unseen = unseen.intersection(product.emptyParts)
    return page
  }

  /// Looks in the visible markup for parts that the embedded card has no key for, and notes those that are nowhere.
  private mutating func readUnseen(_ product: inout Product) {
    func isSilent(_ key: String) -> Bool { item[key].map(\.isNull) ?? true }
    if isSilent("description") { unseen.insert(.description) }
    if case .damaged = state.configurator { unseen.insert(.variants) }
    if isSilent("breadcrumbs") { unseen.insert(.categories) }
    let (noProperties, noPictures) = (isSilent("specifications"), isSilent("galleryImages"))
    guard noProperties || noPictures else { return }
    if noProperties { unseen.insert(.characteristics) }
    if noPictures { unseen.insert(.images) }
    let visible: ExtractedPage
    // Markup that cannot be read has nothing to add.
    do {
      visible = try MarkupReading(page: bytes, state: state, meta: meta, source: source).extracted()
    } catch { return }
    guard visible.product.id == product.id else { return }
    if noProperties, !visible.product.characteristics.isEmpty {
      product.characteristics = visible.product.characteristics
      fields[.characteristics] = .markup
      note("page-key-missing", "the embedded card has no specifications; the visible markup was read instead")
    }
    if noPictures, !visible.product.images.isEmpty {
      product.images = visible.product.images
      fields[.images] = visible.fields[.images]
      note("page-key-missing", "the embedded card has no galleryImages; the visible markup was read instead")
    }
  }

  /// Keys of the embedded card whose absence would mean that the page has changed its form.
  static let watched = WatchedKeys(["card", "galleryImages", "breadcrumbs", "description", "specifications"])
  static let watchedCard = WatchedKeys(
    ["id", "title", "shopLink", "categoryId", "promoConditions", "price"], prefix: "card.")

  private func shape(_ card: JSONNode) -> Shape {
    var shape = Shape(of: item, keys: Self.watched)
    shape.add(card, keys: Self.watchedCard)
    shape.language = PageLanguage.of(bytes)
    return shape
  }

  private mutating func title(_ card: JSONNode) -> String? {
    let witnesses: [(PageOrigin, JSONNode?)] = [
      (.item, card["title"]), (.digitalData, state.digitalProduct.value?["name"]),
      (.linkedData, state.linkedProduct?["name"]),
    ]
    for (origin, value) in witnesses {
      if let title = CardFields.title(value) {
        fields[.title] = origin
        return title
      }
    }
    return nil
  }

  private mutating func brand(_ card: JSONNode) -> String? {
    let witnesses: [(PageOrigin, JSONNode?)] = [
      (.item, card["promoConditions"]?["brand"]), (.digitalData, state.digitalProduct.value?["brand"]),
      (.linkedData, state.linkedProduct?["brand"]),
    ]
    for (origin, value) in witnesses {
      guard let text = CardFields.title(value) else { continue }
      fields[.brand] = origin
      return CardFields.brand(text)
    }
    return nil
  }

  private mutating func categories(_ card: JSONNode) -> [Category] {
    let path = CardFields.breadcrumbs(item["breadcrumbs"])
    if !path.isEmpty {
      fields[.categories] = .item
      return path
    }
    let titles = (state.digitalProduct.value?["category"]?.array ?? []).compactMap(CardFields.title)
    let codes = (card["promoConditions"]?["categoryCodes"]?.array ?? []).compactMap(\.string)
    let categories = CardFields.categories(titles: titles, narrowToBroad: codes)
    note(.categories, .digitalData, !categories.isEmpty)
    return categories
  }

  private mutating func city(_ card: JSONNode) -> CityID? {
    if let region = state.region, let city = CityID(region) {
      fields[.city] = .digitalData
      return city
    }
    guard let link = card["reviewsLink"]?.string, let code = WebAddress.query(of: link)["c"],
      let city = CityID(code)
    else { return nil }
    fields[.city] = .item
    return city
  }

  /// A missing price is "sold out"; a price of zero or in another form is no fact at all.
  private mutating func sale(_ card: JSONNode) -> Product.Sale? {
    let value = card["price"]
    if let amount = value?.int, let price = Tenge(amount) { return .price(price) }
    let saysOut = meta.properties["product:availability"] == "out of stock"
    guard let value, !(value.isNull && saysOut) else { return .soldOut }
    note("page-price", "the card's price is no price in whole tenge", .warning)
    return nil
  }

  private mutating func crossCheck(_ product: Product, _ card: JSONNode) {
    if let other = state.productID, other != product.id.text {
      disagree("number", product.id.text, other, .warning)
    }
    if let other = meta.properties["product:retailer_item_id"], other != product.id.text {
      disagree("number", product.id.text, other, .warning)
    }
    if let other = CardFields.title(state.linkedProduct?["name"]), other != product.title {
      disagree("title", product.title, other)
    }
    if let other = CardFields.title(state.digitalProduct.value?["name"]), other != product.title {
      disagree("title", product.title, other)
    }
    if let text = CardFields.title(state.linkedProduct?["brand"]), CardFields.brand(text) != product.brand {
      disagree("brand", product.brand ?? "none", text)
    }
    guard let sale = sale(card) else { return }
    let amount: Int? = if case .price(let price) = sale { price.amount } else { nil }
    // The linked price of a sold-out card is the text "undefined": that is no price, and no contradiction.
    let linked = state.linkedProduct?["offers"]?.array?.compactMap { CardFields.text($0["price"]) }.first
    for text in [meta.properties["product:price:amount"], linked].compactMap(\.self) {
      let other = Int(text)
      if other != nil || amount != nil, other != amount {
        disagree("price", amount.map(String.init) ?? "sold out", text)
      }
    }
    if let says = meta.properties["product:availability"], (says == "in stock") != (amount != nil) {
      disagree("availability", amount == nil ? "sold out" : "on sale", says)
    }
  }

  private mutating func disagree(
    _ what: String, _ ours: String, _ theirs: String, _ severity: Finding.Severity = .note
  ) {
    note("page-disagrees", "the page gives two values for its \(what): \(ours) and \(theirs)", severity)
  }

  private mutating func note(_ rule: String, _ message: String, _ severity: Finding.Severity = .note) {
    let finding = Finding(rule: rule, severity: severity, place: Place(source), message: message)
    if !findings.contains(finding) { findings.append(finding) }
  }

  private mutating func note(_ field: PageField, _ origin: PageOrigin, _ isThere: Bool) {
    if isThere { fields[field] = origin }
  }
}

extension Finding {
  /// By rule, then message: an order that does not depend on which part of a page was read first.
  static func byRule(_ left: Finding, _ right: Finding) -> Bool {
    (left.rule, left.message) < (right.rule, right.message)
  }
}
