public import Model
internal import Store
public import SystemPackage

/// Writes `crawl/result.json` while the crawl is still being joined: the same bytes as ``CrawlRecordJSON/encode(_:)``
/// gives for the whole, without ever holding more than one offer.
///
/// Offers and findings are put aside on disk as they come; ``finish(_:taken:)`` sorts the offers and puts the file in
/// place. Not sendable: one task owns it.
public final class CrawlRecordWriter {
  private let path: FilePath
  private let offers: SpoolFile
  private let findings: SpoolFile
  private var places: [(sku: SKU, start: Int, length: UInt32)] = []
  private var findingCount = 0
  private var writer = JSONWriter(isIndented: true, level: 2)

  /// Begins a result.
  ///
  /// - Parameter path: Where it goes; nothing is there before ``finish(_:taken:)``.
  /// - Throws: `StoreError`.
  public init(_ path: FilePath) throws {
    self.path = path
    offers = try SpoolFile(in: path.removingLastComponent())
    findings = try SpoolFile(in: path.removingLastComponent())
  }

  /// Puts an offer aside.
  ///
  /// - Parameter offer: In any order; of equal SKUs the first stays.
  /// - Throws: `StoreError`.
  public func add(_ offer: CrawledOffer) throws {
    writer.restart()
    CrawlRecordJSON.write(offer, to: &writer)
    let place = try offers.append(writer.bytes)
    places.append((offer.offer.sku, place.lowerBound, UInt32(place.count)))
  }

  /// Puts a finding aside.
  ///
  /// - Parameter finding: In the order of the file.
  /// - Throws: `StoreError`.
  public func add(_ finding: Finding) throws {
    writer.restart()
    writer.value(CrawlRecordJSON.value(of: finding))
    try findings.append((findingCount > 0 ? Array(",\n    ".utf8) : []) + writer.bytes)
    findingCount += 1
  }

  /// Puts the file in place.
  ///
  /// - Parameters:
  ///   - shop: Everything else; its own offers and findings are left out.
  ///   - taken: When the crawl was taken.
  /// - Throws: `StoreError`; the last result stands then.
  public func finish(_ shop: CrawledShop, taken: Instant) throws {
    // Equal SKUs stay in the order in which they came.
    places.sort { $0.sku == $1.sku ? $0.start < $1.start : $0.sku < $1.sku }
    let file = try PieceFile(path)
    var head = JSONWriter(isIndented: true)
    head.beginObject()
    head.member("company", shop.company)
    head.name("findings")
    try file.append(head.bytes)
    try list(findingCount, in: file) { () throws in
      for start in stride(from: 0, to: findings.count, by: 1 << 18) {
        try file.append(try findings.read(start..<min(findings.count, start + 1 << 18)))
      }
    }
    var middle = JSONWriter(isIndented: true, level: 1)
    middle.continueObject()
    CrawlRecordJSON.writeMiddle(shop, to: &middle)
    middle.name("offers")
    try file.append(middle.bytes)
    try list(places.count, in: file) { () throws in
      var last: SKU?
      for place in places where place.sku != last {
        if last != nil { try file.append(Array(",\n    ".utf8)) }
        try file.append(try offers.read(place.start..<place.start + Int(place.length)))
        last = place.sku
      }
    }
    var tail = JSONWriter(isIndented: true, level: 1)
    tail.continueObject()
    CrawlRecordJSON.writeTail(shop, taken: taken, to: &tail)
    tail.endObject()
    tail.endDocument()
    try file.append(tail.bytes)
    try file.commit()
  }

  private func list(_ count: Int, in file: PieceFile, _ body: () throws -> Void) throws {
    guard count > 0 else { return try file.append(Array("[]".utf8)) }
    try file.append(Array("[\n    ".utf8))
    try body()
    try file.append(Array("\n  ]".utf8))
  }
}

extension CrawlRecordJSON {
  /// Writes an offer straight to bytes.
  static func write(_ crawled: CrawledOffer, to writer: inout JSONWriter) {
    let offer = crawled.offer
    writer.beginObject()
    OfferJSON.writeHead(offer, to: &writer)
    if let product = crawled.product {
      writer.name("product")
      CardJSON.write(product, to: &writer)
    }
    if let id = crawled.productID, id != crawled.product?.id { writer.member("product_id", id.text) }
    if !crawled.provenance.isEmpty {
      writer.name("provenance")
      writer.beginArray()
      for origin in crawled.provenance {
        writer.beginObject()
        writer.member("digest", origin.digest)
        writer.member("fetched", origin.fetched.description)
        writer.member("parser", origin.parser)
        writer.member("source", origin.source)
        writer.endObject()
      }
      writer.endArray()
    }
    OfferJSON.writeTail(offer, to: &writer)
    writeUnseen("unseen", crawled.unseen.names, to: &writer)
    writeUnseen("unseen_stores", crawled.unseenStores.map(\.text), to: &writer)
    writer.endObject()
  }

  private static func writeUnseen(_ name: JSONName, _ what: [String], to writer: inout JSONWriter) {
    guard !what.isEmpty else { return }
    writer.name(name)
    writer.strings(what)
  }

  /// What stands between findings and offers.
  static func writeMiddle(_ shop: CrawledShop, to writer: inout JSONWriter) {
    writer.member("format", format)
    writer.name("gaps")
    writer.value(gaps(shop))
    writer.name("held_back")
    writer.value(heldBack(shop))
    writer.member("merchant", shop.merchant?.text)
  }

  /// What stands behind the offers.
  static func writeTail(_ shop: CrawledShop, taken: Instant, to writer: inout JSONWriter) {
    writer.name("sources")
    writer.value(.array(shop.sources.map(value(of:))))
    writer.member("taken", taken.description)
  }
}
