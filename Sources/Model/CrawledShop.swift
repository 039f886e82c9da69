/// What one crawl of one shop found: the value that goes from crawling to publishing.
public struct CrawledShop: Sendable, Hashable {
  /// The shop's name, or `nil` when no source names it.
  public var company: String?
  /// The seller's number, or `nil` when no source names it.
  public var merchant: MerchantID?
  /// Sorted by SKU, each SKU once.
  public var offers: [CrawledOffer]
  /// Offers that no price list can carry, by name, in source order.
  public var heldBack: [HeldBackOffer]
  /// Parts that were asked for and did not come; empty for a complete crawl.
  public var gaps: [Gap]
  /// One line a source, in the order of the configuration.
  public var sources: [SourceSummary]
  /// Everything else worth knowing.
  public var findings: [Finding]

  /// Makes a result; offers are sorted by SKU, the first of equal SKUs stays.
  ///
  /// - Parameters:
  ///   - company: The shop's name.
  ///   - merchant: The seller's number.
  ///   - offers: In any order.
  ///   - heldBack: Offers that cannot be published.
  ///   - gaps: What did not come.
  ///   - sources: One line a source.
  ///   - findings: Everything else.
  public init(
    company: String?, merchant: MerchantID?, offers: [CrawledOffer], heldBack: [HeldBackOffer] = [],
    gaps: [Gap] = [], sources: [SourceSummary] = [], findings: [Finding] = []
  ) {
    self.company = company
    self.merchant = merchant
    var seen: Set<SKU> = []
    self.offers = offers.filter { seen.insert($0.offer.sku).inserted }.sorted { $0.offer.sku < $1.offer.sku }
    self.heldBack = heldBack
    self.gaps = gaps
    self.sources = sources
    self.findings = findings
  }

  /// Whether the list of offers is whole: every source of offers answered to its end.
  ///
  /// A product page that failed leaves a gap too, but does not make the list of offers partial.
  public var hasAllOffers: Bool { !gaps.contains { $0.kind == .offers } }
}

/// An offer that a source showed, with the card where one was found.
public struct CrawledOffer: Sendable, Hashable {
  /// What is for sale.
  public var offer: Offer
  /// The card's number, or `nil` when no source links the offer to a card.
  public var productID: ProductID?
  /// The card, or `nil` when it was not read this time.
  ///
  /// That is "not seen", never "gone".
  public var product: Product? {
    get { card?.product }
    set { card = newValue.map { Card($0) } }
  }
  /// The card in memory that an entry can share.
  package var card: Card?
  /// Parts of the card that were not seen this time, and are empty only for that.
  public var unseen: CardParts = []
  /// Stores whose stock was stated, but not in a readable way.
  ///
  /// What was known of them still holds.
  public var unseenStores: [StoreID] = []
  /// Where the facts come from; volatile.
  public var provenance: [Provenance]

  /// Makes a crawled offer.
  ///
  /// - Parameters:
  ///   - offer: What is for sale.
  ///   - productID: The card's number; taken from the card when left out.
  ///   - product: The card.
  ///   - provenance: Where the facts come from.
  public init(
    offer: Offer, productID: ProductID? = nil, product: Product? = nil, provenance: [Provenance] = []
  ) {
    self.offer = offer
    self.productID = productID ?? product?.id
    card = product.map { Card($0) }
    self.provenance = provenance
  }
}

/// An offer that no price list can carry, kept by name.
public struct HeldBackOffer: Sendable, Hashable {
  /// The SKU as written, possibly empty.
  public var sku: String
  /// The rule that holds it back, like `zero-price`.
  public var rule: String
  /// Where it stands.
  public var place: Place
  /// Why, in one sentence.
  public var message: String

  /// Makes an entry.
  ///
  /// - Parameters:
  ///   - sku: The SKU as written.
  ///   - rule: The rule's name.
  ///   - place: Where it stands.
  ///   - message: Why.
  public init(sku: String, rule: String, place: Place, message: String) {
    self.sku = sku
    self.rule = rule
    self.place = place
    self.message = message
  }
}

/// A part of the crawl that did not come.
public struct Gap: Sendable, Hashable {
  /// What is missing.
  public var kind: Kind
  /// Address or path, without secrets.
  public var source: String
  /// Why.
  public var reason: String

  /// Makes a gap.
  ///
  /// - Parameters:
  ///   - kind: What is missing.
  ///   - source: Address or path.
  ///   - reason: Why.
  public init(kind: Kind, source: String, reason: String) {
    self.kind = kind
    self.source = source
    self.reason = reason
  }

  /// What a gap hides.
  public enum Kind: String, Sendable, CaseIterable {
    /// Offers: nothing may be concluded from an absence.
    case offers
    /// A product page.
    case page
    /// Ratings.
    case reviews
    /// Prices of other sellers.
    case market
    /// Pictures.
    case images
  }
}

/// One source of a crawl.
public struct SourceSummary: Sendable, Hashable {
  /// The kind of source, like `feed`.
  public var kind: String
  /// Address or path, without secrets.
  public var source: String
  /// SHA-256 of the raw bytes in hexadecimal; `nil` where there is no single body.
  public var digest: String?
  /// Offers found.
  public var offers: Int

  /// Makes a summary.
  ///
  /// - Parameters:
  ///   - kind: The kind of source.
  ///   - source: Address or path.
  ///   - digest: SHA-256 of the raw bytes.
  ///   - offers: Offers found.
  public init(kind: String, source: String, digest: String?, offers: Int) {
    self.kind = kind
    self.source = source
    self.digest = digest
    self.offers = offers
  }
}

/// Where a fact comes from.
///
/// Kept apart from what is compared.
public struct Provenance: Sendable, Hashable {
  /// Address or path, without secrets.
  public var source: String
  /// When it was fetched.
  public var fetched: Instant
  /// SHA-256 of the raw answer, in hexadecimal.
  public var digest: String
  /// The parser's version.
  public var parser: Int

  /// Makes a provenance.
  ///
  /// - Parameters:
  ///   - source: Address or path.
  ///   - fetched: When it was fetched.
  ///   - digest: SHA-256 of the raw answer.
  ///   - parser: The parser's version.
  public init(source: String, fetched: Instant, digest: String, parser: Int) {
    self.source = source
    self.fetched = fetched
    self.digest = digest
    self.parser = parser
  }
}
