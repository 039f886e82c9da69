import CatalogFormat
public import Model
public import Store

/// What publishing would change, and what speaks against it.
public struct Plan: Sendable, Equatable {
  /// The shop's name in the workspace.
  public var shop: String
  /// The version that the plan starts from, or `nil` for the first.
  public var base: Base?
  /// The Almaty day of the plan: the day of its withdrawals.
  public var day: Day
  /// The catalog that would be published; `nil` when the crawl gives none.
  public var catalog: Catalog?
  /// Offers on sale in it.
  public var offered: Int
  /// Whether it is known to change nothing without a look at either catalog.
  public var isSettled: Bool
  /// Its difference from the base.
  public var diff: CatalogDiff
  /// What speaks against it; empty means go.
  public var objections: [Objection]
  /// Offers that no price list can carry.
  public var heldBack: [HeldBackOffer]
  /// Offers that the crawl missed and that stay as they are for now, sorted.
  public var notSeen: [SKU]
  /// What came back from Kaspi because we said so, sorted by SKU; not acted on.
  public var echoes: [Echo]
  /// The rules between the catalog's prices and the price list's.
  public var priceRules: [PriceRule]
  /// Whether the base was published under other price rules.
  public var changesRules: Bool
  /// Prices of the price list that other rules have moved; empty where the rules are the same.
  public var rulePrices: [PriceMove] = []
  /// Whether the base names another company or seller.
  public var changesHead: Bool
  /// Parts of the crawl that did not come.
  public var gaps: [Gap]
  /// Where the facts come from.
  public var sources: [SourceSummary]

  /// The version that a plan starts from.
  public struct Base: Sendable, Equatable {
    /// Its number.
    public var version: Int
    /// SHA-256 of its manifest, in hexadecimal.
    public var manifest: String

    /// Names a version.
    ///
    /// - Parameters:
    ///   - version: Its number.
    ///   - manifest: SHA-256 of its manifest.
    public init(version: Int, manifest: String) {
      self.version = version
      self.manifest = manifest
    }
  }

  /// Plans one night.
  ///
  /// Pure: the same plan for the same arguments, on every machine.
  ///
  /// - Parameters:
  ///   - shop: The shop's name in the workspace.
  ///   - company: The shop's name in the price list.
  ///   - merchant: The seller's number.
  ///   - crawled: What the crawl found.
  ///   - base: The published version, or `nil`.
  ///   - head: Its catalog, or `nil`.
  ///   - absences: Counts that include this crawl.
  ///   - policy: What may change.
  ///   - day: Today in Almaty.
  ///   - filter: Knows what we told Kaspi.
  ///   - priceRules: The rules between the catalog's prices and the price list's.
  ///   - baseRules: Digest of the rules that the base was published under, or `nil` for none.
  public init(
    shop: String, company: String, merchant: MerchantID, crawled: CrawledShop, base: Base?, head: Catalog?,
    absences: Absences, policy: Policy, day: Day, echoes filter: EchoFilter = EchoFilter(),
    priceRules: [PriceRule] = [], baseRules: String? = nil
  ) {
    var planner = Planner(
      crawled, head: head, policy: policy, day: day, echoes: filter,
      missed: { absences.missed[$0, default: 0] })
    // The list of a crawl is sorted, and each SKU is there once.
    for offer in crawled.offers { _ = planner.add(offer) }
    self = planner.plan(
      shop: shop, company: company, merchant: merchant, base: base, priceRules: priceRules,
      baseRules: baseRules)
  }

  init(
    shop: String, base: Base?, day: Day, catalog: Catalog?, offered: Int, diff: CatalogDiff,
    objections: [Objection],
    crawled: CrawledShop, notSeen: [SKU], echoes: [Echo], priceRules: [PriceRule], changesRules: Bool,
    changesHead: Bool, isSettled: Bool = false
  ) {
    self.shop = shop
    self.base = base
    self.day = day
    self.catalog = catalog
    self.offered = offered
    self.isSettled = isSettled
    self.diff = diff
    self.objections = objections
    heldBack = crawled.heldBack
    self.notSeen = notSeen
    self.echoes = echoes
    self.priceRules = priceRules
    self.changesRules = changesRules
    self.changesHead = changesHead
    gaps = crawled.gaps
    sources = crawled.sources
  }

  /// SHA-256 of price rules in their canonical form; `nil` for none.
  static func digest(of rules: [PriceRule]) -> String? {
    rules.isEmpty ? nil : Digest.sha256(Array(rules.map(\.canonical).joined(separator: "\n").utf8))
  }

  /// Whether the base already says all of this.
  public var changesNothing: Bool { base != nil && diff.summary.isEmpty && !changesRules && !changesHead }

  /// Whether it may be published as it is.
  public var isAllowed: Bool { objections.isEmpty }

  /// Whether a person's approval is enough.
  public var canBeApproved: Bool { objections.allSatisfy(\.rule.canBeApproved) }
}

extension Plan {
  /// The number of the format of `plan.json`.
  public static let format = 1

  /// `plan.json`: canonical, without the clock, so that the same plan has the same digest.
  public var document: [UInt8] {
    var bytes: [UInt8] = []
    write { bytes += $0 }
    return bytes
  }

  /// SHA-256 of ``document``: what `publish --approve` wants to hear.
  public var digest: String {
    var digest = StreamDigest()
    write { digest.add($0) }
    return digest.hexadecimal
  }

  /// Writes `plan.json` piece by piece: a first night has as many changes as offers.
  ///
  /// - Parameter sink: Takes the bytes.
  /// - Throws: What `sink` throws.
  public func write<Failure: Error>(to sink: ([UInt8]) throws(Failure) -> Void) throws(Failure) {
    let summary = diff.summary
    var writer = JSONWriter(isIndented: true)
    writer.beginObject()
    writer.name("allowed")
    writer.bool(isAllowed)
    writer.name("base")
    writer.value(
      base.map { ["version": .integer($0.version), "manifest": .string($0.manifest)] } ?? .null)
    writer.name("can_be_approved")
    writer.bool(canBeApproved)
    writer.name("changes")
    try list(diff.changes.lazy.map(\.json), &writer, to: sink)
    writer.member("day", day.description)
    writer.name("echoes")
    try list(
      echoes.lazy.map {
        ["sku": .string($0.sku.text), "fact": .string($0.fact.rawValue), "shown": .string($0.shown)]
      },
      &writer, to: sink)
    writer.member("format", Self.format)
    writer.name("gaps")
    writer.value(
      .array(
        gaps.map {
          ["kind": .string($0.kind.rawValue), "source": .string($0.source), "reason": .string($0.reason)]
        }))
    writer.name("held_back")
    try list(
      heldBack.lazy.map {
        [
          "sku": .string($0.sku), "rule": .string($0.rule), "at": .string($0.place.description),
          "message": .string($0.message),
        ]
      }, &writer, to: sink)
    writer.name("not_seen")
    try list(notSeen.lazy.map { .string($0.text) }, &writer, to: sink)
    writer.name("objections")
    writer.value(.array(objections.map(json)))
    writer.member("offers", offered)
    writer.name("price_rules")
    writer.value(Self.digest(of: priceRules).map { .string($0) } ?? .null)
    writer.member("shop", shop)
    writer.name("summary")
    writer.value([
      "added": .integer(summary.added), "withdrawn": .integer(summary.withdrawn),
      "returned": .integer(summary.returned), "archived": .integer(summary.archived),
      "changed": .integer(summary.changed), "price": .integer(summary.price),
      "stock": .integer(summary.stock), "text": .integer(summary.text), "card": .integer(summary.card),
    ])
    writer.endObject()
    writer.endDocument()
    try sink(writer.bytes)
  }

  private func list<Failure: Error>(
    _ values: some Sequence<JSONValue>, _ writer: inout JSONWriter, to sink: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    writer.beginArray()
    for value in values {
      writer.value(value)
      if writer.count >= 1 << 16 { try sink(writer.take()) }
    }
    writer.endArray()
  }

  private func json(_ objection: Objection) -> JSONValue {
    var members: [String: JSONValue] = [
      "rule": .string(objection.rule.rawValue), "count": .integer(objection.count),
      "of": .integer(objection.whole), "can_be_approved": .bool(objection.rule.canBeApproved),
      "examples": .array(objection.examples.map { .string($0) }),
    ]
    if let limit = objection.limit { members["limit"] = .decimal(limit) }
    if let category = objection.category { members["category"] = .string(category) }
    return .object(members)
  }
}

extension Change {
  /// The change as every JSON output writes it.
  public var json: JSONValue {
    var members: [String: JSONValue] = ["sku": .string(sku.text), "title": .string(title)]
    switch kind {
    case .added: members["kind"] = "added"
    case .withdrawn: members["kind"] = "withdrawn"
    case .returned: members["kind"] = "returned"
    case .archived: members["kind"] = "archived"
    case .changed(let fields):
      members["kind"] = "changed"
      members["fields"] = .array(fields.map(\.json))
    }
    return .object(members)
  }
}
