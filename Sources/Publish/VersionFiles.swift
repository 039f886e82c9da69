import CatalogFormat
import Model
import PriceList
import Store
import XML

/// The files of a version, checked as a stranger would check them, before anything is switched.
enum VersionFiles {
  /// Makes the files, sorted by name, without the manifest.
  ///
  /// A large catalog is divided by ``CatalogParts``; `parent` names the files of the version before.
  static func make(
    _ catalog: Catalog, diff: CatalogDiff, version: Int, isFirst: Bool, reports: Reports, shop: String,
    priceRules: [PriceRule] = [], parent: [String] = [], limit: Int = CatalogParts.limit
  ) throws -> [(name: String, bytes: [UInt8])] {
    let priceList = try checkedPriceList(catalog, priceRules, shop: shop)
    let json = CatalogJSON.encode(catalog)
    guard try CatalogJSON.decode(json) == catalog else {
      throw invalid("the catalog reads back as another one", shop)
    }
    let xml = try CatalogXML.encode(catalog)
    let changes = reports.changes(diff, version: version, isFirst: isFirst)
    let former = CatalogParts.names("catalog", "json", among: parent)
    let count = CatalogParts.count(
      bytes: max(json.count, xml.count, priceList.count),
      parent: former.contains { $0.utf8.count == 15 }
        ? 256 : former.contains { $0.utf8.count == 14 } ? 16 : 1,
      limit: limit)
    var files: [(name: String, bytes: [UInt8])] = [(VersionFile.changes, Array(changes.utf8))]
    guard count > 1 else {
      return files + [
        (VersionFile.catalogJSON, json), (VersionFile.catalogXML, xml), (VersionFile.priceList, priceList),
      ]
    }
    for (part, catalog) in CatalogParts.divide(catalog, into: count) {
      func name(_ stem: String, _ ending: String) -> String {
        CatalogParts.name(stem, ending, part: part, of: count)
      }
      files.append((name("catalog", "json"), CatalogJSON.encode(catalog)))
      files.append((name("catalog", "xml"), try CatalogXML.encode(catalog)))
      files.append(
        (
          name("pricelist", "xml"),
          try PriceListWriter.write(
            company: catalog.company, merchant: catalog.merchant,
            offers: catalog.entries.map { $0.priced(by: priceRules).offer }, date: nil)
        ))
    }
    return files.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// Kaspi's whole price list from its parts, as it is served.
  static func wholePriceList(
    _ names: [String], _ read: (String) throws -> [UInt8]
  ) throws -> [UInt8]? {
    let parts = try CatalogParts.names("pricelist", "xml", among: names).map(read)
    guard parts.count > 1 else { return parts.first }
    let readings = try parts.map { try PriceListReader.read($0, source: VersionFile.priceList) }
    guard let company = readings.first?.company, let merchant = readings.first?.merchantID else { return nil }
    return try PriceListWriter.write(
      company: company, merchant: merchant, offers: readings.flatMap(\.offers), date: nil)
  }

  /// The manifest that goes with them.
  static func manifest(
    _ catalog: Catalog, version: Int, parent: Plan.Base?, created: Instant,
    files: [(name: String, bytes: [UInt8])], heldBack: Int, sources: [SourceSummary], approved: [String]
  ) -> Manifest {
    Manifest(
      version: version, parent: parent, created: created,
      files: files.map { .init(name: $0.name, size: $0.bytes.count, digest: Digest.sha256($0.bytes)) },
      counts: .init(
        offered: catalog.entries.count { $0.standing == .offered },
        withdrawn: catalog.entries.count { $0.standing != .offered }, heldBack: heldBack),
      sources: sources, approved: approved)
  }

  private static func checkedPriceList(
    _ catalog: Catalog, _ rules: [PriceRule], shop: String
  ) throws -> [UInt8] {
    let offers = catalog.entries.map { $0.priced(by: rules).offer }
    let priceList: [UInt8]
    do {
      priceList = try PriceListWriter.write(
        company: catalog.company, merchant: catalog.merchant, offers: offers, date: nil)
    } catch {
      throw PublishError(
        .invalidOutput, what: "the price list cannot be written: \(error)", place: shop,
        remedy: "Correct the offer at its source.")
    }
    if let violation = try PriceListSchema.validate(priceList).first {
      throw invalid("line \(violation.line): \(violation.message)", shop)
    }
    let reading = try PriceListReader.read(priceList, source: VersionFile.priceList)
    if let error = reading.findings.first(where: { $0.severity == .error }) {
      throw invalid(error.message, shop)
    }
    guard reading.offers == offers, reading.heldBack.isEmpty else {
      throw invalid("it reads back as other offers", shop)
    }
    return priceList
  }

  private static func invalid(_ what: String, _ shop: String) -> PublishError {
    PublishError(
      .invalidOutput, what: "the price list did not pass our own check: \(what)", place: shop,
      remedy: "Nothing was switched. Report it with the crawl's result.json.")
  }
}
