import Model

extension Policy {
  /// What no approval lifts: there is nothing sound to publish.
  func unconditional(crawled: CrawlFacts, next: Catalog) -> [Objection] {
    var objections: [Objection] = []
    if !crawled.shop.hasAllOffers {
      let gaps = crawled.shop.gaps.filter { $0.kind == .offers }
      objections.append(
        Objection(
          .partialCrawl, count: gaps.count, of: crawled.shop.sources.count, examples: gaps.map(\.source)))
    }
    if crawled.offers == 0 { objections.append(Objection(.emptyCrawl, count: 0, of: 0)) }
    objections += heldBack(crawled)
    if !next.entries.isEmpty, !next.entries.contains(where: { $0.standing == .offered }) {
      objections.append(Objection(.nothingOffered, count: next.entries.count, of: next.entries.count))
    }
    return objections
  }

  /// Too many offers that cannot be carried; where one cause is behind them it has an objection of its own.
  private func heldBack(_ crawled: CrawlFacts) -> [Objection] {
    let held = crawled.shop.heldBack
    let all = crawled.offers + held.count
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

  func limits(_ comparison: Comparison, crawled: CrawlFacts) -> [Objection] {
    var objections = vanished(comparison, crawled: crawled)
    objections += new(comparison, limit: maximumNew)
    objections += outOfStock(comparison, limit: maximumOutOfStock)
    objections += stockLevel(comparison, limit: maximumStockDrop)
    objections += wrongCity(comparison)
    objections += prices(comparison, drop: maximumPriceDrop, rise: maximumPriceRise)
    objections += coverage(comparison, unreadStock: crawled.unreadStock)
    for category in categories {
      objections += limits(of: category, comparison.narrowed(to: category.category))
    }
    return objections
  }

  /// Offers that would be withdrawn, or, while they still have their chances, were not seen.
  private func vanished(_ comparison: Comparison, crawled: CrawlFacts) -> [Objection] {
    let offered = comparison.before.count
    let withdrawn = comparison.gone
    if Self.exceeds(withdrawn.count, of: offered, limit: maximumWithdrawn) {
      return [
        Objection(
          .withdrawn, count: withdrawn.count, of: offered, limit: maximumWithdrawn, examples: withdrawn)
      ]
    }
    // A crawl that lost many offers is not to be trusted about the others either, and the owner hears of it today.
    let heldBack = Set(crawled.shop.heldBack.compactMap { SKU($0.sku) })
    let missing = crawled.missing.filter { !heldBack.contains($0) }
    guard Self.exceeds(missing.count, of: offered, limit: maximumWithdrawn) else { return [] }
    return [
      Objection(
        .missing, count: missing.count, of: offered, limit: maximumWithdrawn, examples: missing.map(\.text))
    ]
  }

  private func new(_ comparison: Comparison, limit: Double, category: String? = nil) -> [Objection] {
    let (new, offered) = (comparison.added, comparison.before.count)
    guard offered > 0, new.count > Self.freelyNew, Double(new.count) > (limit * Double(offered)).rounded(.up)
    else { return [] }
    return [
      Objection(.newOffers, count: new.count, of: offered, limit: limit, examples: new, category: category)
    ]
  }

  private func outOfStock(_ comparison: Comparison, limit: Double, category: String? = nil) -> [Objection] {
    func sells(_ offer: Offer) -> Bool { offer.isAvailable && (offer.totalStock ?? 1) > 0 }
    var before = 0
    var gone: [String] = []
    comparison.eachBefore { entry, now in
      guard sells(entry.offer) else { return }
      before += 1
      if let now, !sells(now.offer) { gone.append(entry.offer.sku.text) }
    }
    guard Self.exceeds(gone.count, of: before, limit: limit) else { return [] }
    return [
      Objection(
        .stockCollapse, count: gone.count, of: before, limit: limit, examples: gone, category: category)
    ]
  }

  /// All pieces together, over offers that keep a count before and after.
  ///
  /// An offer may sell out in a night; a shop of thousands of pieces does not.
  private func stockLevel(_ comparison: Comparison, limit: Double, category: String? = nil) -> [Objection] {
    var (before, after) = (0, 0)
    var fallen: [(sku: String, old: Int, new: Int)] = []
    comparison.eachBefore { entry, now in
      guard let old = entry.offer.totalStock, let new = now?.offer.totalStock else { return }
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
        examples: examples.map { "\($0.sku) \($0.old) → \($0.new)" }, category: category)
    ]
  }

  /// Offers that lose the price of the base city, or whose prices all move to other cities.
  private func wrongCity(_ comparison: Comparison) -> [Objection] {
    var compared = 0
    var lost: [String] = []
    comparison.eachBefore { entry, now in
      guard let now else { return }
      compared += 1
      if entry.offer.pricing == now.offer.pricing { return }
      let (before, after) = (Self.cities(entry.offer.pricing), Self.cities(now.offer.pricing))
      let losesBase =
        city.map {
          entry.offer.pricing.price(in: $0) != nil && now.offer.pricing.price(in: $0) == nil
        } ?? false
      let movesAway = !before.isEmpty && !after.isEmpty && before.isDisjoint(with: after)
      guard losesBase || movesAway else { return }
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

  private func limits(of category: CategoryLimits, _ part: Comparison) -> [Objection] {
    let name = category.category
    var objections: [Objection] = []
    if let limit = category.maximumWithdrawn {
      let withdrawn = part.gone
      if Self.exceeds(withdrawn.count, of: part.before.count, limit: limit) {
        objections.append(
          Objection(
            .withdrawn, count: withdrawn.count, of: part.before.count, limit: limit, examples: withdrawn,
            category: name))
      }
    }
    if let limit = category.maximumNew { objections += new(part, limit: limit, category: name) }
    if let limit = category.maximumOutOfStock { objections += outOfStock(part, limit: limit, category: name) }
    if let limit = category.maximumStockDrop { objections += stockLevel(part, limit: limit, category: name) }
    if category.maximumPriceDrop != nil || category.maximumPriceRise != nil {
      objections += prices(
        part, drop: category.maximumPriceDrop ?? 1, rise: category.maximumPriceRise ?? .infinity,
        category: name)
    }
    return objections
  }
}
