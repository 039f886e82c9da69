public import Model
import Store

/// `catalog.json`: a catalog as canonical JSON, one member a line, so that `git diff` shows facts.
public enum CatalogJSON {
  /// The number of the format; a reader refuses any other.
  public static let format = 1

  /// Writes a catalog.
  ///
  /// - Parameter catalog: Any catalog.
  /// - Returns: The same bytes for the same facts, on every machine.
  public static func encode(_ catalog: Catalog) -> [UInt8] {
    var bytes: [UInt8] = []
    write(company: catalog.company, merchant: catalog.merchant, catalog.entries) { bytes += $0 }
    return bytes
  }

  /// Writes a catalog piece by piece, as ``encode(_:)`` does.
  ///
  /// - Parameters:
  ///   - company: The shop's name in the price list.
  ///   - merchant: The seller's number.
  ///   - entries: In the order of SKUs, each once.
  ///   - sink: Takes the bytes.
  /// - Returns: Bytes that stand around the entries, whatever their number.
  /// - Throws: What `sink` throws.
  @discardableResult
  public static func write<Failure: Error>(
    company: String, merchant: MerchantID, _ entries: some Sequence<CatalogEntry>,
    to sink: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) -> Int {
    var writer = JSONWriter(isIndented: true)
    writer.beginObject()
    writer.member("company", company)
    writer.member("format", format)
    writer.member("merchant", merchant.text)
    writer.name("offers")
    var piece = writer.bytes + [0x5B]
    let (head, tail) = (piece.count, Array("]\n}\n".utf8))
    var element = JSONWriter(isIndented: true, level: 2)
    var isFirst = true
    for entry in entries {
      piece += isFirst ? Array("\n    ".utf8) : Array(",\n    ".utf8)
      isFirst = false
      element.restart()
      write(entry, to: &element)
      piece += element.bytes
      guard piece.count >= 1 << 16 else { continue }
      try sink(piece)
      piece.removeAll(keepingCapacity: true)
    }
    try sink(piece + (isFirst ? [] : Array("\n  ".utf8)) + tail)
    return head + tail.count
  }

  /// Reads a catalog.
  ///
  /// - Parameter bytes: A whole file.
  /// - Returns: The catalog.
  /// - Throws: ``CatalogFormatError`` for another format, an unknown key, a missing or impossible fact.
  public static func decode(_ bytes: [UInt8]) throws(CatalogFormatError) -> Catalog {
    if let catalog = ours(bytes) { return catalog }
    let value: JSONValue
    do { value = try JSONValue(parsing: bytes) } catch {
      throw CatalogFormatError(
        "line \(error.line), column \(error.column)", "not a JSON document: \(error.message)")
    }
    return try catalog(from: JSONFields(value, at: ""))
  }

  static func catalog(from fields: JSONFields) throws(CatalogFormatError) -> Catalog {
    var fields = fields
    let number = try fields.integer("format")
    guard number == format else {
      throw CatalogFormatError("/format", "format \(number) is not known to this version; it reads \(format)")
    }
    let company = try fields.text("company")
    let merchant = try fields.value("merchant") { MerchantID($0) }
    var entries: [CatalogEntry] = []
    for offer in try fields.list("offers") { entries.append(try entry(from: offer)) }
    try fields.end()
    guard let catalog = Catalog(company: company, merchant: merchant, entries: entries) else {
      throw CatalogFormatError("/offers", "a SKU occurs twice")
    }
    return catalog
  }

  // MARK: Entries

  static func value(of entry: CatalogEntry) -> JSONValue {
    var members = OfferJSON.members(of: entry.offer)
    if case .withdrawn(let day) = entry.standing { members["withdrawn"] = .string(day.description) }
    if let product = entry.product {
      members["product"] = ProductJSON.value(of: product)
    }
    if let id = entry.productID, id != entry.product?.id { members["product_id"] = .string(id.text) }
    return .object(members)
  }

  private static func entry(from fields: JSONFields) throws(CatalogFormatError) -> CatalogEntry {
    var fields = fields
    let offer = try OfferJSON.offer(from: &fields)
    let since = try fields.optionalValue("withdrawn") { Day($0) }
    let id = try fields.optionalValue("product_id") { ProductID($0) }
    var product: Product?
    if let inner = try fields.optionalObject("product") { product = try ProductJSON.product(from: inner) }
    try fields.end()
    return CatalogEntry(
      offer: offer, product: product, productID: id,
      standing: since.map { .withdrawn(since: $0) } ?? .offered)
  }
}
