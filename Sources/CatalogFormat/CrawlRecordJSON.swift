public import Model
public import Store

/// One crawl of one shop as it is kept between `crawl` and `plan`.
public struct CrawlRecord: Sendable, Equatable {
  /// When it was taken; also what tells one crawl from the next.
  public var taken: Instant
  /// What it found.
  public var shop: CrawledShop

  /// Makes a result.
  ///
  /// - Parameters:
  ///   - taken: When it was taken.
  ///   - shop: What it found.
  public init(taken: Instant, shop: CrawledShop) {
    self.taken = taken
    self.shop = shop
  }
}

/// `crawl/result.json`: what the last crawl found, complete with provenance and gaps.
public enum CrawlRecordJSON {
  /// The number of the format; a reader refuses any other.
  public static let format = 1

  /// Writes a result.
  ///
  /// - Parameter result: Any result.
  /// - Returns: Canonical JSON.
  public static func encode(_ result: CrawlRecord) -> [UInt8] {
    let shop = result.shop
    var writer = JSONWriter(isIndented: true)
    writer.beginObject()
    writer.member("company", shop.company)
    writer.name("findings")
    writer.value(.array(shop.findings.map(value(of:))))
    writeMiddle(shop, to: &writer)
    writer.name("offers")
    writer.beginArray()
    for index in shop.offers.indices { write(shop.offers[index], to: &writer) }
    writer.endArray()
    writeTail(shop, taken: result.taken, to: &writer)
    writer.endObject()
    writer.endDocument()
    return writer.bytes
  }

  /// Reads a result.
  ///
  /// - Parameter bytes: A whole file.
  /// - Returns: The result.
  /// - Throws: ``CatalogFormatError`` for another format, an unknown key, a missing or impossible fact.
  public static func decode(_ bytes: [UInt8]) throws(CatalogFormatError) -> CrawlRecord {
    if let record = ours(bytes) { return record }
    let value: JSONValue
    do { value = try JSONValue(parsing: bytes) } catch {
      throw CatalogFormatError(
        "line \(error.line), column \(error.column)", "not a JSON document: \(error.message)")
    }
    return try record(from: try JSONFields(value, at: ""))
  }

  /// Reads a file that is just as it would be written; `nil` for any other.
  private static func ours(_ bytes: [UInt8]) -> CrawlRecord? {
    // What is no JSON at all is named by the other reader.
    guard let root = try? JSONTape(parsing: bytes).root, let list = root["offers"], let offers = offers(list)
    else {
      return nil
    }
    var rest: [String: JSONValue] = ["offers": []]
    for (name, value) in root.members where name != "offers" { rest[name] = value.value }
    guard let fields = try? JSONFields(.object(rest), at: ""), var record = try? record(from: fields) else {
      return nil
    }
    record.shop.offers = offers
    return encode(record) == bytes ? record : nil
  }

  private static func record(from fields: JSONFields) throws(CatalogFormatError) -> CrawlRecord {
    var fields = fields
    let number = try fields.integer("format")
    guard number == format else {
      throw CatalogFormatError("/format", "format \(number) is not known to this version; it reads \(format)")
    }
    let taken = try fields.value("taken") { Instant($0) }
    let company = try fields.optionalText("company")
    let merchant = try fields.optionalValue("merchant") { MerchantID($0) }
    var offers: [CrawledOffer] = []
    for offer in try fields.list("offers") { offers.append(try self.offer(from: offer)) }
    var heldBack: [HeldBackOffer] = []
    for var held in try fields.list("held_back") {
      heldBack.append(
        HeldBackOffer(
          sku: try held.text("sku"), rule: try held.text("rule"), place: try place(from: &held),
          message: try held.text("message")))
      try held.end()
    }
    var gaps: [Gap] = []
    for var gap in try fields.list("gaps") {
      gaps.append(
        Gap(
          kind: try gap.value("kind") { Gap.Kind(rawValue: $0) }, source: try gap.text("source"),
          reason: try gap.text("reason")))
      try gap.end()
    }
    var sources: [SourceSummary] = []
    for var source in try fields.list("sources") {
      sources.append(
        SourceSummary(
          kind: try source.text("kind"), source: try source.text("source"),
          digest: try source.optionalText("digest"), offers: try source.integer("offers")))
      try source.end()
    }
    var findings: [Finding] = []
    for finding in try fields.list("findings") { findings.append(try self.finding(from: finding)) }
    try fields.end()
    return CrawlRecord(
      taken: taken,
      shop: CrawledShop(
        company: company, merchant: merchant, offers: offers, heldBack: heldBack, gaps: gaps,
        sources: sources, findings: findings))
  }

  // MARK: Parts

  static func gaps(_ shop: CrawledShop) -> JSONValue {
    .array(
      shop.gaps.map {
        ["kind": .string($0.kind.rawValue), "source": .string($0.source), "reason": .string($0.reason)]
      })
  }

  static func heldBack(_ shop: CrawledShop) -> JSONValue {
    .array(
      shop.heldBack.map {
        [
          "sku": .string($0.sku), "rule": .string($0.rule), "place": value(of: $0.place),
          "message": .string($0.message),
        ]
      })
  }

  private static func offer(from fields: JSONFields) throws(CatalogFormatError) -> CrawledOffer {
    var fields = fields
    let offer = try OfferJSON.offer(from: &fields)
    let id = try fields.optionalValue("product_id") { ProductID($0) }
    var product: Product?
    if let inner = try fields.optionalObject("product") { product = try ProductJSON.product(from: inner) }
    var provenance: [Provenance] = []
    for var one in try fields.list("provenance") {
      provenance.append(
        Provenance(
          source: try one.text("source"), fetched: try one.value("fetched") { Instant($0) },
          digest: try one.text("digest"), parser: try one.integer("parser")))
      try one.end()
    }
    var crawled = CrawledOffer(offer: offer, productID: id, product: product, provenance: provenance)
    guard let unseen = CardParts(names: try fields.texts("unseen")) else {
      throw fields.wrong("unseen", "names of parts of a card")
    }
    crawled.unseen = unseen
    crawled.unseenStores = try fields.texts("unseen_stores").compactMap { StoreID($0) }
    try fields.end()
    return crawled
  }

  private static func value(of place: Place) -> JSONValue {
    var members: [String: JSONValue] = ["source": .string(place.source)]
    if let line = place.line { members["line"] = .integer(line) }
    if let column = place.column { members["column"] = .integer(column) }
    return .object(members)
  }

  private static func place(from fields: inout JSONFields) throws(CatalogFormatError) -> Place {
    guard var inner = try fields.optionalObject("place") else { throw fields.wrong("place", "an object") }
    let place = Place(
      try inner.text("source"), line: try inner.optionalInteger("line"),
      column: try inner.optionalInteger("column"))
    try inner.end()
    return place
  }

  static func value(of source: SourceSummary) -> JSONValue {
    var members: [String: JSONValue] = [
      "kind": .string(source.kind), "source": .string(source.source), "offers": .integer(source.offers),
    ]
    if let digest = source.digest { members["digest"] = .string(digest) }
    return .object(members)
  }

  /// A finding as an object, as every `--json` output writes it.
  ///
  /// - Parameter finding: Any finding.
  /// - Returns: `rule`, `severity`, `place`, `message` and, where present, `sku` and `hint`.
  public static func value(of finding: Finding) -> JSONValue {
    var members: [String: JSONValue] = [
      "rule": .string(finding.rule), "severity": .string(finding.severity.rawValue),
      "place": value(of: finding.place), "message": .string(finding.message),
    ]
    if let sku = finding.sku { members["sku"] = .string(sku) }
    if let hint = finding.hint { members["hint"] = .string(hint) }
    return .object(members)
  }

  private static func finding(from fields: JSONFields) throws(CatalogFormatError) -> Finding {
    var fields = fields
    let finding = Finding(
      rule: try fields.text("rule"),
      severity: try fields.value("severity") { Finding.Severity(rawValue: $0) },
      place: try place(from: &fields), sku: try fields.optionalText("sku"),
      message: try fields.text("message"),
      hint: try fields.optionalText("hint"))
    try fields.end()
    return finding
  }
}
