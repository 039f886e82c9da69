import Model
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
      guard let offer = OfferJSON.offer(node) else { return nil }
      var product: Product?
      if let card = node["product"] {
        guard let read = CardJSON.product(card) else { return nil }
        product = read
      }
      entries.append(
        CatalogEntry(
          offer: offer, product: product,
          productID: node["product_id"]?.string.flatMap { ProductID($0) } ?? product?.id,
          standing: node["withdrawn"]?.string.flatMap { Day($0) }.map { .withdrawn(since: $0) } ?? .offered))
    }
    guard let catalog = Catalog(company: company, merchant: merchant, entries: entries),
      encode(catalog) == bytes
    else { return nil }
    return catalog
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
        crawled.provenance.append(
          Provenance(source: source, fetched: fetched, digest: digest, parser: parser))
      }
      offers.append(crawled)
    }
    return offers
  }
}
