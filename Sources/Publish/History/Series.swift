public import Model
public import Store
import SystemPackage

/// The sums of one version.
public struct SeriesPoint: Sendable, Equatable {
  /// The version.
  public var version: Int
  /// When it was made.
  public var created: Instant
  /// Offers on sale.
  public var offered: Int
  /// Offers kept as not available.
  public var withdrawn: Int
  /// Sum of the lowest prices of offers on sale, in tenge.
  public var prices: Int
  /// Pieces in stores that keep a count.
  public var stock: Int
  /// Offers that it changed.
  public var changed: Int

  init(_ header: HistorySegment.Header, changed: Int) {
    version = header.version
    created = header.created
    offered = header.totals.offered
    withdrawn = header.totals.withdrawn
    prices = header.totals.prices
    stock = header.totals.stock
    self.changed = changed
  }

  init?(_ value: JSONValue) {
    guard let version = value["version"]?.int,
      let created = value["created"]?.string.flatMap({ Instant($0) }),
      let offered = value["offered"]?.int, let withdrawn = value["withdrawn"]?.int,
      let prices = value["prices"]?.int, let stock = value["stock"]?.int, let changed = value["changed"]?.int
    else { return nil }
    (self.version, self.created, self.offered, self.withdrawn) = (version, created, offered, withdrawn)
    (self.prices, self.stock, self.changed) = (prices, stock, changed)
  }

  /// For programs.
  public var json: JSONValue {
    [
      "version": .integer(version), "created": .string(created.description), "offered": .integer(offered),
      "withdrawn": .integer(withdrawn), "prices": .integer(prices), "stock": .integer(stock),
      "changed": .integer(changed),
    ]
  }
}

/// `reports/series.json`: a point for every version there ever was, for charts.
///
/// Points of stored versions are derived from the versions. Points of versions that `gc` removed are kept from the file
/// as it was: they are all that it knows better than the versions do.
public struct SeriesFile: Sendable {
  /// The number of the format.
  public static let format = 1

  private let folders: ShopFolders
  private var path: FilePath { folders.reports.appending("series.json") }

  /// Names the file of a shop; nothing is read yet.
  ///
  /// - Parameter folders: The shop's places.
  public init(_ folders: ShopFolders) { self.folders = folders }

  /// All points, oldest first.
  ///
  /// - Returns: Empty before the first version.
  /// - Throws: `StoreError` or ``PublishError`` when a version cannot be read.
  public func points() throws -> [SeriesPoint] {
    let stored = try HistoryIndex(folders).series()
    guard !stored.isEmpty else { return [] }
    let known = Set(stored.map(\.version))
    let removed = try former().filter { !known.contains($0.version) && isRemoved($0.version) }
    return (removed + stored).sorted { $0.version < $1.version }
  }

  /// Writes the file, unless it says the same already.
  ///
  /// - Throws: `StoreError` or ``PublishError``.
  public func write() throws {
    let document = CanonicalJSON.document([
      "format": .integer(Self.format), "shop": .string(folders.shop),
      "points": .array(try points().map(\.json)),
    ])
    // What cannot be read is as good as different: it is written anew.
    if (try? AtomicFile.read(path)) == document { return }
    try AtomicFile.write(document, to: path)
  }

  /// Writes the file if it does not end with a version: what a killed run left undone.
  func mend(upTo version: Int) throws {
    if try former().last?.version != version { try write() }
  }

  /// What the file says now; a damaged one says nothing.
  private func former() throws(StoreError) -> [SeriesPoint] {
    let bytes: [UInt8]
    do throws(StoreError) { bytes = try AtomicFile.read(path) } catch {
      guard error.code == .missing else { throw error }
      return []
    }
    guard let value = try? JSONValue(parsing: bytes), value["format"]?.int == Self.format else { return [] }
    return (value["points"]?.array ?? []).compactMap { SeriesPoint($0) }
  }

  /// Whether a version was once there: its manifest was kept when it was removed.
  private func isRemoved(_ version: Int) -> Bool {
    // Absent means that the point belongs to another history, which was deleted by hand.
    (try? Folder.exists(Retention(folders).removedManifest(version))) ?? false
  }
}
