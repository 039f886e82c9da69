import Model

/// Two catalogs side by side: what was on sale before, and what would be after.
///
/// It holds places in the catalogs, not their entries: at a million offers that is the difference between 16 and 200
/// megabytes.
struct Comparison {
  let head: Catalog
  let next: Catalog
  /// Entries on sale before, in catalog order, each with its place in `next`, or -1.
  private(set) var before: [(old: Int32, new: Int32)] = []
  /// Entries on sale after, in catalog order, and whether the catalog before had none with that SKU.
  private(set) var after: [(new: Int32, isNew: Bool)] = []

  init(_ head: Catalog, _ next: Catalog) {
    self.head = head
    self.next = next
    let (old, new) = (head.entries.span, next.entries.span)
    before.reserveCapacity(old.count)
    after.reserveCapacity(new.count)
    var (left, right) = (0, 0)
    while left < old.count || right < new.count {
      let isOnlyOld = right == new.count || left < old.count && old[left].offer.sku < new[right].offer.sku
      let isOnlyNew = !isOnlyOld && (left == old.count || new[right].offer.sku < old[left].offer.sku)
      if !isOnlyNew, old[left].standing == .offered {
        before.append((Int32(left), isOnlyOld ? -1 : Int32(right)))
      }
      if !isOnlyOld, new[right].standing == .offered { after.append((Int32(right), isOnlyNew)) }
      if !isOnlyNew { left += 1 }
      if !isOnlyOld { right += 1 }
    }
  }

  /// Only the offers of one category, each as it was or will be.
  func narrowed(to category: String) -> Comparison {
    var part = self
    part.before = before.filter { head.entries[Int($0.old)].isIn([category]) }
    part.after = after.filter { next.entries[Int($0.new)].isIn([category]) }
    return part
  }

  /// Calls `body` with every offer on sale before, and with what becomes of it: its entry while it is still on sale,
  /// `nil` otherwise.
  func eachBefore(_ body: (CatalogEntry, CatalogEntry?) -> Void) {
    for (old, new) in before {
      let now = new < 0 ? nil : next.entries[Int(new)]
      body(head.entries[Int(old)], now?.standing == .offered ? now : nil)
    }
  }

  /// SKUs of offers on sale before that are not any more.
  var gone: [String] {
    before.compactMap { old, new in
      new >= 0 && next.entries[Int(new)].standing == .offered ? nil : head.entries[Int(old)].offer.sku.text
    }
  }

  /// SKUs of offers that are new.
  var added: [String] { after.compactMap { $0.isNew ? next.entries[Int($0.new)].offer.sku.text : nil } }

  /// How many offers on sale before have something.
  func countBefore(_ has: (CatalogEntry) -> Bool) -> Int { before.count { has(head.entries[Int($0.old)]) } }

  /// How many offers on sale after have something.
  func countAfter(_ has: (CatalogEntry) -> Bool) -> Int { after.count { has(next.entries[Int($0.new)]) } }
}

/// What a crawl says besides its offers, and how it compares with what is published.
struct CrawlFacts {
  /// The crawl; its own list of offers is not looked at.
  var shop: CrawledShop
  /// How many offers it found.
  var offers = 0
  /// Offers on sale that it did not show, sorted.
  var missing: [SKU] = []
  /// Offers of which the stock could not be read in any store.
  var unreadStock = 0
}
