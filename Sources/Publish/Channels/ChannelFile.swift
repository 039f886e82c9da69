public import Model
import Store
import XML

/// The file of one channel and what stayed out of it.
public struct ChannelFile: Sendable, Equatable {
  /// The whole file.
  public var bytes: [UInt8]
  /// Offers in it.
  public var items: Int
  /// Why offers stayed out, by SKU, in catalog order.
  public var excluded: [(sku: SKU, exclusion: ChannelItem.Exclusion)]

  /// How many stayed out for which reason.
  public var reasons: [String: Int] {
    excluded.reduce(into: [:]) { $0[$1.exclusion.reason, default: 0] += 1 }
  }

  /// Whether two files are the same.
  public static func == (left: ChannelFile, right: ChannelFile) -> Bool {
    left.bytes == right.bytes && left.items == right.items
  }

  private static let ymlItem = ByteSearch("<offer ")
  private static let googleItem = ByteSearch("<item>")

  /// Whether a file that we wrote holds an offer.
  ///
  /// - Parameters:
  ///   - bytes: The whole file.
  ///   - kind: Its format.
  /// - Returns: `false` as well for a file of another format.
  static func hasItems(_ bytes: [UInt8], _ kind: Channel.Kind) -> Bool {
    switch kind {
    case .kaspi, .yml: ymlItem.first(in: bytes, 0..<bytes.count) != nil
    case .google: googleItem.first(in: bytes, 0..<bytes.count) != nil
    // Behind the line of titles.
    case .meta, .csv: bytes.firstIndex(of: 0x0A).map { $0 + 1 < bytes.count } ?? false
    case .jsonl: !bytes.isEmpty
    }
  }

  /// Builds the file of a channel.
  ///
  /// Pure: the same bytes for the same version, on every machine.
  ///
  /// - Parameters:
  ///   - channel: The channel; not Kaspi's, whose file belongs to the version.
  ///   - version: The version that is out.
  /// - Throws: ``PublishError`` for a field source that does not exist, a text that the format cannot carry, or a file
  ///   that does not pass its own check.
  public init(_ channel: Channel, of version: PublishedVersion) throws {
    let items = version.catalog.entries.map { channel.item($0) }
    let included = items.filter { $0.exclusion == nil }
    excluded = items.compactMap { item in item.exclusion.map { (item.entry.offer.sku, $0) } }
    self.items = included.count
    for field in channel.fields where included.first?.value(field.source) == nil && !included.isEmpty {
      throw PublishError(
        .badInput, what: "the field '\(field.name)' is filled from '\(field.source)', which no offer has",
        place: "channel \(channel.name)",
        remedy: "Sources: \(ChannelItem.sources.joined(separator: ", ")), characteristic:NAME, text:WORDS.")
    }
    do throws(XMLError) {
      bytes =
        switch channel.kind {
        case .kaspi: []
        case .yml: try YMLWriter.write(included, channel, version)
        case .google: try GoogleWriter.write(included, channel, version)
        case .meta: DelimitedWriter.write(included, fields: channel.fields, default: DelimitedWriter.meta)
        case .csv: DelimitedWriter.write(included, fields: channel.fields, default: DelimitedWriter.plain)
        case .jsonl: JSONLinesWriter.write(included, fields: channel.fields)
        }
    } catch {
      throw PublishError(
        .invalidOutput, what: "the file cannot be written: \(error.message)",
        place: "channel \(channel.name)",
        remedy: "Correct the text at its source.")
    }
    if let fault = try ChannelCheck.faults(in: bytes, channel.kind, items: included.count).first {
      throw PublishError(
        .invalidOutput, what: "the file did not pass its own check: \(fault)",
        place: "channel \(channel.name)",
        remedy: "Nothing was replaced. Report it with the version's catalog.json.")
    }
  }
}
