public import Model
import Yams

/// What may change in one night without a person's word.
public struct PolicySettings: Sendable, Equatable {
  /// Largest share of offers that may vanish.
  public var maximumWithdrawn: Share
  /// Largest share by which one price may fall.
  public var maximumPriceDrop: Share
  /// Largest share by which one price may rise.
  public var maximumPriceRise: Share
  /// Smallest share of offers that must have a field which most of them had before.
  public var minimumCoverage: Share
  /// Largest share of a source that may be held back.
  public var maximumHeldBack: Share
  /// Largest share of offers that may be new.
  public var maximumNew: Share
  /// Largest share of offers that may run out of stock at once.
  public var maximumOutOfStock: Share
  /// Largest share by which all pieces in stock together may fall.
  public var maximumStockDrop: Share
  /// Crawls that must miss an offer before it is withdrawn.
  public var withdrawAfter: Int
  /// Time from withdrawal to archive.
  public var archiveAfter: Duration
  /// Other limits by category, sorted by name.
  public var categories: [CategorySettings]

  /// Limits for one category; what is `nil` is left to the whole.
  public struct CategorySettings: Sendable, Equatable {
    /// Title or code.
    public var name: String
    /// Largest share of its offers that may vanish.
    public var maximumWithdrawn: Share?
    /// Largest share by which one of its prices may fall.
    public var maximumPriceDrop: Share?
    /// Largest share by which one of its prices may rise.
    public var maximumPriceRise: Share?
    /// Largest share of its offers that may be new.
    public var maximumNew: Share?
    /// Largest share of its offers that may run out of stock at once.
    public var maximumOutOfStock: Share?
    /// Largest share by which its pieces in stock together may fall.
    public var maximumStockDrop: Share?
  }
}

/// A price rule as configured; its costs are still in a file.
public struct PriceRuleSettings: Sendable, Equatable {
  /// The rule without its margin.
  public var rule: PriceRule
  /// What has to be left, or `nil`.
  public var margin: MarginSettings?

  /// What has to be left of a price.
  public struct MarginSettings: Sendable, Equatable {
    /// A file of SKU and cost, below the workspace.
    public var costs: String
    /// What the marketplace keeps.
    public var commission: Share
    /// What must be left.
    public var least: Share
  }
}

/// A channel as configured.
public struct ChannelSettings: Sendable, Equatable {
  /// The kinds of channel.
  public enum Kind: String, Sendable, CaseIterable {
    /// Kaspi's price list; always written.
    case kaspi
    /// Yandex YML.
    case yml
    /// Google Merchant RSS 2.0.
    case google
    /// Meta catalog CSV.
    case meta
    /// CSV with chosen columns.
    case csv
    /// JSON Lines with chosen members.
    case jsonl
  }

  /// The kind.
  public var kind: Kind
  /// The name, unique in a shop.
  public var name: String
  /// The file in `feeds/`.
  public var file: String
  /// Which offers it has.
  public var filter: OfferFilter
  /// Rules behind those of the shop.
  public var prices: [PriceRuleSettings]
  /// Categories of the channel by ours, title or code.
  public var categories: [String: String]
  /// Fields of the channel and what they are filled from, in the order of the file.
  public var fields: [(name: String, source: String)]
  /// Address of a product's page with `{product}` and `{sku}` in it, or `nil`.
  public var link: String?

  /// Kaspi's price list without rules of its own.
  public static var kaspi: ChannelSettings {
    ChannelSettings(
      kind: .kaspi, name: "kaspi", file: "kaspi.xml", filter: OfferFilter(), prices: [], categories: [:],
      fields: [], link: nil)
  }

  /// Whether two settings say the same.
  public static func == (left: ChannelSettings, right: ChannelSettings) -> Bool {
    left.kind == right.kind && left.name == right.name && left.file == right.file
      && left.filter == right.filter && left.prices == right.prices && left.categories == right.categories
      && left.link == right.link && left.fields.map(\.name) == right.fields.map(\.name)
      && left.fields.map(\.source) == right.fields.map(\.source)
  }
}

extension ConfigurationReader {
  func policy(_ shop: ConfigurationSection) throws(CommandError) -> PolicySettings {
    let policy = try shop.section(
      "policy",
      keys: [
        "max_withdrawn", "max_price_drop", "max_price_rise", "min_coverage", "max_held_back", "max_new",
        "max_out_of_stock", "max_stock_drop", "withdraw_after", "archive_after", "categories",
      ])
    return PolicySettings(
      maximumWithdrawn: try policy.share("max_withdrawn", default: "5%"),
      maximumPriceDrop: try policy.share("max_price_drop", default: "20%"),
      maximumPriceRise: try policy.share("max_price_rise", default: "50%"),
      minimumCoverage: try policy.value("min_coverage", default: "95%", expected: "a share up to 100%") {
        Share($0).flatMap { $0.fraction <= 1 ? $0 : nil }
      },
      maximumHeldBack: try policy.share("max_held_back", default: "5%"),
      maximumNew: try policy.share("max_new", default: "50%"),
      maximumOutOfStock: try policy.share("max_out_of_stock", default: "50%"),
      maximumStockDrop: try policy.share("max_stock_drop", default: "70%"),
      withdrawAfter: try policy.count("withdraw_after", default: 2, in: 1...100),
      archiveAfter: try policy.duration("archive_after", default: "90d"),
      categories: try categoryLimits(policy))
  }

  private func categoryLimits(
    _ policy: ConfigurationSection
  ) throws(CommandError) -> [PolicySettings.CategorySettings] {
    let categories = try policy.section("categories", keys: nil)
    var limits: [PolicySettings.CategorySettings] = []
    for name in categories.names {
      let section = try categories.section(
        name,
        keys: [
          "max_withdrawn", "max_price_drop", "max_price_rise", "max_new", "max_out_of_stock",
          "max_stock_drop",
        ])
      func share(_ key: String) throws(CommandError) -> Share? {
        section.has(key) ? try section.share(key, default: "0%") : nil
      }
      limits.append(
        .init(
          name: name, maximumWithdrawn: try share("max_withdrawn"),
          maximumPriceDrop: try share("max_price_drop"), maximumPriceRise: try share("max_price_rise"),
          maximumNew: try share("max_new"), maximumOutOfStock: try share("max_out_of_stock"),
          maximumStockDrop: try share("max_stock_drop")))
    }
    return limits
  }

  func linksArePublic(_ shop: ConfigurationSection) throws(CommandError) -> Bool {
    let links = try shop.section("links", keys: ["visibility"])
    return try links.value("visibility", default: "private", expected: "private or public") {
      ["private", "public"].contains($0) ? $0 == "public" : nil
    }
  }

  // MARK: Price rules

  func priceRules(_ parent: ConfigurationSection) throws(CommandError) -> [PriceRuleSettings] {
    var rules: [PriceRuleSettings] = []
    for (index, node) in (try parent.list("prices") ?? []).enumerated() {
      rules.append(try priceRule(node, path: "\(parent.name("prices"))[\(index)]"))
    }
    return rules
  }

  private func priceRule(_ node: Node, path: String) throws(CommandError) -> PriceRuleSettings {
    let section = try ConfigurationSection(
      node, path: path, keys: ["where", "set", "markup", "round", "min", "max", "floor", "margin"],
      reader: self)
    var rule = PriceRule()
    rule.filter = try filter(section, "where")
    func amount(_ key: String) throws(CommandError) -> Int? {
      section.has(key) ? try section.count(key, default: 1, in: Tenge.bounds) : nil
    }
    rule.set = try amount("set")
    rule.minimum = try amount("min")
    rule.maximum = try amount("max")
    rule.floor = try amount("floor")
    if section.has("markup") {
      rule.markup = try section.value("markup", default: nil, expected: "a share like 10% or -5%") {
        Self.basisPoints($0).flatMap { (-10_000...1_000_000).contains($0) ? $0 : nil }
      }
    }
    if section.has("round") {
      rule.rounding = try section.value(
        "round", default: nil, expected: "100, up 100, down 100 or ending 990"
      ) { PriceRule.Rounding($0) }
    }
    var margin: PriceRuleSettings.MarginSettings?
    if section.has("margin") {
      let inner = try section.section("margin", keys: ["costs", "commission", "least"])
      margin = .init(
        costs: try inner.text("costs"), commission: try inner.share("commission", default: "0%"),
        least: try inner.share("least", default: "0%"))
    }
    return PriceRuleSettings(rule: rule, margin: margin)
  }

  /// `10%` as 1000 hundredths of a percent.
  static func basisPoints(_ text: String) -> Int? {
    guard text.hasSuffix("%"), let number = Double(text.dropLast()), number.isFinite, abs(number) < 1e9 else {
      return nil
    }
    return Int((number * 100).rounded())
  }

  // MARK: Filters

  func filter(_ parent: ConfigurationSection, _ key: String) throws(CommandError) -> OfferFilter {
    var filter = OfferFilter()
    guard parent.has(key) else { return filter }
    let section = try parent.section(
      key, keys: ["sku", "sku_prefix", "brand", "category", "min_price", "max_price", "available"])
    var skus: Set<SKU> = []
    for text in try texts(section, "sku") {
      guard let sku = SKU(text) else { throw failure("'\(text)' is no SKU", at: section.mark(of: "sku")) }
      skus.insert(sku)
    }
    filter.skus = skus
    filter.skuPrefix = section.has("sku_prefix") ? try section.text("sku_prefix") : ""
    filter.brands = Set(try texts(section, "brand"))
    filter.categories = Set(try texts(section, "category"))
    if section.has("min_price") {
      filter.minimumPrice = try section.count("min_price", default: 1, in: Tenge.bounds)
    }
    if section.has("max_price") {
      filter.maximumPrice = try section.count("max_price", default: 1, in: Tenge.bounds)
    }
    filter.availableOnly = try section.flag("available", default: false)
    return filter
  }

  /// One text, or a list of texts.
  private func texts(_ section: ConfigurationSection, _ key: String) throws(CommandError) -> [String] {
    if let text = section.optionalText(key) { return [text] }
    guard section.has(key) else { return [] }
    var texts: [String] = []
    for node in try section.list(key) ?? [] {
      guard let text = node.scalar?.string, !text.isEmpty else {
        throw failure("'\(section.name(key))' must be a text or a list of texts", at: node.mark)
      }
      texts.append(text)
    }
    return texts
  }

  // MARK: Channels

  func channels(_ shop: ConfigurationSection) throws(CommandError) -> [ChannelSettings] {
    var channels: [ChannelSettings] = []
    for (index, node) in (try shop.list("channels") ?? []).enumerated() {
      let channel = try channel(node, path: "\(shop.name("channels"))[\(index)]")
      guard !channels.contains(where: { $0.name == channel.name || $0.file == channel.file }) else {
        throw failure(
          "the channel '\(channel.name)' or its file '\(channel.file)' occurs twice; give each a 'name'",
          at: node.mark)
      }
      channels.append(channel)
    }
    return channels
  }

  private static let defaultFiles: [ChannelSettings.Kind: String] = [
    .kaspi: "kaspi.xml", .yml: "yml.xml", .google: "google.xml", .meta: "meta.csv", .csv: "offers.csv",
    .jsonl: "offers.jsonl",
  ]

  private func channel(_ node: Node, path: String) throws(CommandError) -> ChannelSettings {
    let kinds = ChannelSettings.Kind.allCases.map(\.rawValue).joined(separator: ", ")
    if case .scalar(let scalar) = node {
      guard let kind = ChannelSettings.Kind(rawValue: scalar.string) else {
        throw failure("'\(path)' must be a channel: \(kinds)", at: scalar.mark)
      }
      note(path, scalar.string, place(scalar.mark))
      return ChannelSettings(
        kind: kind, name: kind.rawValue, file: Self.defaultFiles[kind] ?? kind.rawValue,
        filter: OfferFilter(), prices: [], categories: [:], fields: [], link: nil)
    }
    let section = try ConfigurationSection(
      node, path: path, keys: ["kind", "name", "file", "where", "prices", "categories", "fields", "link"],
      reader: self)
    let kind = try section.value("kind", default: nil, expected: kinds) { ChannelSettings.Kind(rawValue: $0) }
    let isKaspi = kind == .kaspi
    for key in ["where", "categories", "fields", "link", "file"] where isKaspi && section.has(key) {
      throw failure(
        "Kaspi's price list has no '\(key)': it carries every offer, withdrawn ones as not available",
        at: section.mark(of: key))
    }
    let name = try section.text("name", default: kind.rawValue)
    let file = try section.value(
      "file",
      default: name == kind.rawValue
        ? Self.defaultFiles[kind]
        : "\(name).\(kind == .csv || kind == .meta ? "csv" : kind == .jsonl ? "jsonl" : "xml")",
      expected: "the name of a file without folders"
    ) { text in
      let isPlain = text.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
          || byte == 0x2D || byte == 0x2E || byte == 0x5F
      }
      return isPlain && !text.isEmpty && !text.hasPrefix(".") ? text : nil
    }
    guard isKaspi || file != "kaspi.xml" else {
      throw failure("kaspi.xml is Kaspi's price list", at: section.mark(of: "file"))
    }
    return ChannelSettings(
      kind: kind, name: name, file: file, filter: try filter(section, "where"),
      prices: try priceRules(section), categories: try map(section, "categories"),
      fields: try fields(section), link: section.has("link") ? try section.text("link") : nil)
  }

  private func map(_ parent: ConfigurationSection, _ key: String) throws(CommandError) -> [String: String] {
    guard parent.has(key) else { return [:] }
    let section = try parent.section(key, keys: nil)
    var map: [String: String] = [:]
    for name in section.names { map[name] = try section.text(name) }
    return map
  }

  /// `fields: {price: price, title: model}` sorted by name, or `fields: [sku, {title: model}]` in the written order.
  private func fields(_ parent: ConfigurationSection) throws(CommandError) -> [(name: String, source: String)]
  {
    guard parent.has("fields") else { return [] }
    if case .sequence? = parent.node(of: "fields") {
      var fields: [(name: String, source: String)] = []
      for (index, node) in (try parent.list("fields") ?? []).enumerated() {
        if let text = node.scalar?.string {
          fields.append((text, text))
          continue
        }
        let one = try ConfigurationSection(
          node, path: "\(parent.name("fields"))[\(index)]", keys: nil, reader: self)
        for name in one.names { fields.append((name, try one.text(name))) }
      }
      return fields
    }
    return try map(parent, "fields").sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
