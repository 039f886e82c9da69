public import Model
import Store

/// How often in a row an offer was missing from complete crawls.
///
/// State between crawls, not catalog content.
public struct Absences: Sendable, Equatable {
  /// The crawl that was counted last, or `nil`.
  public var counted: Instant?
  /// Crawls in a row that missed an offer, 1 or more.
  public var missed: [SKU: Int]

  /// Starts from nothing, or from what a file says.
  ///
  /// - Parameters:
  ///   - counted: The crawl that was counted last.
  ///   - missed: Crawls in a row by SKU.
  public init(counted: Instant? = nil, missed: [SKU: Int] = [:]) {
    self.counted = counted
    self.missed = missed
  }

  /// Whether a crawl counts: the same one never counts twice, and a partial one not at all.
  ///
  /// - Parameters:
  ///   - crawled: What the crawl says besides its offers.
  ///   - taken: When it was taken.
  /// - Returns: Whether what it did not show is one miss more.
  public func counts(_ crawled: CrawledShop, taken: Instant) -> Bool {
    crawled.hasAllOffers && (counted.map { $0 < taken } ?? true)
  }

  /// Counts one crawl that ``counts(_:taken:)``.
  ///
  /// - Parameters:
  ///   - missing: Offers on sale that it did not show.
  ///   - taken: When it was taken.
  /// - Returns: The counts after it.
  public func counting(_ missing: [SKU], taken: Instant) -> Absences {
    Absences(
      counted: taken,
      missed: Dictionary(uniqueKeysWithValues: missing.map { ($0, missed[$0, default: 0] + 1) }))
  }
}

extension Absences {
  /// The number of the format of `crawl/absences.json`.
  public static let format = 1

  /// `crawl/absences.json`.
  public var document: [UInt8] {
    var members: [String: JSONValue] = [
      "format": .integer(Self.format),
      "missed": .object(Dictionary(uniqueKeysWithValues: missed.map { ($0.key.text, .integer($0.value)) })),
    ]
    if let counted { members["counted"] = .string(counted.description) }
    return CanonicalJSON.document(.object(members))
  }

  /// Reads `crawl/absences.json`.
  ///
  /// - Parameters:
  ///   - bytes: A whole file.
  ///   - path: For the error.
  /// - Throws: ``PublishError`` with code `damaged` for anything that is not such a file.
  public init(_ bytes: [UInt8], path: String) throws(PublishError) {
    func damaged(_ what: String) -> PublishError {
      PublishError(
        .damaged, what: "the counts of missing offers are damaged: \(what)", place: path,
        remedy: "Delete the file: every offer then gets its full number of chances again.")
    }
    let value: JSONValue
    do { value = try JSONValue(parsing: bytes) } catch { throw damaged(error.message) }
    guard value["format"]?.int == Self.format, let members = value["missed"]?.object else {
      throw damaged("it is of another format")
    }
    self.init(counted: value["counted"]?.string.flatMap { Instant($0) })
    for (key, count) in members {
      guard let sku = SKU(key), let count = count.int, count > 0 else { throw damaged("a count of \(key)") }
      missed[sku] = count
    }
  }
}
