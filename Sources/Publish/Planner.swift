public import Model

/// Makes a ``Plan`` while a crawl is being read: no more of it is kept than what becomes of it.
public struct Planner {
  private let shop: CrawledShop
  private let head: Catalog?
  private let policy: Policy
  private let day: Day
  private let filter: EchoFilter?
  private var builder: CatalogBuilder
  private var echoes: [Echo] = []
  private var offers = 0
  private var unreadStock = 0

  /// Begins a plan.
  ///
  /// - Parameters:
  ///   - crawled: What the crawl says besides its offers; its own list of offers is not looked at.
  ///   - head: The published catalog, or `nil`.
  ///   - policy: What may change.
  ///   - day: Today in Almaty.
  ///   - filter: Knows what we told Kaspi.
  ///   - missed: How often in a row an offer was missed, this crawl included.
  public init(
    _ crawled: CrawledShop, head: Catalog?, policy: Policy, day: Day, echoes filter: EchoFilter,
    missed: @escaping (SKU) -> Int
  ) {
    shop = crawled
    self.head = head
    self.policy = policy
    self.day = day
    self.filter = head != nil && filter.repeatsUs(crawled) ? filter : nil
    builder = CatalogBuilder(
      head: head, expected: crawled.sources.map(\.offers).max() ?? 0, policy: policy, today: day,
      missed: missed)
  }

  /// Takes an offer of the crawl.
  ///
  /// - Parameter crawled: Behind every offer before, in the order of SKUs.
  /// - Returns: Whether it stands where it should; if not, the plan is of no use.
  public mutating func add(_ crawled: CrawledOffer) -> Bool {
    var crawled = crawled
    let known = builder.known(crawled.offer.sku)
    if let echo = filter?.echo(in: &crawled, known: known) {
      echoes.append(echo)
      // Builders keep what they are not shown.
      if echo.fact == .withdrawal { return true }
    }
    offers += 1
    if !crawled.unseenStores.isEmpty, crawled.offer.availabilities.isEmpty { unreadStock += 1 }
    return builder.add(crawled, known: known)
  }

  /// Offers on sale that the crawl did not show, once all of it was taken, sorted.
  public var missing: [SKU] { builder.missing }

  /// Ends the plan.
  ///
  /// - Parameters:
  ///   - name: The shop's name in the workspace.
  ///   - company: The shop's name in the price list.
  ///   - merchant: The seller's number.
  ///   - base: The published version, or `nil`.
  ///   - priceRules: The rules between the catalog's prices and the price list's.
  ///   - baseRules: Digest of the rules that the base was published under, or `nil` for none.
  /// - Returns: The plan.
  public mutating func plan(
    shop name: String, company: String, merchant: MerchantID, base: Plan.Base?, priceRules: [PriceRule],
    baseRules: String?
  ) -> Plan {
    let built = builder.finish(company: company, merchant: merchant)
    noteAbsences()
    // Both inputs have unique SKUs, so a builder that cannot unite them has met a damaged value.
    let next = built ?? head ?? Self.empty(company: company, merchant: merchant)
    let facts = CrawlFacts(shop: shop, offers: offers, missing: builder.missing, unreadStock: unreadStock)
    return Plan(
      shop: name, base: base, day: day, catalog: built,
      offered: built?.entries.count { $0.standing == .offered } ?? 0, diff: CatalogDiff(from: head, to: next),
      objections: built == nil
        ? [Objection(.emptyCrawl, count: 0, of: 0)]
        : policy.judge(crawled: facts, head: head, next: next) + Self.blocks(in: next, priceRules),
      crawled: shop, notSeen: built == nil ? [] : builder.notSeen, echoes: echoes, priceRules: priceRules,
      changesRules: base != nil && Plan.digest(of: priceRules) != baseRules,
      changesHead: head.map { $0.company != company || $0.merchant != merchant } ?? false)
  }

  /// What we withdrew and Kaspi does not show: no evidence of anything.
  private mutating func noteAbsences() {
    guard filter != nil else { return }
    let shown = Set(echoes.map(\.sku))
    for sku in builder.stillGone where !shown.contains(sku) {
      echoes.append(Echo(sku: sku, fact: .absence, shown: ""))
    }
    echoes.sort { $0.sku < $1.sku }
  }

  /// Prices that the rules themselves block, an objection a kind.
  private static func blocks(in catalog: Catalog, _ rules: [PriceRule]) -> [Objection] {
    guard !rules.isEmpty else { return [] }
    var found: [PriceTrace.Block.Kind: [String]] = [:]
    for entry in catalog.entries where entry.standing == .offered {
      var seen: Set<PriceTrace.Block.Kind> = []
      for block in entry.priced(by: rules).blocks where seen.insert(block.kind).inserted {
        found[block.kind, default: []].append("\(entry.offer.sku): \(block.reason)")
      }
    }
    let kinds: [(PriceTrace.Block.Kind, Objection.Rule)] = [
      (.range, .priceRange), (.floor, .priceFloor), (.margin, .margin),
    ]
    return kinds.compactMap { kind, rule in
      found[kind].map { Objection(rule, count: $0.count, of: catalog.entries.count, examples: $0) }
    }
  }

  static func empty(company: String, merchant: MerchantID?) -> Catalog {
    guard let merchant = merchant ?? MerchantID("0"),
      let catalog = Catalog(company: company, merchant: merchant, entries: [])
    else {
      preconditionFailure("a catalog without entries has no SKU twice")
    }
    return catalog
  }
}
