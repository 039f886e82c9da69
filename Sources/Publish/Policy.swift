public import Model

/// What may change in one night without a person's word.
public struct Policy: Sendable, Equatable {
  /// Largest share of offers that may vanish, in `0...1` (more allows everything).
  public var maximumWithdrawn: Double
  /// Largest share by which a price may fall.
  public var maximumPriceDrop: Double
  /// Largest share by which a price may rise.
  public var maximumPriceRise: Double
  /// Smallest part of its former share that a field may keep.
  public var minimumCoverage: Double
  /// Largest share of a source's offers that may be held back.
  public var maximumHeldBack: Double
  /// Crawls in a row that must miss an offer before it is withdrawn; 1 or more.
  public var withdrawAfter: Int
  /// Time from withdrawal to archive.
  public var archiveAfter: Duration

  /// Makes a policy.
  ///
  /// - Parameters:
  ///   - maximumWithdrawn: Share of offers.
  ///   - maximumPriceDrop: Share of a price.
  ///   - maximumPriceRise: Share of a price.
  ///   - minimumCoverage: Part of a field's former share.
  ///   - maximumHeldBack: Share of a source.
  ///   - withdrawAfter: Crawls in a row.
  ///   - archiveAfter: Time from withdrawal.
  public init(
    maximumWithdrawn: Double = 0.05, maximumPriceDrop: Double = 0.2, maximumPriceRise: Double = 0.5,
    minimumCoverage: Double = 0.95, maximumHeldBack: Double = 0.05, withdrawAfter: Int = 2,
    archiveAfter: Duration = .seconds(90 * 86_400)
  ) {
    self.maximumWithdrawn = maximumWithdrawn
    self.maximumPriceDrop = maximumPriceDrop
    self.maximumPriceRise = maximumPriceRise
    self.minimumCoverage = minimumCoverage
    self.maximumHeldBack = maximumHeldBack
    self.withdrawAfter = withdrawAfter
    self.archiveAfter = archiveAfter
  }

  /// Judges what a night would change.
  ///
  /// Pure.
  ///
  /// - Parameters:
  ///   - crawled: What the crawl found.
  ///   - head: The published catalog, or `nil` before the first version.
  ///   - next: The catalog that would be published.
  /// - Returns: What speaks against it, gravest first; empty means go.
  public func judge(crawled: CrawledShop, head: Catalog?, next: Catalog) -> [Objection] {
    unconditional(crawled: crawled, next: next) + (head.map { limits(from: $0, to: next) } ?? [])
  }

  // MARK: What no approval lifts

  private func unconditional(crawled: CrawledShop, next: Catalog) -> [Objection] {
    var objections: [Objection] = []
    if !crawled.hasAllOffers {
      let gaps = crawled.gaps.filter { $0.kind == .offers }
      objections.append(
        Objection(.partialCrawl, count: gaps.count, of: crawled.sources.count, examples: gaps.map(\.source)))
    }
    if crawled.offers.isEmpty { objections.append(Objection(.emptyCrawl, count: 0, of: 0)) }
    let all = crawled.offers.count + crawled.heldBack.count
    if Self.exceeds(crawled.heldBack.count, of: all, limit: maximumHeldBack) {
      objections.append(
        Objection(
          .heldBack, count: crawled.heldBack.count, of: all, limit: maximumHeldBack,
          examples: crawled.heldBack.map { "\($0.sku) (\($0.rule))" }))
    }
    if !next.entries.isEmpty, !next.entries.contains(where: { $0.standing == .offered }) {
      objections.append(Objection(.nothingOffered, count: next.entries.count, of: next.entries.count))
    }
    return objections
  }

  // MARK: What an approval lifts

  private func limits(from head: Catalog, to next: Catalog) -> [Objection] {
    var objections: [Objection] = []
    let offered = head.entries.filter { $0.standing == .offered }
    let withdrawn = offered.filter { next.entry($0.offer.sku)?.standing != .offered }
    if Self.exceeds(withdrawn.count, of: offered.count, limit: maximumWithdrawn) {
      objections.append(
        Objection(
          .withdrawn, count: withdrawn.count, of: offered.count, limit: maximumWithdrawn,
          examples: withdrawn.map(\.offer.sku.text)))
    }
    objections += priceLimits(from: offered, to: next)
    objections += coverageLimits(from: offered, to: next.entries.filter { $0.standing == .offered })
    return objections
  }

  /// Asks whether the whole price level has moved, and whether many single prices have moved too far.
  private func priceLimits(from offered: [CatalogEntry], to next: Catalog) -> [Objection] {
    var (before, after) = (0, 0)
    var (fallen, risen): ([String], [String]) = ([], [])
    var compared = 0
    for entry in offered {
      guard let other = next.entry(entry.offer.sku), other.standing == .offered,
        let old = entry.offer.pricing.lowest?.amount, let new = other.offer.pricing.lowest?.amount
      else { continue }
      compared += 1
      before += old
      after += new
      let ratio = Double(new) / Double(old)
      if ratio < 1 - maximumPriceDrop { fallen.append("\(entry.offer.sku) \(old) → \(new)") }
      if ratio > 1 + maximumPriceRise { risen.append("\(entry.offer.sku) \(old) → \(new)") }
    }
    guard before > 0 else { return [] }
    var objections: [Objection] = []
    let level = Double(after) / Double(before)
    if level < 1 - maximumPriceDrop {
      objections.append(
        Objection(
          .priceLevelDrop, count: before - after, of: before, limit: maximumPriceDrop, examples: fallen))
    } else if Self.exceeds(fallen.count, of: compared, limit: Self.movedShare) {
      objections.append(
        Objection(.priceDrop, count: fallen.count, of: compared, limit: Self.movedShare, examples: fallen))
    }
    if level > 1 + maximumPriceRise {
      objections.append(
        Objection(
          .priceLevelRise, count: after - before, of: before, limit: maximumPriceRise, examples: risen))
    } else if Self.exceeds(risen.count, of: compared, limit: Self.movedShare) {
      objections.append(
        Objection(.priceRise, count: risen.count, of: compared, limit: Self.movedShare, examples: risen))
    }
    return objections
  }

  private func coverageLimits(from before: [CatalogEntry], to after: [CatalogEntry]) -> [Objection] {
    guard !before.isEmpty, !after.isEmpty else { return [] }
    let fields: [(String, (CatalogEntry) -> Bool)] = [
      ("model", { !$0.offer.model.isEmpty }), ("brand", { $0.offer.brand != nil }),
      ("stock", { !$0.offer.availabilities.isEmpty }), ("card", { $0.product != nil }),
      ("images", { !($0.product?.images.isEmpty ?? true) }),
      ("characteristics", { !($0.product?.characteristics.isEmpty ?? true) }),
    ]
    return fields.compactMap { name, has in
      let (old, new) = (before.count(where: has), after.count(where: has))
      let former = Double(old) / Double(before.count)
      guard Double(new) / Double(after.count) < former * minimumCoverage, old > new else { return nil }
      return Objection(
        .coverage, count: new, of: after.count, limit: former * minimumCoverage, examples: [name])
    }
  }

  /// The share of offers whose price may cross its own limit in one night.
  ///
  /// In the one recorded history of a real feed up to 1.4% of offers fell by more than a fifth from one version
  /// to the next, so a single bargain must not stop a night; a feed with a lost digit moves them all.
  static let movedShare = 0.05

  /// Whether a part is over its share.
  ///
  /// One of several is always within it, so that small shops can live.
  static func exceeds(_ count: Int, of all: Int, limit: Double) -> Bool {
    guard count > 0 else { return false }
    return Double(count) > (limit * Double(all)).rounded(.up) || (limit == 0) || count == all
  }
}
