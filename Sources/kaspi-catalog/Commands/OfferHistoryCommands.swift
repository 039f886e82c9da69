import ArgumentParser
import CatalogFormat
import Console
import Model
import Publish
import Store
import SystemPackage

/// What questions about one offer share.
enum OfferHistory {
  /// A SKU from the command line.
  static func sku(_ text: String) throws(CommandError) -> SKU {
    guard let sku = SKU(text) else {
      throw CommandError(
        .usage, what: "'\(text)' is no SKU: 1 to 64 characters without control characters", place: "SKU",
        remedy: "Write it as it stands in the price list.")
    }
    return sku
  }

  /// A SKU that no version has.
  static func unknown(_ sku: SKU, _ job: ShopJob) -> CommandError {
    CommandError(
      .failed, what: "no version has an offer with the SKU '\(sku)'", place: job.folders.versions.string,
      remedy: "kaspi-catalog search \(sku) --shop \(job.shop.name)")
  }

  /// A change in one cell.
  static func text(_ change: FieldChange) -> String {
    let key = change.key.isEmpty ? "" : " (\(change.key))"
    return "\(change.field.rawValue)\(key): \(change.old ?? "—") → \(change.new ?? "—")"
  }
}

/// `log`.
struct LogCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "Say what happened to an offer, version by version.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var shop: OneShopOptions
  @OptionGroup var answer: AnswerOptions

  @Argument(help: "The offer's SKU; removed offers are found too.")
  var sku: String

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    let job = try shop.job(context)
    let sku = try OfferHistory.sku(sku)
    let events = try HistoryIndex(job.folders).events(of: sku)
    guard let last = events.last else { throw OfferHistory.unknown(sku, job) }
    answer.print(
      ReportTable(
        title: "\(sku) · \(last.title)", columns: ["version", "date", "event", "change"],
        rows: events.reversed().flatMap { event in
          let fields = event.kind == .removed ? [] : event.fields
          let first = ["\(event.version)", event.created.almaty, event.kind.rawValue]
          guard let head = fields.first else { return [first + [""]] }
          return [first + [OfferHistory.text(head)]]
            + fields.dropFirst().map { ["", "", "", OfferHistory.text($0)] }
        }),
      [
        "format": 1, "shop": .string(job.shop.name), "sku": .string(sku.text), "title": .string(last.title),
        "events": .array(events.map(\.json)),
      ], language: job.configuration.language.rawValue, common, context)
    return .done
  }
}

/// `blame`.
struct BlameCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "blame", abstract: "Say which version every fact of an offer comes from.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var shop: OneShopOptions
  @OptionGroup var answer: AnswerOptions

  @Argument(help: "The offer's SKU; of a removed offer the last facts are shown.")
  var sku: String

  @Argument(help: "price, stock, title, brand, card, characteristic, or one city, store or characteristic.")
  var field: String?

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    let job = try shop.job(context)
    let sku = try OfferHistory.sku(sku)
    guard let blame = try History(job.folders).blame(sku, field: field) else {
      throw OfferHistory.unknown(sku, job)
    }
    if let field, blame.lines.isEmpty {
      throw CommandError(
        .failed, what: "the offer '\(sku)' has no fact '\(field)'", place: "version \(blame.version)",
        remedy: "kaspi-catalog blame \(sku) --shop \(job.shop.name)")
    }
    var document: [String: JSONValue] = [
      "format": 1, "shop": .string(job.shop.name), "sku": .string(sku.text),
      "version": .integer(blame.version), "facts": .array(blame.lines.map(Self.json)),
    ]
    if let removed = blame.removed { document["removed"] = .integer(removed) }
    answer.print(
      ReportTable(
        title: "\(sku)", note: blame.removed.map { "removed in version \($0)" } ?? "",
        columns: ["version", "date", "fact", "value", "before"],
        rows: blame.lines.map { line in
          [
            "\(line.version)", line.created.almaty,
            line.field.rawValue + (line.key.isEmpty ? "" : " (\(line.key))"), line.value, line.previous ?? "",
          ]
        }), .object(document), language: job.configuration.language.rawValue, common, context)
    return .done
  }

  private static func json(_ line: Blame.Line) -> JSONValue {
    var members: [String: JSONValue] = [
      "field": .string(line.field.rawValue), "value": .string(line.value), "version": .integer(line.version),
      "created": .string(line.created.description),
    ]
    if !line.key.isEmpty { members["key"] = .string(line.key) }
    if let previous = line.previous { members["previous"] = .string(previous) }
    return .object(members)
  }
}

/// `show`.
struct ShowCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show an offer as a version had it, or what a version is.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var shop: OneShopOptions
  @OptionGroup var answer: AnswerOptions

  @Argument(help: "The version's number.")
  var version: Int

  @Argument(help: "The offer's SKU; the version's manifest is shown when left out.")
  var sku: String?

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    let job = try shop.job(context)
    let language = job.configuration.language.rawValue
    let found = try History(job.folders).known(version)
    guard let sku else {
      let files = found.manifest.files.map { [$0.name, "\($0.size)", $0.digest] }
      answer.print(
        ReportTable(
          title: "version \(version)", note: found.manifest.created.almaty,
          columns: ["file", "bytes", "sha256"], rows: files),
        try JSONValue(parsing: found.manifest.document), language: language, common, context)
      return .done
    }
    let code = try OfferHistory.sku(sku)
    guard let entry = found.catalog.entry(code) else {
      throw CommandError(
        .failed, what: "version \(version) has no offer with the SKU '\(code)'",
        place: job.folders.versions.string, remedy: "kaspi-catalog log \(code) --shop \(job.shop.name)")
    }
    answer.print(
      ReportTable(
        title: "\(code) · \(entry.offer.model)", note: "version \(version), \(found.manifest.created.almaty)",
        columns: ["fact", "value"],
        rows: entry.facts.map { fact in
          [fact.field.rawValue + (fact.key.isEmpty ? "" : " (\(fact.key))"), fact.value]
        }),
      [
        "format": 1, "shop": .string(job.shop.name), "version": .integer(version),
        "created": .string(found.manifest.created.description), "offer": ProductDocument.value(of: entry),
      ], language: language, common, context)
    return .done
  }
}

/// `prices`.
struct PricesCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "prices",
    abstract: "Say how the price of an offer moved; without a SKU, how the sums of the shop did.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var shop: OneShopOptions
  @OptionGroup var answer: AnswerOptions

  @Argument(help: "The offer's SKU; the shop's sums, version by version, when left out.")
  var sku: String?

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    let job = try shop.job(context)
    guard let sku else {
      try sums(job, context)
      return .done
    }
    try prices(of: try OfferHistory.sku(sku), job, context)
    return .done
  }

  /// What `reports/series.json` says.
  private func sums(_ job: ShopJob, _ context: CommandContext) throws {
    let points = try SeriesFile(job.folders).points()
    var table = ReportTable(
      title: job.shop.name,
      columns: ["version", "date", "offered", "withdrawn", "sum of prices", "pieces", "changed"],
      rows: points.map { point in
        [
          "\(point.version)", point.created.almaty, "\(point.offered)", "\(point.withdrawn)",
          point.prices.grouped, point.stock.grouped, "\(point.changed)",
        ]
      }, empty: "no versions yet")
    table.chart = points.map(\.prices)
    answer.print(
      table, ["format": 1, "shop": .string(job.shop.name), "points": .array(points.map(\.json))],
      language: job.configuration.language.rawValue, common, context)
  }

  private func prices(of sku: SKU, _ job: ShopJob, _ context: CommandContext) throws {
    let points = try History(job.folders).prices(sku)
    guard !points.isEmpty else { throw OfferHistory.unknown(sku, job) }
    var table = ReportTable(
      title: "\(sku)", columns: ["version", "date", "city", "price", "on sale"],
      rows: points.flatMap { point in
        point.prices.isEmpty
          ? [["\(point.version)", point.created.almaty, "", "—", "no"]]
          : point.prices.sorted { $0.key < $1.key }.map { city, price in
            [
              "\(point.version)", point.created.almaty, city, price.grouped,
              point.isAvailable ? "yes" : "no",
            ]
          }
      })
    // Gaps, when nobody could buy it, are not drawn: the line goes on at the price before.
    table.chart = points.compactMap { $0.prices.values.min() }
    answer.print(
      table,
      [
        "format": 1, "shop": .string(job.shop.name), "sku": .string(sku.text),
        "points": .array(
          points.map { point in
            [
              "version": .integer(point.version), "created": .string(point.created.description),
              "available": .bool(point.isAvailable),
              "prices": .object(
                Dictionary(
                  uniqueKeysWithValues: point.prices.map {
                    ($0.key.isEmpty ? "*" : $0.key, .integer($0.value))
                  })),
            ]
          }),
      ], language: job.configuration.language.rawValue, common, context)
  }
}
