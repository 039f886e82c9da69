public import Model

/// Makes tomorrow's catalog from a crawl and today's catalog.
public enum CatalogBuilder {
  /// Builds a catalog.
  ///
  /// Pure.
  ///
  /// - An offer that the crawl has is offered; a card that was not read this time stays as it was known.
  /// - An offer that complete crawls missed `withdrawAfter` times in a row is withdrawn: every store `no`, stock 0.
  ///   Until then it stays as it is: one miss is not a disappearance.
  /// - A withdrawn offer that is back is offered; one that is not is archived after `archiveAfter`.
  ///
  /// - Parameters:
  ///   - crawled: What the crawl found.
  ///   - head: The published catalog, or `nil` for the first.
  ///   - absences: Counts that include this crawl.
  ///   - policy: For the two waiting times.
  ///   - company: The shop's name as configured.
  ///   - merchant: The seller's number as configured.
  ///   - today: The day of a withdrawal.
  /// - Returns: The catalog, sorted by SKU.
  public static func build(
    crawled: CrawledShop, head: Catalog?, absences: Absences, policy: Policy, company: String,
    merchant: MerchantID, today: Day
  ) -> Catalog? {
    var entries: [CatalogEntry] = []
    entries.reserveCapacity(crawled.offers.count)
    var present: Set<SKU> = []
    for offer in crawled.offers {
      present.insert(offer.offer.sku)
      let known = head?.entry(offer.offer.sku)
      entries.append(
        CatalogEntry(
          offer: offer.offer.carriable, product: offer.product?.carriable ?? known?.product,
          productID: offer.productID ?? known?.productID))
    }
    for entry in head?.entries ?? [] where !present.contains(entry.offer.sku) {
      switch entry.standing {
      case .offered where absences.missed[entry.offer.sku, default: 0] >= policy.withdrawAfter:
        entries.append(withdrawn(entry, on: today))
      case .offered: entries.append(entry)
      case .withdrawn(let since):
        let age = Duration.seconds((today.number - since.number) * 86_400)
        if age < policy.archiveAfter { entries.append(entry) }
      }
    }
    return Catalog(company: company, merchant: merchant, entries: entries)
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

extension Catalog {
  /// The catalog without what changes by itself: ratings, review counts, what public pages say about buying it or its
  /// variants.
  ///
  /// Two catalogs with equal lasting facts are one version.
  public var lasting: Catalog {
    let entries = self.entries.map { entry in
      var entry = entry
      entry.product?.rating = nil
      entry.product?.sales = [:]
      for index in entry.product?.variants.indices ?? 0..<0 {
        entry.product?.variants[index].isAvailable = nil
      }
      return entry
    }
    // The SKUs are unchanged, so they are as unique as before.
    return Catalog(company: company, merchant: merchant, entries: entries) ?? self
  }
}
