/// Everything a shop sells, and what it lately stopped selling.
public struct Catalog: Sendable, Hashable {
  /// The shop's name, as the price list carries it.
  public var company: String
  /// The seller's number.
  public var merchant: MerchantID
  /// Sorted by SKU, each SKU once.
  public private(set) var entries: [CatalogEntry]

  /// Makes a catalog; entries are sorted by SKU.
  ///
  /// Gives `nil` when a SKU occurs twice.
  ///
  /// - Parameters:
  ///   - company: The shop's name.
  ///   - merchant: The seller's number.
  ///   - entries: In any order.
  public init?(company: String, merchant: MerchantID, entries: consuming [CatalogEntry]) {
    self.company = company
    self.merchant = merchant
    // Mostly they come sorted, and then each SKU is there once as well. Taken over, a large list is sorted where it is.
    self.entries = entries
    if Self.isRising(self.entries) { return }
    self.entries.sort { $0.offer.sku < $1.offer.sku }
    guard Self.isRising(self.entries) else { return nil }
  }

  /// Whether each SKU comes before the next.
  private static func isRising(_ entries: [CatalogEntry]) -> Bool {
    // A span is looked at in place: an entry is large, and copying it to compare it costs more than comparing.
    let entries = entries.span
    for index in entries.indices.dropFirst()
    where !(entries[index - 1].offer.sku < entries[index].offer.sku) { return false }
    return true
  }

  /// The entry of a SKU, found by halving.
  ///
  /// - Parameter sku: The SKU to look for.
  /// - Returns: The entry, or `nil` when the catalog has none.
  public func entry(_ sku: SKU) -> CatalogEntry? {
    var (low, high) = (0, entries.count)
    let places = entries.span
    while low < high {
      let middle = (low + high) / 2
      if places[middle].offer.sku < sku { low = middle + 1 } else { high = middle }
    }
    return low < entries.count && entries[low].offer.sku == sku ? entries[low] : nil
  }
}

/// One offer with all that is known about the thing it sells.
public struct CatalogEntry: Sendable, Hashable {
  /// What is for sale.
  ///
  /// Of a withdrawn entry: the last known offer, with every store at `no` and stock 0.
  public var offer: Offer
  // Large shops hold millions of these, and a night holds them twice: four bytes behind the offer cost no room, where an
  // enum would make an entry a sixth larger.
  private var withdrawnSince = Self.never
  private static let never = Int32.min
  /// The card, which most entries of most catalogs share with the entry they were made from.
  package var card: Card?
  /// The card of the thing, or `nil` when no source had it.
  public var product: Product? {
    get { card?.product }
    set { card = newValue.map { Card($0) } }
  }
  /// The card's number, which may be known without the card.
  public var productID: ProductID?
  /// Whether it is offered or withdrawn; days of the calendar come back as they were put in.
  public var standing: Standing {
    get { withdrawnSince == Self.never ? .offered : .withdrawn(since: Day(number: Int(withdrawnSince))) }
    set {
      switch newValue {
      case .offered: withdrawnSince = Self.never
      case .withdrawn(let since): withdrawnSince = max(Self.never + 1, Int32(clamping: since.number))
      }
    }
  }

  /// Makes an entry.
  ///
  /// - Parameters:
  ///   - offer: What is for sale.
  ///   - product: The card, or `nil`.
  ///   - productID: The card's number; taken from the card when left out.
  ///   - standing: Offered or withdrawn.
  public init(
    offer: Offer, product: Product? = nil, productID: ProductID? = nil, standing: Standing = .offered
  ) {
    self.offer = offer
    card = product.map { Card($0) }
    self.productID = productID ?? product?.id
    self.standing = standing
  }

  /// Whether the shop still has an offer.
  public enum Standing: Sendable, Hashable {
    /// The last complete crawl had it, or has not missed it often enough to say otherwise.
    case offered
    /// Missing from the crawl; kept in the price list as not available since this day.
    case withdrawn(since: Day)
  }
}

/// A card in memory of its own: entries without one stay small, and those with one can share it.
package final class Card: Sendable, Hashable {
  package let product: Product

  package init(_ product: Product) { self.product = product }

  package static func == (left: Card, right: Card) -> Bool {
    left === right || left.product == right.product
  }

  package func hash(into hasher: inout Hasher) { product.hash(into: &hasher) }
}
