internal import Model

/// The offers of a crawl while its sources are being joined.
///
/// The first source says which offers exist; of every fact, the first source that states it is believed. A later one
/// that says otherwise is a conflict, which is noted with both values. Pure: given the same sources in the same
/// order, the same book.
struct OfferBook: Sendable {
  /// One offer with what is known about its card.
  struct Line: Sendable {
    var sku: SKU
    var title: String?
    var brand: String?
    var availabilities: [Availability] = []
    /// Stores of which the same source says something unreadable.
    var unseenStores: [StoreID] = []
    var pricing: Pricing?
    /// The card, where the SKU's own form or a source names it.
    var productID: ProductID?
    /// A card that the SKU may mean, to be proven by its page: see the article Product numbers.
    var candidate: ProductID?
    /// What sources show of the card.
    var card: CardBox?
    var provenance: [Provenance] = []
    /// Whether the SKU stands in for a code that only a later source knows.
    var isCardLine = false
    /// Which source stated a fact first, by its number.
    var origins = Origins()

    /// For every fact the number of a source, and 0 for a fact that none has stated: the first is believed then too.
    struct Origins: Sendable {
      private var numbers: SIMD8<UInt8> = .zero

      subscript(field: ConflictField) -> Int {
        get { Int(numbers[field.rank]) }
        set { numbers[field.rank] = UInt8(clamping: newValue) }
      }
    }

    /// The offer; `nil` while no source has named a price.
    var offer: Offer? {
      pricing.map {
        Offer(sku: sku, model: title ?? "", brand: brand, availabilities: availabilities, pricing: $0)
      }
    }
  }

  private(set) var lines: [Line] = []
  private(set) var findings: [Finding] = []
  /// Facts on which sources disagree.
  private(set) var conflicts = Conflicts()
  /// Sources that were joined, in order.
  private var sources: [SourceSettings] = []

  /// Digits of a bare SKU that may be a card's number.
  static let candidateLengths = 8...10

  /// Begins with nothing.
  init() {}

  /// Joins what a source gave: the first decides which offers exist.
  ///
  /// - Parameters:
  ///   - yield: What it gave.
  ///   - source: Which source it is.
  mutating func join(_ yield: SourceYield, from source: SourceSettings) {
    sources.append(source)
    if sources.count == 1 {
      begin(yield, source)
    } else {
      enrich(yield, source)
    }
  }

  private mutating func begin(_ yield: SourceYield, _ source: SourceSettings) {
    var seen: Set<SKU> = []
    seen.reserveCapacity(yield.lines.count)
    lines.reserveCapacity(yield.lines.count)
    for entry in yield.lines {
      guard let sku = entry.sku ?? entry.card.flatMap({ SKU($0.text) }), seen.insert(sku).inserted else {
        continue
      }
      var line = Line(sku: sku)
      line.productID = entry.card ?? ProductID(ofOffer: sku)
      line.candidate = line.productID == nil ? Self.candidate(sku) : nil
      line.isCardLine = entry.sku == nil
      line.take(entry, from: 0)
      lines.append(line)
    }
  }

  /// Adds what a further source knows about the same offers; what is only there is counted.
  private mutating func enrich(_ yield: SourceYield, _ source: SourceSettings) {
    let number = sources.count - 1
    let bySKU = Dictionary(
      lines.enumerated().map { ($0.element.sku, $0.offset) }, uniquingKeysWith: { first, _ in first })
    let byCard = Dictionary(grouping: lines.indices) { lines[$0].productID ?? lines[$0].candidate }
    var extra: [String] = []
    var replaced: Set<Int> = []
    var added: [Line] = []
    for entry in yield.lines {
      guard let sku = entry.sku else {
        // A shop window shows cards: all offers of the card are meant.
        guard let card = entry.card, let indices = byCard[card] else {
          extra.append(entry.card?.text ?? "")
          continue
        }
        for index in indices { fill(index, from: entry, number) }
        continue
      }
      let card = entry.card ?? ProductID(ofOffer: sku) ?? ProductID(sku.text)
      if let index = bySKU[sku], !lines[index].isCardLine {
        fill(index, from: entry, number)
      } else if let card, let index = byCard[card]?.first(where: { lines[$0].isCardLine }) {
        // So far only the card was known; this source knows the seller's own code, stock and price.
        var line = lines[index]
        line.sku = sku
        line.isCardLine = false
        (line.title, line.brand, line.pricing, line.availabilities) = (nil, nil, nil, [])
        line.unseenStores = []
        let window = (title: lines[index].title, pricing: lines[index].pricing)
        line.take(entry, from: number)
        line.title = line.title ?? window.title
        line.pricing = line.pricing ?? window.pricing
        replaced.insert(index)
        added.append(line)
      } else {
        extra.append(sku.text)
      }
    }
    if !replaced.isEmpty {
      lines = lines.enumerated().filter { !replaced.contains($0.offset) }.map(\.element) + added
    }
    note(extra, source)
  }

  private mutating func fill(_ index: Int, from entry: SourceLine, _ number: Int) {
    for (field, kept, other) in lines[index].disagreements(with: entry) {
      let origin = lines[index].origins[field]
      conflicts.add(
        Conflict(
          sku: lines[index].sku.text, field: field, kept: kept, keptSource: sources[origin].publicName,
          other: other, otherSource: sources[number].publicName))
    }
    lines[index].take(entry, from: number)
  }

  private mutating func note(_ extra: [String], _ source: SourceSettings) {
    guard !extra.isEmpty else { return }
    let names = extra.sorted().prefix(5).joined(separator: ", ")
    findings.append(
      Finding(
        rule: "\(source.kind.rawValue)-only", severity: .note, place: Place(source.publicLocation),
        message:
          "\(extra.count) entries of this \(source.kind.words) belong to no offer of the first source: "
          + names + (extra.count > 5 ? ", …" : "")))
  }

  /// Offers without any price, which are none: named, so that nobody wonders where they went.
  ///
  /// - Returns: One entry an offer, in the book's order.
  mutating func dropLinesWithoutPrice() -> [HeldBackOffer] {
    guard let truth = sources.first else { return [] }
    var heldBack: [HeldBackOffer] = []
    for line in lines where line.pricing == nil {
      let place = Place(line.provenance.first?.source ?? truth.publicLocation)
      if truth.kind == .listing {
        findings.append(
          Finding(
            rule: "listing-price", severity: .warning, place: place, sku: line.sku.text,
            message: "the card shows no price, so it is no offer"))
      } else {
        heldBack.append(
          HeldBackOffer(
            sku: line.sku.text, rule: "no-price", place: place, message: "no source names a price"))
      }
    }
    lines.removeAll { $0.pricing == nil }
    return heldBack
  }

  /// A bare number of the length of a card's number may be one.
  private static func candidate(_ sku: SKU) -> ProductID? {
    guard candidateLengths.contains(sku.text.utf8.count), sku.text.utf8.allSatisfy(\.isDigit) else {
      return nil
    }
    return ProductID(sku.text)
  }
}

extension OfferBook.Line {
  /// Takes every fact that is still missing.
  fileprivate mutating func take(_ entry: SourceLine, from source: Int) {
    if let card = entry.card, productID == nil || productID == card {
      // The seller's own source names the card: the number needs no further proof.
      productID = card
      candidate = nil
    }
    if !entry.isShopWindow || isCardLine {
      if title?.isEmpty ?? true, let text = entry.title, text.hasVisibleText {
        title = text
        origins[.title] = source
      }
      if pricing == nil, let price = entry.pricing {
        pricing = price
        origins[.price] = source
      }
      if brand == nil, let text = entry.brand {
        brand = text
        origins[.brand] = source
      }
    }
    if availabilities.isEmpty, unseenStores.isEmpty { unseenStores = entry.unreadableStores }
    if let stock = entry.availabilities, !stock.isEmpty {
      if availabilities.isEmpty {
        availabilities = stock
        unseenStores = entry.unreadableStores
        origins[.stock] = source
      } else {
        fillCounts(from: stock)
      }
    }
    if let other = entry.product {
      card = card.map { CardBox(Self.merged($0.product, with: other.product)) } ?? other
    }
    provenance = provenance.isEmpty ? entry.provenance : provenance + entry.provenance
  }

  /// A count that the first source does not keep comes from the next one that does.
  private mutating func fillCounts(from stock: [Availability]) {
    for index in availabilities.indices where availabilities[index].stock == nil {
      let name = availabilities[index].store.short
      guard let other = stock.first(where: { $0.store.short == name }),
        other.isAvailable == availabilities[index].isAvailable
      else { continue }
      availabilities[index].stock = other.stock
    }
  }

  private static func merged(_ known: Product, with other: Product) -> Product {
    var product = known
    if product.brand == nil { product.brand = other.brand }
    if product.categories.isEmpty { product.categories = other.categories }
    if product.images.isEmpty { product.images = other.images }
    if product.description == nil { product.description = other.description }
    if product.characteristics.isEmpty { product.characteristics = other.characteristics }
    if product.rating == nil { product.rating = other.rating }
    product.sales.merge(other.sales) { known, _ in known }
    return product
  }
}
