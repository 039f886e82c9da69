import Model

extension Policy {
  /// What no approval lifts: there is nothing sound to publish.
  func unconditional(crawled: CrawledShop, next: Catalog) -> [Objection] {
    var objections: [Objection] = []
    if !crawled.hasAllOffers {
      let gaps = crawled.gaps.filter { $0.kind == .offers }
      objections.append(
        Objection(.partialCrawl, count: gaps.count, of: crawled.sources.count, examples: gaps.map(\.source)))
    }
    if crawled.offers.isEmpty { objections.append(Objection(.emptyCrawl, count: 0, of: 0)) }
    objections += heldBack(crawled)
    if !next.entries.isEmpty, !next.entries.contains(where: { $0.standing == .offered }) {
      objections.append(Objection(.nothingOffered, count: next.entries.count, of: next.entries.count))
    }
    return objections
  }

  /// Too many offers that cannot be carried; where one cause is behind them it has an objection of its own.
  private func heldBack(_ crawled: CrawledShop) -> [Objection] {
    let held = crawled.heldBack
    let all = crawled.offers.count + held.count
    guard Self.exceeds(held.count, of: all, limit: maximumHeldBack) else { return [] }
    func objection(_ rule: Objection.Rule, _ offers: [HeldBackOffer]) -> Objection {
      Objection(
        rule, count: offers.count, of: all, limit: maximumHeldBack,
        examples: offers.map { "\($0.sku) (\($0.rule))" })
    }
    let causes: [(Objection.Rule, Set<String>)] = [
      (.duplicates, ["conflicting-duplicate", "duplicate-sku", "conflicting-store"]),
      (.zeroPrice, ["zero-price", "no-price"]),
    ]
    return [objection(.heldBack, held)]
      + causes.compactMap { rule, names in
        let offers = held.filter { names.contains($0.rule) }
        return Self.exceeds(offers.count, of: all, limit: maximumHeldBack) ? objection(rule, offers) : nil
      }
  }

  // MARK: What an approval lifts

  func limits(from head: Catalog, to next: Catalog, crawled: CrawledShop) -> [Objection] {
    let offered = head.entries.filter { $0.standing == .offered }
    let now = next.entries.filter { $0.standing == .offered }
    let whole = Limits(
      withdrawn: maximumWithdrawn, drop: maximumPriceDrop, rise: maximumPriceRise, new: maximumNew,
      outOfStock: maximumOutOfStock)
    var objections = vanished(offered, in: next, crawled: crawled)
    objections += new(now, against: head, offered: offered.count, limit: whole.new)
    objections += outOfStock(offered, in: next, limit: whole.outOfStock)
    objections += stockLevel(of: offered, in: next, limit: maximumStockDrop)
    objections += wrongCity(offered, in: next)
    objections += prices(of: offered, in: next, drop: whole.drop, rise: whole.rise)
    objections += coverage(from: offered, to: now)
    for category in categories {
      objections += limits(of: category, offered: offered, now: now, head: head, next: next)
    }
    return objections
  }

  private struct Limits {
    var withdrawn, drop, rise, new, outOfStock: Double
  }

  /// Offers that would be withdrawn, or, while they still have their chances, were not seen.
  private func vanished(_ offered: [CatalogEntry], in next: Catalog, crawled: CrawledShop) -> [Objection] {
    let withdrawn = offered.filter { next.entry($0.offer.sku)?.standing != .offered }
    if Self.exceeds(withdrawn.count, of: offered.count, limit: maximumWithdrawn) {
      return [
        Objection(
          .withdrawn, count: withdrawn.count, of: offered.count, limit: maximumWithdrawn,
          examples: withdrawn.map(\.offer.sku.text))
      ]
    }
    // A crawl that lost many offers is not to be trusted about the others either, and the owner hears of it today.
    let seen = Set(crawled.offers.map(\.offer.sku)).union(crawled.heldBack.compactMap { SKU($0.sku) })
    let missing = offered.filter { !seen.contains($0.offer.sku) }
    guard Self.exceeds(missing.count, of: offered.count, limit: maximumWithdrawn) else { return [] }
    return [
      Objection(
        .missing, count: missing.count, of: offered.count, limit: maximumWithdrawn,
        examples: missing.map(\.offer.sku.text))
    ]
  }

  private func new(
    _ now: [CatalogEntry], against head: Catalog, offered: Int, limit: Double, category: String? = nil
  ) -> [Objection] {
    let new = now.filter { head.entry($0.offer.sku) == nil }
    guard offered > 0, new.count > Self.freelyNew, Double(new.count) > (limit * Double(offered)).rounded(.up)
    else { return [] }
    return [
      Objection(
        .newOffers, count: new.count, of: offered, limit: limit, examples: new.map(\.offer.sku.text),
        category: category)
    ]
  }

  private func outOfStock(
    _ offered: [CatalogEntry], in next: Catalog, limit: Double, category: String? = nil
  ) -> [Objection] {
    func sells(_ offer: Offer) -> Bool { offer.isAvailable && (offer.totalStock ?? 1) > 0 }
    let before = offered.filter { sells($0.offer) }
    let gone = before.filter { entry in
      guard let now = next.entry(entry.offer.sku), now.standing == .offered else { return false }
      return !sells(now.offer)
    }
    guard Self.exceeds(gone.count, of: before.count, limit: limit) else { return [] }
    return [
      Objection(
        .stockCollapse, count: gone.count, of: before.count, limit: limit,
        examples: gone.map(\.offer.sku.text),
        category: category)
    ]
  }

  /// All pieces together, over offers that keep a count before and after.
  ///
  /// An offer may sell out in a night; a shop of thousands of pieces does not.
  private func stockLevel(
    of offered: [CatalogEntry], in next: Catalog, limit: Double, category: String? = nil
  ) -> [Objection] {
    var (before, after) = (0, 0)
    var fallen: [(sku: String, old: Int, new: Int)] = []
    for entry in offered {
      guard let now = next.entry(entry.offer.sku), now.standing == .offered,
        let old = entry.offer.totalStock, let new = now.offer.totalStock
      else { continue }
      before += old
      after += new
      if new < old { fallen.append((entry.offer.sku.text, old, new)) }
    }
    guard before >= Self.freelySold, Double(before - after) > limit * Double(before) else { return [] }
    // The largest losses say most about the cause.
    let examples = fallen.sorted { ($1.old - $1.new, $0.sku) < ($0.old - $0.new, $1.sku) }
    return [
      Objection(
        .stockLevelDrop, count: before - after, of: before, limit: limit,
        examples: examples.prefix(10).map { "\($0.sku) \($0.old) → \($0.new)" }, category: category)
    ]
  }

  /// Offers that lose the price of the base city, or whose prices all move to other cities.
  private func wrongCity(_ offered: [CatalogEntry], in next: Catalog) -> [Objection] {
    var compared = 0
    var lost: [String] = []
    for entry in offered {
      guard let now = next.entry(entry.offer.sku), now.standing == .offered else { continue }
      compared += 1
      let (before, after) = (Self.cities(entry.offer.pricing), Self.cities(now.offer.pricing))
      let losesBase =
        city.map {
          entry.offer.pricing.price(in: $0) != nil && now.offer.pricing.price(in: $0) == nil
        } ?? false
      let movesAway = !before.isEmpty && !after.isEmpty && before.isDisjoint(with: after)
      guard losesBase || movesAway else { continue }
      func list(_ cities: Set<CityID>) -> String { cities.sorted().map(\.code).joined(separator: " ") }
      lost.append("\(entry.offer.sku): \(before.isEmpty ? "*" : list(before)) → \(list(after))")
    }
    guard Self.exceeds(lost.count, of: compared, limit: Self.movedShare) else { return [] }
    return [
      Objection(.wrongCity, count: lost.count, of: compared, limit: Self.movedShare, examples: lost)
    ]
  }

  private static func cities(_ pricing: Pricing) -> Set<CityID> { Set(pricing.cities.map(\.city)) }

  // MARK: Categories

  private func limits(
    of category: CategoryLimits, offered: [CatalogEntry], now: [CatalogEntry], head: Catalog, next: Catalog
  ) -> [Objection] {
    let name = category.category
    let (before, after) = (offered.filter { $0.isIn([name]) }, now.filter { $0.isIn([name]) })
    var objections: [Objection] = []
    if let limit = category.maximumWithdrawn {
      let withdrawn = before.filter { next.entry($0.offer.sku)?.standing != .offered }
      if Self.exceeds(withdrawn.count, of: before.count, limit: limit) {
        objections.append(
          Objection(
            .withdrawn, count: withdrawn.count, of: before.count, limit: limit,
            examples: withdrawn.map(\.offer.sku.text), category: name))
      }
    }
    if let limit = category.maximumNew {
      objections += new(after, against: head, offered: before.count, limit: limit, category: name)
    }
    if let limit = category.maximumOutOfStock {
      objections += outOfStock(before, in: next, limit: limit, category: name)
    }
    if let limit = category.maximumStockDrop {
      objections += stockLevel(of: before, in: next, limit: limit, category: name)
    }
    if category.maximumPriceDrop != nil || category.maximumPriceRise != nil {
      objections += prices(
        of: before, in: next, drop: category.maximumPriceDrop ?? 1,
        rise: category.maximumPriceRise ?? .infinity,
        category: name)
    }
    return objections
  }
}
