import CatalogFormat
import Model
import PriceList
import Store
import SystemPackage

/// `feeds/kaspi.xml`: the price list of a version with the version's time in it.
///
/// The served bytes change with versions only, so that a puller that compares them sees an unchanged file.
struct FeedFile {
  static let name = "kaspi.xml"

  let folders: ShopFolders
  let created: Instant

  private var path: FilePath { folders.feeds.appending(Self.name) }

  /// Writes the file.
  ///
  /// - Parameters:
  ///   - catalog: Of the version.
  ///   - rules: Between the catalog's prices and the price list's.
  /// - Throws: `StoreError`; the file is as it was then.
  func write(_ catalog: Catalog, _ rules: [PriceRule]) throws {
    try write(catalog.company, catalog.merchant, catalog.entries.lazy.map { $0.priced(by: rules).offer })
  }

  /// Makes the file agree with the price list of a version, unless it does already.
  ///
  /// - Parameters:
  ///   - names: Files of the version.
  ///   - folder: Where they are.
  /// - Throws: `StoreError`, or ``PublishError`` for a price list that cannot be read.
  func mend(_ names: [String], in folder: FilePath) throws {
    // What cannot be compared is as good as different.
    if (try? agrees(names, in: folder)) == true { return }
    let parts = CatalogParts.names("pricelist", "xml", among: names)
    guard let first = parts.first else { return }
    if parts.count == 1 {
      let file = try PieceFile(path)
      try dated(folder.appending(first)) { try file.append($0) }
      return try file.commit()
    }
    let readings = try parts.map { name in
      do throws(PriceListError) {
        return try PriceListReader.read(try read(folder.appending(name)), source: name)
      } catch {
        throw PublishError(
          .damaged, what: "a published price list cannot be read: \(error.reason.message)",
          place: folder.appending(name).string, remedy: "Run 'kaspi-catalog verify'.")
      }
    }
    guard let company = readings.first?.company, let merchant = readings.first?.merchantID else { return }
    try write(company, merchant, readings.flatMap(\.offers).sorted { $0.sku < $1.sku })
  }

  /// Whether the file says what the price list of a version says, at the version's time.
  ///
  /// - Parameters:
  ///   - names: Files of the version.
  ///   - folder: Where they are.
  /// - Returns: The answer.
  /// - Throws: `StoreError` when one of the files cannot be read.
  func agrees(_ names: [String], in folder: FilePath) throws -> Bool {
    let parts = CatalogParts.names("pricelist", "xml", among: names)
    guard let first = parts.first else { return true }
    if parts.count == 1 {
      var rest: [UInt8] = []
      let served = try PieceReader(path)
      var isSame = true
      try dated(folder.appending(first)) { piece in
        while isSame, rest.count < piece.count {
          let more = try served.next()
          if more.isEmpty { isSame = false }
          rest += more
        }
        guard isSame, rest.starts(with: piece) else { return isSame = false }
        rest.removeFirst(piece.count)
      }
      return try isSame && rest.isEmpty && served.next().isEmpty
    }
    return try partsAgree(parts, in: folder)
  }

  // MARK: Inside

  private func read(_ path: FilePath) throws(PriceListError) -> [UInt8] {
    do throws(StoreError) { return try AtomicFile.read(path) } catch {
      throw PriceListError(
        Finding(rule: "unreadable", severity: .error, place: Place(path.string), message: error.detail))
    }
  }

  private func write(_ company: String, _ merchant: MerchantID, _ offers: some Sequence<Offer>) throws {
    let file = try PieceFile(path)
    var pieces = try PriceListPieces(company: company, merchant: merchant, date: created.almaty) {
      try file.append($0)
    }
    for offer in offers { try pieces.add(offer) }
    try pieces.finish()
    try file.commit()
  }

  /// The date as it stands in the root's tag.
  private var date: [UInt8] { Array(" date=\"\(created.almaty)\"".utf8) }

  /// A tracked price list, which has no date, with the date in it.
  private func dated(_ path: FilePath, to sink: ([UInt8]) throws -> Void) throws {
    let pieces = try PieceReader(path)
    let root = Array("<kaspi_catalog".utf8)
    var first = try pieces.next()
    if let place = first.firstRange(of: root) { first.insert(contentsOf: date, at: place.upperBound) }
    while !first.isEmpty {
      try sink(first)
      first = try pieces.next()
    }
  }

  /// Whether the offers of the file are those of the parts, each part in its order, without holding any of them.
  private func partsAgree(_ parts: [String], in folder: FilePath) throws -> Bool {
    let count = parts.contains { $0.utf8.count == "pricelist-00.xml".utf8.count } ? 256 : 16
    var expected = [Int: Hasher]()
    var frame: PriceListReader.Frame?
    var (size, offers, sum) = (0, 0, 0)
    for name in parts {
      let pieces = try PieceReader(folder.appending(name))
      var (part, hasher) = (-1, Hasher())
      guard
        let here = try PriceListReader.stream(
          { try pieces.next() },
          { offer in
            part = CatalogParts.part(of: offer.sku, of: count)
            hasher.combine(offer)
          })
      else { return false }
      expected[part] = hasher
      // What stands around the offers of a part stands in the whole but once.
      let around = try Self.around(here)
      size += pieces.position - (frame == nil ? 0 : around)
      frame = frame ?? here
      offers += here.offers
      sum &+= here.priceSum
    }
    var found = [Int: Hasher]()
    let pieces = try PieceReader(path)
    let served = try PriceListReader.stream({ try pieces.next() }) {
      found[CatalogParts.part(of: $0.sku, of: count), default: Hasher()].combine($0)
    }
    return served?.company == frame?.company && served?.merchant == frame?.merchant
      && served?.date == created.almaty && served?.offers == offers && served?.priceSum == sum
      && pieces.position == size + date.count
      && found.mapValues { $0.finalize() } == expected.mapValues { $0.finalize() }
  }

  private static func around(_ frame: PriceListReader.Frame) throws -> Int {
    guard let merchant = MerchantID(frame.merchant) else { return 0 }
    return try PriceListPieces(company: frame.company, merchant: merchant, sink: { _ in }).count
      + PriceListPieces.tail.utf8CodeUnitCount
  }
}
