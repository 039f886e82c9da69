import Model

/// Makes tomorrow's catalog from a crawl and today's catalog.
///
/// - An offer that the crawl has is offered; a card that was not read this time stays as it was known.
/// - An offer that complete crawls missed `withdrawAfter` times in a row is withdrawn: every store `no`, stock 0.
///   Until then it stays as it is: one miss is not a disappearance.
/// - A withdrawn offer that is back is offered; one that is not is archived after `archiveAfter`.
///
/// Offers are taken one by one, so that a crawl need not be in memory; what is as it was is shared with the catalog
/// before.
struct CatalogBuilder {
  private let head: Catalog?
  private let policy: Policy
  private let today: Day
  /// How often in a row an offer was missed, this crawl included.
  private let missed: (SKU) -> Int
  /// Where the catalog before has been gone through to.
  private var place = 0
  private var last: SKU?
  private var entries: [CatalogEntry] = []
  /// Offers on sale that the crawl did not show, sorted.
  private(set) var missing: [SKU] = []
  /// Offers that the crawl did not show and that stay on sale for now, sorted.
  private(set) var notSeen: [SKU] = []
  /// Withdrawn offers that it did not show either, sorted.
  private(set) var stillGone: [SKU] = []

  /// Begins a catalog.
  ///
  /// - Parameters:
  ///   - head: The published catalog, or `nil` for the first.
  ///   - expected: About how many offers the crawl has.
  ///   - policy: For the two waiting times.
  ///   - today: The day of a withdrawal.
  ///   - missed: How often in a row an offer was missed, this crawl included.
  init(head: Catalog?, expected: Int, policy: Policy, today: Day, missed: @escaping (SKU) -> Int) {
    self.head = head
    self.policy = policy
    self.today = today
    self.missed = missed
    entries.reserveCapacity(max(expected, head?.entries.count ?? 0))
  }

  /// The entry that the catalog before has for an offer, if that is the next one.
  ///
  /// - Parameter sku: The offer; behind every one before.
  /// - Returns: The entry, or `nil`.
  mutating func known(_ sku: SKU) -> CatalogEntry? {
    while let entry = head?.entries[checked: place], entry.offer.sku < sku {
      keep(entry)
      place += 1
    }
    guard let entry = head?.entries[checked: place], entry.offer.sku == sku else { return nil }
    return entry
  }

  /// Takes an offer of the crawl.
  ///
  /// - Parameters:
  ///   - crawled: Behind every offer before, in the order of SKUs.
  ///   - known: Its entry in the catalog before.
  /// - Returns: Whether it stands where it should.
  mutating func add(_ crawled: CrawledOffer, known: CatalogEntry?) -> Bool {
    if let last, !(last < crawled.offer.sku) { return false }
    last = crawled.offer.sku
    if known != nil { place += 1 }
    let offer = Self.offer(crawled, known: known).carriable
    var entry = CatalogEntry(offer: known.map { $0.offer.isSame(as: offer) ? $0.offer : offer } ?? offer)
    entry.card = Self.card(crawled, known: known)
    entry.productID = crawled.productID ?? known?.productID ?? entry.card?.product.id
    entries.append(entry)
    return true
  }

  /// The offer with what is known of stores whose stock could not be read this time.
  private static func offer(_ crawled: CrawledOffer, known: CatalogEntry?) -> Offer {
    guard !crawled.unseenStores.isEmpty else { return crawled.offer }
    var offer = crawled.offer
    let stated = Set(offer.availabilities.map(\.store))
    let unseen = Set(crawled.unseenStores).subtracting(stated)
    offer.availabilities += (known?.offer.availabilities ?? []).filter { unseen.contains($0.store) }
    if offer.availabilities.isEmpty {
      // An offer without any store counts as on sale, which nobody has said of this one.
      offer.availabilities = unseen.map { Availability(store: $0, isAvailable: false) }
    }
    return Offer(
      sku: offer.sku, model: offer.model, brand: offer.brand, availabilities: offer.availabilities,
      pricing: offer.pricing)
  }

  /// The card with what is known of parts that were not seen this time.
  private static func card(_ crawled: CrawledOffer, known: CatalogEntry?) -> Card? {
    guard let card = crawled.card?.carriable else { return known?.card }
    guard !crawled.unseen.isEmpty, let known, let old = known.card else { return card }
    // A group's page shows one of its forms: what a list says of the group is no reason to forget the form.
    guard card.product.id == old.product.id else {
      return crawled.unseen.contains(.description) && known.productID == crawled.productID ? old : card
    }
    let product = card.product.completed(from: old.product, unseen: crawled.unseen)
    return product == card.product ? card : product == old.product ? old : Card(product)
  }

  /// Takes what the crawl did not show, and ends.
  ///
  /// - Parameters:
  ///   - company: The shop's name as configured.
  ///   - merchant: The seller's number as configured.
  /// - Returns: The catalog, sorted by SKU.
  mutating func finish(company: String, merchant: MerchantID) -> Catalog? {
    while let entry = head?.entries[checked: place] {
      keep(entry)
      place += 1
    }
    return Catalog(company: company, merchant: merchant, entries: entries)
  }

  /// Decides about an entry that the crawl did not show.
  private mutating func keep(_ entry: CatalogEntry) {
    switch entry.standing {
    case .offered:
      missing.append(entry.offer.sku)
      if missed(entry.offer.sku) >= policy.withdrawAfter {
        entries.append(Self.withdrawn(entry, on: today))
      } else {
        notSeen.append(entry.offer.sku)
        entries.append(entry)
      }
    case .withdrawn(let since):
      stillGone.append(entry.offer.sku)
      let age = Duration.seconds((today.number - since.number) * 86_400)
      if age < policy.archiveAfter { entries.append(entry) }
    }
  }

  /// The entry with every store at `no` and stock 0; one that is withdrawn already stays as it is.
  static func withdrawn(_ entry: CatalogEntry, on day: Day) -> CatalogEntry {
    guard entry.standing == .offered else { return entry }
    var entry = entry
    entry.standing = .withdrawn(since: day)
    entry.offer.availabilities = entry.offer.availabilities.map {
      Availability(store: $0.store, isAvailable: false, stock: 0)
    }
    return entry
  }
}

extension CatalogEntry {
  /// The entry without what changes by itself: its rating, the number of reviews, what public pages say about buying it
  /// or its variants.
  ///
  /// Two catalogs whose entries have equal lasting facts are one version.
  var lasting: CatalogEntry {
    guard var product else { return self }
    product.rating = nil
    product.sales = [:]
    for index in product.variants.indices { product.variants[index].isAvailable = nil }
    var entry = self
    entry.product = product
    return entry
  }
}

extension Offer {
  /// Whether two offers are the same to the byte: equal texts may be spelled differently.
  fileprivate func isSame(as other: Offer) -> Bool {
    self == other && model.hasBytes(of: other.model)
      && (brand ?? "").hasBytes(of: other.brand ?? "")
      && zip(availabilities, other.availabilities).allSatisfy { $0.store.text.hasBytes(of: $1.store.text) }
  }
}

extension Card {
  /// The card with texts that every format can carry.
  fileprivate var carriable: Card {
    let made = product.carriable
    return made == product ? self : Card(made)
  }
}

extension Array {
  /// The element at a place, or `nil` behind the end.
  fileprivate subscript(checked place: Int) -> Element? { place < count ? self[place] : nil }
}
