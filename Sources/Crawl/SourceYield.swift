internal import Model

/// What one source of offers gave.
struct SourceYield: Sendable {
  /// The shop's name, where the source says it.
  var company: String?
  /// The seller's number, where the source says it.
  var merchant: MerchantID?
  /// In the source's order, each offer or card once.
  var lines: [SourceLine] = []
  /// Offers that no catalog can carry.
  var heldBack: [HeldBackOffer] = []
  var findings: [Finding] = []
  /// SHA-256 of the answer, where there is a single one.
  var digest: String?
  /// Why the list is not whole; `nil` when it is.
  ///
  /// What `lines` hold is true all the same.
  var failure: CrawlFailure?
}

/// What one source says of one offer, or of a card that it sells; only what it really says.
struct SourceLine: Sendable {
  /// The seller's code; `nil` where the source knows only cards.
  var sku: SKU?
  /// The card, where the source itself or the SKU's form names it.
  var card: ProductID?
  /// The offer's title.
  var title: String?
  /// The brand.
  var brand: String?
  /// Stock by store; `nil` where the source does not speak of stock.
  var availabilities: [Availability]?
  /// Stores whose stock the source states in a way that cannot be read.
  var unreadableStores: [StoreID] = []
  /// The price; `nil` where the source does not speak of it.
  var pricing: Pricing?
  /// What the source knows about the card.
  var product: CardBox?
  /// Where the line comes from: nothing, or one entry that all lines of an answer share.
  var provenance: [Provenance] = []
  /// Whether title and price are the shop window's, which shows cards and not this seller's offers.
  var isShopWindow = false
}

extension SourceLine {
  /// Whether two lines of one SKU state the same facts.
  func saysTheSame(as other: SourceLine) -> Bool {
    title == other.title && brand == other.brand && pricing == other.pricing
      && availabilities == other.availabilities && unreadableStores == other.unreadableStores
  }
}

/// A card on the heap: most lines have none, and should not pay for the room of one.
final class CardBox: Sendable {
  /// The card.
  let product: Product

  init(_ product: Product) { self.product = product }
}

/// A place that offers are read from; the first of a shop is the truth about which exist.
protocol OfferSource: Sendable {
  /// Reads everything.
  ///
  /// - Returns: Offers, and why the list is not whole, if it is not.
  /// - Throws: ``StoreError`` when our own disk refuses; `CancellationError`. A source that fails is a failure in
  ///   the yield, not an error.
  func read() async throws -> SourceYield
}
