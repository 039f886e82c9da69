public import Model
import Store

/// The way for files as we write them: read without a value in between, and believed only when writing the result again
/// gives the same bytes. Anything else is read member by member, which names what is wrong.
extension CatalogJSON {
  /// Reads a file that is just as it would be written.
  ///
  /// - Parameter bytes: A whole file.
  /// - Returns: `nil` for any other file.
  static func ours(_ bytes: [UInt8]) -> Catalog? {
    // What is no JSON at all is named by the other reader.
    guard let root = try? JSONTape(parsing: bytes).root, let company = root["company"]?.string,
      let merchant = root["merchant"]?.string.flatMap({ MerchantID($0) }), let offers = root["offers"]?.array
    else { return nil }
    var entries: [CatalogEntry] = []
    entries.reserveCapacity(offers.count)
    for node in offers {
      guard let entry = entry(node) else { return nil }
      entries.append(entry)
    }
    guard let catalog = Catalog(company: company, merchant: merchant, entries: entries),
      encode(catalog) == bytes
    else { return nil }
    return catalog
  }

  private static func entry(_ node: JSONNode) -> CatalogEntry? {
    guard let offer = OfferJSON.offer(node) else { return nil }
    var product: Product?
    if let card = node["product"] {
      guard let read = CardJSON.product(card) else { return nil }
      product = read
    }
    return CatalogEntry(
      offer: offer, product: product,
      productID: node["product_id"]?.string.flatMap { ProductID($0) } ?? product?.id,
      standing: node["withdrawn"]?.string.flatMap { Day($0) }.map { .withdrawn(since: $0) } ?? .offered)
  }

  /// Reads a file that is just as it would be written, piece by piece, without ever holding all of it.
  ///
  /// - Parameter next: Gives the next bytes of the file; none at its end.
  /// - Returns: `nil` for any other file, which ``decode(_:)`` may still read, or name what is wrong with.
  /// - Throws: What `next` throws.
  public static func read(_ next: @escaping () throws -> [UInt8]) throws -> Catalog? {
    var entries: [CatalogEntry] = []
    guard let frame = try eachEntry(next, { entries.append($0) }) else { return nil }
    return Catalog(company: frame.company, merchant: frame.merchant, entries: entries)
  }

  /// Reads the entries of such a file one by one.
  ///
  /// - Parameters:
  ///   - next: Gives the next bytes of the file; none at its end.
  ///   - body: Takes each entry, in the order of the file.
  /// - Returns: The catalog without its entries; `nil` for any other file, and what `body` was given is to be forgotten.
  /// - Throws: What `next` or `body` throw.
  public static func eachEntry(
    _ next: @escaping () throws -> [UInt8], _ body: (CatalogEntry) throws -> Void
  ) throws -> Catalog? {
    var list = WrittenOffers(next)
    var writer = JSONWriter(isIndented: true, level: 2)
    let isOurs = try list.read { bytes in
      // What is no JSON at all is named by the other reader.
      guard let root = try? JSONTape(parsing: bytes).root, let entry = entry(root) else { return false }
      writer.restart()
      write(entry, to: &writer)
      guard writer.holds(bytes) else { return false }
      try body(entry)
      return true
    }
    return isOurs ? ours(list.frame) : nil
  }

  /// Compares two files that are just as they would be written, without holding either.
  ///
  /// Elements of equal bytes are passed over unread.
  ///
  /// - Parameters:
  ///   - old: Gives the next bytes of the one file; none at its end.
  ///   - new: The same of the other.
  ///   - body: Takes what is not in both: the old entry, the new entry, or both of one SKU; in the order of SKUs.
  /// - Returns: Whether both were such files; if not, what `body` was given is to be forgotten.
  /// - Throws: What `old`, `new` or `body` throw.
  public static func compare(
    _ old: @escaping () throws -> [UInt8], _ new: @escaping () throws -> [UInt8],
    _ body: (CatalogEntry?, CatalogEntry?) throws -> Void
  ) throws -> Bool {
    var (left, right) = (WrittenOffers(old), WrittenOffers(new))
    var (one, other) = (try left.element(), try right.element())
    /// What is not JSON, or no entry, is named by the other reader.
    func entry(_ bytes: [UInt8]) -> CatalogEntry? {
      (try? JSONTape(parsing: bytes).root).flatMap { self.entry($0) }
    }
    while one != nil || other != nil {
      if one == other {
        (one, other) = (try left.element(), try right.element())
        continue
      }
      let (before, after) = (one.flatMap(entry), other.flatMap(entry))
      guard (before != nil) == (one != nil), (after != nil) == (other != nil) else { return false }
      let isOld = before.map { before in after.map { before.offer.sku <= $0.offer.sku } ?? true } ?? false
      let isNew = after.map { after in before.map { after.offer.sku <= $0.offer.sku } ?? true } ?? false
      try body(isOld ? before : nil, isNew ? after : nil)
      if isOld { one = try left.element() }
      if isNew { other = try right.element() }
    }
    return left.isWhole && right.isWhole && ours(left.frame) != nil && ours(right.frame) != nil
  }

  static func write(_ entry: CatalogEntry, to writer: inout JSONWriter) {
    writer.beginObject()
    OfferJSON.writeHead(entry.offer, to: &writer)
    if let product = entry.product {
      writer.name("product")
      CardJSON.write(product, to: &writer)
    }
    if let id = entry.productID, id != entry.product?.id { writer.member("product_id", id.text) }
    OfferJSON.writeTail(entry.offer, to: &writer)
    if case .withdrawn(let day) = entry.standing { writer.member("withdrawn", day.description) }
    writer.endObject()
  }
}

extension CrawlRecordJSON {
  /// Reads the offers of a file that is just as it would be written; the rest is left to the caller.
  static func offers(_ node: JSONNode) -> [CrawledOffer]? {
    guard let list = node.array else { return nil }
    var offers: [CrawledOffer] = []
    offers.reserveCapacity(list.count)
    for node in list {
      guard let offer = crawledOffer(node) else { return nil }
      offers.append(offer)
    }
    return offers
  }

  private static func crawledOffer(_ node: JSONNode) -> CrawledOffer? {
    guard let offer = OfferJSON.offer(node) else { return nil }
    var crawled = CrawledOffer(offer: offer)
    if let card = node["product"] {
      guard let read = CardJSON.product(card) else { return nil }
      crawled.product = read
    }
    crawled.productID = node["product_id"]?.string.flatMap { ProductID($0) } ?? crawled.product?.id
    for origin in node["provenance"]?.array ?? [] {
      guard let source = origin["source"]?.string,
        let fetched = origin["fetched"]?.string.flatMap({ Instant($0) }),
        let digest = origin["digest"]?.string, let parser = origin["parser"]?.int
      else { return nil }
      crawled.provenance.append(Provenance(source: source, fetched: fetched, digest: digest, parser: parser))
    }
    let names = (node["unseen"]?.array ?? []).compactMap(\.string)
    guard let unseen = CardParts(names: names) else { return nil }
    crawled.unseen = unseen
    crawled.unseenStores = (node["unseen_stores"]?.array ?? []).compactMap {
      $0.string.flatMap { StoreID($0) }
    }
    return crawled
  }

  /// Reads what stands around the offers of a file that is just as it would be written.
  ///
  /// - Parameter next: Gives the next bytes of the file; none at its end.
  /// - Returns: The result without its offers, and a digest of what they say, without where and when it was found; `nil`
  ///   for any other file, which ``decode(_:)`` may still read.
  /// - Throws: What `next` throws.
  public static func frame(_ next: @escaping () throws -> [UInt8]) throws -> (
    record: CrawlRecord, content: String
  )? {
    var list = WrittenOffers(next)
    var digest = StreamDigest()
    let isOurs = try list.read { bytes in
      guard let start = provenanceStart.first(in: bytes, 0..<bytes.count),
        let end = provenanceEnd.first(in: bytes, start..<bytes.count)
      else {
        digest.add(bytes)
        return true
      }
      digest.add(bytes[..<start])
      digest.add(bytes[end...])
      return true
    }
    return isOurs ? written(list.frame).map { ($0, digest.hexadecimal) } : nil
  }

  private static let provenanceStart = ByteSearch("\n      \"provenance\": [\n")
  private static let provenanceEnd = ByteSearch("\n      ]")

  /// Reads the offers of a file that is just as it would be written, one by one.
  ///
  /// - Parameters:
  ///   - next: Gives the next bytes of the file; none at its end.
  ///   - body: Takes each offer, in the order of SKUs; answers whether to go on.
  /// - Returns: Whether the file was such a one to its end; if not, what `body` was given is to be forgotten.
  /// - Throws: What `next` or `body` throw.
  public static func eachOffer(
    _ next: @escaping () throws -> [UInt8], _ body: (CrawledOffer) throws -> Bool
  ) throws -> Bool {
    var list = WrittenOffers(next)
    var writer = JSONWriter(isIndented: true, level: 2)
    let isOurs = try list.read { bytes in
      // What is no JSON at all is named by the other reader.
      guard let root = try? JSONTape(parsing: bytes).root, let offer = crawledOffer(root) else {
        return false
      }
      writer.restart()
      write(offer, to: &writer)
      guard writer.holds(bytes) else { return false }
      return try body(offer)
    }
    return isOurs && written(list.frame) != nil
  }

  private static func written(_ frame: [UInt8]) -> CrawlRecord? {
    // Whatever is wrong with it, the other reader has the words.
    guard let record = try? decode(frame), encode(record) == frame else { return nil }
    return record
  }
}
