/// A document as the segment keeps it.
public struct StoredDocument: Sendable, Hashable {
  /// What it is.
  public let kind: SearchDocument.Kind
  /// The SKU, or the passage's place.
  public let sku: String
  /// The title.
  public let title: String
  /// The brand, or `nil`.
  public let brand: String?
  /// The category in one line, or `nil`.
  public let category: String?
  /// Whole tenge, or `nil`.
  public let price: Int?
  /// Pieces in all stores, or `nil` when no count is kept.
  public let stock: Int?
  /// Whether a buyer can order it now.
  public let isAvailable: Bool
  /// The text of a passage; `nil` for a product.
  public let text: String?
}

extension Segment {
  /// Reads a document by its number.
  ///
  /// - Parameter number: Counted from 0, in the order of SKUs.
  /// - Returns: The document, or `nil` for a number that the segment does not have.
  /// - Throws: ``IndexError`` with code `damaged`.
  public func document(_ number: Int) throws(IndexError) -> StoredDocument? {
    guard number >= 0, number < documentCount else { return nil }
    return try reading { (file) throws(Damage) in try storedDocument(number, file) }
  }

  /// Finds a document by its SKU, by halving.
  ///
  /// - Parameters:
  ///   - sku: The SKU, or a passage's place.
  ///   - kind: What it is.
  /// - Returns: Its number, or `nil` when the segment does not have it.
  /// - Throws: ``IndexError`` with code `damaged`.
  public func number(
    ofSKU sku: String, kind: SearchDocument.Kind = .product
  ) throws(IndexError) -> Int? {
    let wanted = (sku: sku, rank: kind == .product ? 0 : 1)
    return try reading { (file) throws(Damage) in
      var (low, high) = (0, documentCount)
      while low < high {
        let middle = (low + high) / 2
        let document = try storedDocument(middle, file)
        if document.sku.utf8.elementsEqual(wanted.sku.utf8), document.kind == kind { return middle }
        let rank = document.kind == .product ? 0 : 1
        let isBefore =
          document.sku.utf8.elementsEqual(sku.utf8)
          ? rank < wanted.rank : document.sku.utf8.lexicographicallyPrecedes(sku.utf8)
        if isBefore { low = middle + 1 } else { high = middle }
      }
      return nil
    }
  }

  /// The bits that say what a document is.
  func mark(_ number: Int, in file: Span<UInt8>) throws(Damage) -> UInt8 {
    try file.extracting(range(.marks)).byte(number)
  }

  /// A brand or category by its number.
  private func name(_ number: UInt64, _ file: Span<UInt8>) throws(Damage) -> String {
    let section = file.extracting(range(.names))
    let count = UInt64(try section.little32(0))
    guard number < count, count < UInt64(section.count) / 4 else {
      throw Damage("a name that does not exist")
    }
    let base = 4 * (Int(count) + 2)
    let start = base + Int(try section.little32(4 + Int(number) * 4))
    let end = base + Int(try section.little32(8 + Int(number) * 4))
    guard start <= end, end <= section.count else { throw Damage("a name outside its section") }
    return try ShortText.read(section.extracting(start..<end))
  }

  func storedDocument(_ number: Int, _ file: Span<UInt8>) throws(Damage) -> StoredDocument {
    let starts = file.extracting(range(.documentStarts))
    let all = file.extracting(range(.documents))
    let start = Int(try starts.little32(number * 4))
    let end = Int(try starts.little32(number * 4 + 4))
    guard start < end, end <= all.count else { throw Damage("document \(number) lies outside its section") }
    let record = all.extracting(start..<end)
    let mark = try mark(number, in: file)
    guard mark & ~SegmentLayout.Mark.all == 0 else { throw Damage("document \(number) has unknown marks") }
    let parts = try record.byte(0)
    var place = 1
    func amount(_ part: UInt8) throws(Damage) -> Int? {
      parts & part == 0 ? nil : Int(try record.varint(&place))
    }
    func text(_ part: UInt8?) throws(Damage) -> String? {
      if let part, parts & part == 0 { return nil }
      let count = try record.varint(&place)
      guard count <= UInt64(record.count - place) else { throw Damage("a text of document \(number) is cut") }
      let text = record.extracting(place..<(place + Int(count)))
      place += Int(count)
      return try ShortText.read(text)
    }
    func name(_ part: UInt8) throws(Damage) -> String? {
      parts & part == 0 ? nil : try self.name(try record.varint(&place), file)
    }
    let price = try amount(SegmentLayout.Stored.price)
    let stock = try amount(SegmentLayout.Stored.stock)
    guard let sku = try text(nil), let title = try text(nil) else {
      throw Damage("document \(number) has no SKU")
    }
    let brand = try name(SegmentLayout.Stored.brand)
    let category = try name(SegmentLayout.Stored.category)
    let passage = try text(SegmentLayout.Stored.text)
    guard place == record.count else { throw Damage("document \(number) holds more than it should") }
    return StoredDocument(
      kind: mark & SegmentLayout.Mark.knowledge == 0 ? .product : .knowledge, sku: sku, title: title,
      brand: brand, category: category, price: price, stock: stock,
      isAvailable: mark & SegmentLayout.Mark.available != 0, text: passage)
  }
}

extension String {
  /// The text of some bytes; what is no UTF-8 becomes replacement characters.
  init(span: Span<UInt8>) {
    self = unsafe span.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
  }
}
