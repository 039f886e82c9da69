import Console
import Model
import Publish
import Store
import SystemPackage

/// Channels and price rules of one shop, as configured.
struct ChannelStage {
  let job: ShopJob

  /// Every channel; Kaspi's stands first whether or not it is named.
  func channels() throws -> [Channel] {
    let shared = try rules(job.shop.prices)
    var settings = job.shop.channels
    if !settings.contains(where: { $0.kind == .kaspi }) {
      settings.insert(.kaspi, at: 0)
    }
    return try settings.map { channel in
      guard let kind = Channel.Kind(rawValue: channel.kind.rawValue) else {
        preconditionFailure("the two lists of kinds are one")
      }
      return Channel(
        kind: kind, name: channel.name, file: channel.file, filter: channel.filter,
        prices: shared + (try rules(channel.prices)), categories: channel.categories, fields: channel.fields,
        link: channel.link, linksArePublic: job.shop.linksArePublic, city: job.shop.city)
    }
  }

  /// The rules between the catalog's prices and those of Kaspi's price list.
  func kaspiRules() throws -> [PriceRule] { try channels().first { $0.kind == .kaspi }?.prices ?? [] }

  /// Writes every file that changed.
  func run(isDryRun: Bool = false, allowsEmpty: Bool = false) throws -> [ChannelPublisher.Result] {
    let channels = try channels()
    for path in try ChannelPublisher(job.folders).strangers(channels) {
      job.terminal.remark(
        "\(job.shop.name): \(path) belongs to no channel any more and keeps its old prices\n   do: remove it, and "
          + "tell whoever still reads it")
    }
    // Kaspi's own file belongs to the version: for it alone no catalog is read.
    if !channels.contains(where: { $0.kind != .kaspi }),
      try Folder.exists(job.folders.catalog.appending("manifest.json"))
    {
      return []
    }
    guard let head = try History(job.folders).head() else {
      throw CommandError(
        .failed, what: "there is nothing published to export", place: job.folders.versions.string,
        remedy: "kaspi-catalog nightly --shop \(job.shop.name)")
    }
    return try ChannelPublisher(job.folders).publish(
      channels, of: head, isDryRun: isDryRun, allowsEmpty: allowsEmpty)
  }

  private func rules(_ settings: [PriceRuleSettings]) throws -> [PriceRule] {
    try settings.map { setting in
      var rule = setting.rule
      if let margin = setting.margin {
        rule.margin = PriceRule.Margin(
          costs: try costs(margin.costs), commission: Self.basisPoints(margin.commission),
          least: Self.basisPoints(margin.least))
      }
      return rule
    }
  }

  private static func basisPoints(_ share: Share) -> Int { Int((share.fraction * 10_000).rounded()) }

  /// Reads `SKU;cost` or `SKU,cost` lines; a first line without a number is a heading.
  private func costs(_ name: String) throws -> [SKU: Int] {
    let path = job.folders.workspace.pushing(FilePath(name))
    let bytes = try AtomicFile.read(path, maximumBytes: 64 << 20)
    var costs: [SKU: Int] = [:]
    for (number, raw) in String(decoding: bytes, as: UTF8.self).split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline
    ).enumerated() {
      let line = raw.filter { $0 != "\u{FEFF}" && $0 != "\"" }
      guard !line.allSatisfy(\.isWhitespace) else { continue }
      let cells = line.split(omittingEmptySubsequences: false) { $0 == ";" || $0 == "," || $0 == "\t" }
      let amount = cells.count == 2 ? Int(cells[1].filter { !$0.isWhitespace }) : nil
      guard let sku = SKU(String(cells[0])), let amount, amount >= 0 else {
        if number == 0 { continue }
        throw CommandError(
          .configuration, what: "the line is not a SKU and its cost in whole tenge",
          place: "\(path):\(number + 1)", remedy: "Write: 112066821;9500")
      }
      guard costs.updateValue(amount, forKey: sku) == nil else {
        throw CommandError(
          .configuration, what: "the cost of \(sku) occurs twice", place: "\(path):\(number + 1)",
          remedy: "Keep one.")
      }
    }
    return costs
  }
}
