internal import Model

/// The offers of a crawl while its sources are being joined.
///
/// Pure: given the same sources in the same order, the same book.
struct OfferBook: Sendable {
  /// One offer with what is known about its card.
  struct Line: Sendable {
    var offer: Offer
    /// The card, where the SKU's own form or the listing names it.
    var productID: ProductID?
    /// A card that the SKU may mean, to be proven by its page: see the article Product numbers.
    var candidate: ProductID?
    /// What the listing shows.
    var card: Product?
    var provenance: [Provenance]
  }

  private(set) var lines: [Line] = []
  private(set) var findings: [Finding] = []

  /// Digits of a bare SKU that may be a card's number.
  static let candidateLengths = 8...10

  /// Begins with a price list: its offers are the offers.
  ///
  /// - Parameters:
  ///   - offers: In any order, each SKU once.
  ///   - provenance: Where they come from.
  init(feed offers: [Offer], provenance: Provenance?) {
    lines = offers.map { offer in
      Line(
        offer: offer, productID: ProductID(ofOffer: offer.sku), candidate: Self.candidate(offer.sku),
        provenance: [provenance].compactMap(\.self))
    }
  }

  /// Begins with a listing: its cards are the offers, under their own numbers.
  ///
  /// - Parameters:
  ///   - cards: Each card once.
  ///   - city: The listing's city; its prices hold there only.
  init(listing cards: [(card: ListingCard, provenance: Provenance)], city: CityID) {
    for (card, provenance) in cards {
      guard let sku = SKU(card.id.text) else { continue }
      guard let price = card.price else {
        findings.append(
          Finding(
            rule: "listing-price", severity: .warning, place: Place(provenance.source), sku: sku.text,
            message: "the card shows no price, so it is no offer"))
        continue
      }
      lines.append(
        Line(
          offer: Offer(
            sku: sku, model: card.title, brand: card.brand, availabilities: [],
            pricing: .byCity([city: price])),
          productID: card.id, card: card.product(in: city), provenance: [provenance]))
    }
  }

  /// Begins with nothing.
  init() {}

  /// Whether lines were begun from cards, whose numbers stand for SKUs until a price list names them.
  private var cardLines: [ProductID: Int] {
    Dictionary(
      lines.enumerated().compactMap { index, line in
        line.productID.flatMap { $0.text == line.offer.sku.text ? ($0, index) : nil }
      }, uniquingKeysWith: { first, _ in first })
  }

  /// Adds what a further price list knows about the same offers; offers that are only there are counted.
  ///
  /// A line that so far has only a card's number gets the seller's own SKU, stock and price; other lines get only
  /// what they lack.
  ///
  /// - Parameters:
  ///   - offers: Each SKU once.
  ///   - provenance: Where they come from.
  ///   - truthIsListing: Whether the lines were begun from a listing.
  mutating func enrich(feed offers: [Offer], provenance: Provenance?, truthIsListing: Bool) {
    let bySKU = Dictionary(
      lines.enumerated().map { ($0.element.offer.sku, $0.offset) }, uniquingKeysWith: { first, _ in first })
    let byCard = truthIsListing ? cardLines : [:]
    var (extra, replaced, added): ([String], Set<Int>, [Line]) = ([], [], [])
    for offer in offers {
      if let id = ProductID(ofOffer: offer.sku) ?? ProductID(offer.sku.text), let index = byCard[id] {
        var line = lines[index]
        line.offer = offer
        if line.offer.model.isEmpty { line.offer.model = lines[index].card?.title ?? "" }
        line.provenance += [provenance].compactMap(\.self)
        replaced.insert(index)
        added.append(line)
      } else if let index = bySKU[offer.sku] {
        fill(&lines[index], from: offer, provenance)
      } else {
        extra.append(offer.sku.text)
      }
    }
    if !replaced.isEmpty {
      lines = lines.enumerated().filter { !replaced.contains($0.offset) }.map(\.element) + added
    }
    note(extra, "feed-only", "offers are only in this price list, not in the first source", provenance)
  }

  private func fill(_ line: inout Line, from offer: Offer, _ provenance: Provenance?) {
    if line.offer.model.isEmpty { line.offer.model = offer.model }
    if line.offer.brand == nil { line.offer.brand = offer.brand }
    if line.offer.availabilities.isEmpty { line.offer.availabilities = offer.availabilities }
    line.provenance += [provenance].compactMap(\.self)
  }

  /// Adds what the listing shows about the same cards; cards without an offer are counted.
  ///
  /// - Parameters:
  ///   - cards: Each card once.
  ///   - city: The listing's city.
  mutating func enrich(listing cards: [(card: ListingCard, provenance: Provenance)], city: CityID?) {
    var places: [ProductID: [Int]] = [:]
    for (index, line) in lines.enumerated() {
      if let id = line.productID ?? line.candidate { places[id, default: []].append(index) }
    }
    var extra: [String] = []
    for (card, provenance) in cards {
      guard let indices = places[card.id] else {
        extra.append(card.id.text)
        continue
      }
      for index in indices {
        // The seller's own listing shows this card: the number needs no further proof.
        lines[index].productID = card.id
        lines[index].candidate = nil
        lines[index].card = card.product(in: city)
        lines[index].provenance.append(provenance)
      }
    }
    note(
      extra, "listing-only", "cards of the listing belong to no offer of the first source",
      cards.first?.provenance)
  }

  private mutating func note(_ extra: [String], _ rule: String, _ words: String, _ provenance: Provenance?) {
    guard !extra.isEmpty else { return }
    let names = extra.sorted().prefix(5).joined(separator: ", ")
    findings.append(
      Finding(
        rule: rule, severity: .note, place: Place(WebAddress.withoutSecrets(provenance?.source ?? "")),
        message: "\(extra.count) \(words): \(names)\(extra.count > 5 ? ", …" : "")"))
  }

  /// A bare number of the length of a card's number may be one.
  private static func candidate(_ sku: SKU) -> ProductID? {
    guard candidateLengths.contains(sku.text.utf8.count), sku.text.utf8.allSatisfy(\.isDigit) else {
      return nil
    }
    return ProductID(sku.text)
  }
}
