import CatalogFormat
import Model
import PriceList
import Store
import SystemPackage
import XML

/// Writes the files of a version, and checks them as a stranger would, before anything is switched.
///
/// Everything goes to disk piece by piece: no file is ever whole in memory.
struct VersionFiles {
  let catalog: Catalog
  let diff: CatalogDiff
  let version: Int
  /// Whether there is no version before it.
  let isFirst: Bool
  let reports: Reports
  let shop: String
  /// The rules between the catalog's prices and the price list's.
  var priceRules: [PriceRule] = []
  /// Prices that other rules have moved.
  var rulePrices: [PriceMove] = []
  /// Names of the files of the version before.
  var parent: [String] = []
  /// Largest file that is kept whole, in bytes.
  var limit = CatalogParts.limit

  /// Writes them.
  ///
  /// A large catalog is divided by ``CatalogParts``.
  ///
  /// - Parameter draft: The version's folder.
  /// - Returns: What was written, sorted by name, without the manifest.
  /// - Throws: ``PublishError`` for what does not pass the check, or `StoreError`.
  func write(to draft: VersionDraft) throws -> [Manifest.File] {
    let former = Self.parts(of: parent)
    // About a kilobyte an entry; what is written tells better.
    var count =
      former > 1 ? former : CatalogParts.count(bytes: catalog.entries.count << 10, parent: 1, limit: limit)
    while true {
      let (files, size) = try write(to: draft, parts: count)
      let needed = CatalogParts.count(bytes: size, parent: former, limit: limit)
      if needed == count {
        let changes = try put("CHANGES.md", in: draft) { file in
          let text = reports.changes(diff, version: version, isFirst: isFirst, rulePrices: rulePrices)
          try file.append(Array(text.utf8))
        }
        return (files + [changes]).sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
      }
      for file in files { try draft.remove(file.name) }
      count = needed
    }
  }

  /// How many parts a version's files are.
  private static func parts(of names: [String]) -> Int {
    let names = CatalogParts.names("catalog", "json", among: names)
    return names.contains { $0.utf8.count == 15 } ? 256 : names.contains { $0.utf8.count == 14 } ? 16 : 1
  }

  /// Writes the catalog in some number of parts.
  ///
  /// - Returns: The files, and the size of the largest of them, if it were whole.
  private func write(to draft: VersionDraft, parts count: Int) throws -> (files: [Manifest.File], size: Int) {
    var files: [Manifest.File] = []
    var (json, xml, list) = (0, 0, 0)
    for (part, places) in Self.divide(catalog, into: count) {
      func name(_ stem: String, _ ending: String) -> String {
        CatalogParts.name(stem, ending, part: part, of: count)
      }
      let entries = places.lazy.map { catalog.entries[Int($0)] }
      // What stands around the offers of a part stands around the whole but once.
      let isFirst = files.isEmpty
      var around = 0
      func add(_ file: Manifest.File, _ total: inout Int, between: Int = 0) {
        total += file.size - (isFirst ? 0 : around - between)
        files.append(file)
      }
      let (company, merchant) = (catalog.company, catalog.merchant)
      add(
        try put(name("catalog", "json"), in: draft) { file in
          around = try CatalogJSON.write(company: company, merchant: merchant, entries) {
            try file.append($0)
          }
        }, &json,
        // Where two parts meet, the comma and the blanks between two entries stand for the blanks around a list.
        between: ",\n    ".utf8.count - "\n    \n  ".utf8.count)
      try check(entries, in: try draft.path(name("catalog", "json")))
      do {
        add(
          try put(name("catalog", "xml"), in: draft) { file in
            around = try CatalogXML.write(company: company, merchant: merchant, entries) {
              try file.append($0)
            }
          }, &xml)
      } catch let error as CatalogFormatError {
        throw invalid("\(error.place): \(error.message)")
      }
      let offers = entries.map { $0.priced(by: priceRules).offer }
      add(
        try put(name("pricelist", "xml"), in: draft) { file in
          around = try Self.writePriceList(company, merchant, offers, shop: shop) { try file.append($0) }
        }, &list)
      try check(offers, in: try draft.path(name("pricelist", "xml")))
    }
    return (files, max(json, xml, list))
  }

  private func put(_ name: String, in draft: VersionDraft, _ write: (PieceFile) throws -> Void) throws
    -> Manifest.File
  {
    let file = try draft.file(name)
    try write(file)
    try file.commit()
    return Manifest.File(name: name, size: file.count, digest: file.digest)
  }

  /// Places of entries by part, parts without any left out.
  private static func divide(_ catalog: Catalog, into count: Int) -> [(part: Int, places: [Int32])] {
    var parts = [[Int32]](repeating: [], count: count)
    for (place, entry) in catalog.entries.enumerated() {
      parts[CatalogParts.part(of: entry.offer.sku, of: count)].append(Int32(place))
    }
    return parts.enumerated().compactMap { $1.isEmpty && count > 1 ? nil : ($0, $1) }
  }

  /// Writes a price list.
  ///
  /// - Returns: Bytes that stand around the offers, whatever their number.
  private static func writePriceList(
    _ company: String, _ merchant: MerchantID, _ offers: some Sequence<Offer>, date: String? = nil,
    shop: String,
    to sink: @escaping (RawSpan) throws -> Void
  ) throws -> Int {
    do {
      var around = 0
      var pieces = try PriceListPieces(company: company, merchant: merchant, date: date, sink: sink)
      around += pieces.count
      for offer in offers { try pieces.add(offer) }
      around += PriceListPieces.tail.utf8CodeUnitCount
      try pieces.finish()
      return around
    } catch let error as PriceListError {
      throw PublishError(
        .invalidOutput, what: "the price list cannot be written: \(error)", place: shop,
        remedy: "Correct the offer at its source.")
    }
  }

  // MARK: Checks

  private func check(_ entries: some Sequence<CatalogEntry>, in path: FilePath) throws {
    let pieces = try PieceReader(path)
    var expected = entries.makeIterator()
    var isSame = true
    let frame = try CatalogJSON.eachEntry({ try pieces.next() }) {
      if expected.next() != $0 { isSame = false }
    }
    guard isSame, expected.next() == nil, frame?.company == catalog.company,
      frame?.merchant == catalog.merchant
    else { throw invalid("the catalog reads back as another one") }
  }

  private func check(_ offers: some Sequence<Offer>, in path: FilePath) throws {
    if let violation = try PriceListSchema.validate(file: path.string, limit: 1).first {
      throw invalid("line \(violation.line): \(violation.message)")
    }
    let pieces = try PieceReader(path)
    var expected = offers.makeIterator()
    var isSame = true
    let frame = try PriceListReader.stream({ try pieces.next() }) {
      if expected.next() != $0 { isSame = false }
    }
    if frame != nil {
      guard isSame, expected.next() == nil else { throw invalid("it reads back as other offers") }
      return
    }
    // Something is to be said about it, which need not be an error.
    let reading = try PriceListReader.read(try AtomicFile.read(path), source: VersionFile.priceList)
    if let error = reading.findings.first(where: { $0.severity == .error }) { throw invalid(error.message) }
    guard reading.offers == Array(offers), reading.heldBack.isEmpty else {
      throw invalid("it reads back as other offers")
    }
  }

  private func invalid(_ what: String) -> PublishError {
    PublishError(
      .invalidOutput, what: "the price list did not pass our own check: \(what)", place: shop,
      remedy: "Nothing was switched. Report it with the crawl's result.json.")
  }
}

extension VersionFiles {
  /// The manifest that goes with them.
  static func manifest(
    _ catalog: Catalog, version: Int, parent: Plan.Base?, created: Instant, files: [Manifest.File],
    heldBack: Int, sources: [SourceSummary], approved: [String]
  ) -> Manifest {
    let offered = catalog.entries.count { $0.standing == .offered }
    return Manifest(
      version: version, parent: parent, created: created, files: files,
      counts: .init(offered: offered, withdrawn: catalog.entries.count - offered, heldBack: heldBack),
      sources: sources, approved: approved)
  }
}
