public import Model

/// A fact that comes back from Kaspi because we told Kaspi so.
///
/// Kaspi reads our price list; its cabinet and its listing then show our own words. They say nothing about the seller.
public struct Echo: Sendable, Equatable {
  /// What came back.
  public enum Fact: String, Sendable, CaseIterable {
    /// An offer shown as not available, which we withdrew.
    case withdrawal
    /// A price that our rules made.
    case price
    /// An offer that is not shown, which we withdrew.
    case absence
  }

  /// The offer.
  public var sku: SKU
  /// What came back.
  public var fact: Fact
  /// As it was shown; empty for an absence.
  public var shown: String

  /// Names an echo.
  ///
  /// - Parameters:
  ///   - sku: The offer.
  ///   - fact: What came back.
  ///   - shown: As it was shown.
  public init(sku: SKU, fact: Fact, shown: String) {
    self.sku = sku
    self.fact = fact
    self.shown = shown
  }
}

/// Takes our own words out of a crawl.
public struct EchoFilter: Sendable {
  /// Offers as our last price lists had them, newest first.
  private let published: [[SKU: Pricing]]
  /// SHA-256 of price lists that we serve.
  private let ownFeeds: Set<String>

  /// Knows what we told Kaspi.
  ///
  /// - Parameters:
  ///   - published: Prices in our last price lists, newest first.
  ///   - ownFeeds: SHA-256 of price lists that we serve.
  public init(published: [[SKU: Pricing]] = [], ownFeeds: Set<String> = []) {
    self.published = published
    self.ownFeeds = ownFeeds
  }

  /// Whether the offers of a crawl come from where our price list is shown.
  ///
  /// - Parameter crawled: Any crawl.
  /// - Returns: Whether its first source is the cabinet, the listing, or our own price list.
  public func repeatsUs(_ crawled: CrawledShop) -> Bool {
    guard let first = crawled.sources.first else { return false }
    return Self.kinds.contains(first.kind) || first.digest.map(ownFeeds.contains) ?? false
  }

  /// Kinds of sources that show what our price list says.
  static let kinds: Set<String> = ["cabinet", "listing"]

  /// Takes an echo out of one offer.
  ///
  /// - Parameters:
  ///   - crawled: An offer of a crawl that repeats us; it gets the price that the seller said.
  ///   - known: Its entry in the published catalog, or `nil`.
  /// - Returns: The echo in it, or `nil`; of a withdrawal nothing else is left.
  func echo(in crawled: inout CrawledOffer, known: CatalogEntry?) -> Echo? {
    guard let known else { return nil }
    let sku = crawled.offer.sku
    if known.standing != .offered, !Self.sells(crawled.offer) {
      return Echo(sku: sku, fact: .withdrawal, shown: "no")
    }
    let shown = crawled.offer.pricing
    guard shown != known.offer.pricing, published.contains(where: { $0[sku] == shown }) else { return nil }
    crawled.offer.pricing = known.offer.pricing
    return Echo(sku: sku, fact: .price, shown: shown.lowest.map(\.description) ?? "")
  }

  /// Whether a buyer could get one: some store says yes, and not with a stock of 0.
  private static func sells(_ offer: Offer) -> Bool {
    offer.availabilities.contains { $0.isAvailable && ($0.stock ?? 1) > 0 }
      || offer.availabilities.isEmpty
  }
}
