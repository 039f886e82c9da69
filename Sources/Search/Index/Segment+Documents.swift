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
  /// Hundredths of a star, drawn towards four stars while few buyers rated; `nil` when none did.
  public let rating: Int?
  /// Whether a buyer can order it now.
  public let isAvailable: Bool
  /// The text of a passage; `nil` for a product.
  public let text: String?
}

extension Segment {
  /// The fingerprint of a document.
  func fingerprint(_ number: Int, in file: Span<UInt8>) throws(Damage) -> Fingerprint {
    let section = file.extracting(range(.fingerprints))
    let place = number * SegmentLayout.fingerprintSize
    return Fingerprint(
      number: UInt64(try section.little32(place)) | UInt64(try section.byte(place + 4)) << 32)
  }

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
    let (wanted, isKnowledge) = (Array(sku.utf8), kind == .knowledge)
    return try reading { (file) throws(Damage) in
      let number = try countBefore(sku: wanted, isKnowledge: isKnowledge, in: file)
      guard number < documentCount, try self.sku(number, in: file) == wanted,
        try (mark(number, in: file) & SegmentLayout.Mark.knowledge != 0) == isKnowledge
      else { return nil }
      return number
    }
  }

  /// The UTF-8 of a document's SKU.
  func sku(_ number: Int, in file: Span<UInt8>) throws(Damage) -> [UInt8] {
    let starts = file.extracting(range(.documentStarts))
    let start = Int(try starts.little32(number * 4))
    let all = file.extracting(range(.documents))
    let parts = try all.byte(start)
    var place = start + 1
    if parts & SegmentLayout.Stored.price != 0 { _ = try all.varint(&place) }
    if parts & SegmentLayout.Stored.stock != 0 { _ = try all.varint(&place) }
    if parts & SegmentLayout.Stored.rating != 0 { _ = try all.varint(&place) }
    let count = try all.varint(&place)
    guard count <= UInt64(all.count - place) else { throw Damage("the SKU of document \(number) is cut") }
    var isPlain = true
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Int(count))
    for index in place..<place + Int(count) {
      bytes.append(all[index])
      isPlain = isPlain && all[index] < 0x80
    }
    return isPlain ? bytes : Array(try ShortText.read(all.extracting(place..<place + Int(count))).utf8)
  }

  /// How many documents stand before a SKU, the product before the passage.
  func countBefore(
    sku: [UInt8], isKnowledge: Bool, in file: Span<UInt8>
  ) throws(Damage) -> Int {
    var (low, high) = (0, documentCount)
    while low < high {
      let middle = (low + high) / 2
      let other = try self.sku(middle, in: file)
      let isProduct = try mark(middle, in: file) & SegmentLayout.Mark.knowledge == 0
      let isBefore = other == sku ? isKnowledge && isProduct : other.lexicographicallyPrecedes(sku)
      if isBefore { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The bits that say what a document is.
  func mark(_ number: Int, in file: Span<UInt8>) throws(Damage) -> UInt8 {
    try file.extracting(range(.marks)).byte(number)
  }

  /// A brand or category by its number.
  func name(_ number: Int, in file: Span<UInt8>) throws(Damage) -> String {
    let section = file.extracting(range(.names))
    let count = UInt64(try section.little32(0))
    guard number >= 0, UInt64(number) < count, count < UInt64(section.count) / 4 else {
      throw Damage("a name that does not exist")
    }
    let base = 4 * (Int(count) + 2)
    let start = base + Int(try section.little32(4 + number * 4))
    let end = base + Int(try section.little32(8 + number * 4))
    guard start <= end, end <= section.count else { throw Damage("a name outside its section") }
    return try ShortText.read(section.extracting(start..<end))
  }

  /// Where the parts of a stored document lie.
  struct Record {
    let isKnowledge: Bool
    let isAvailable: Bool
    var price: Int?
    var stock: Int?
    var rating: Int?
    var sku = 0..<0
    var title = 0..<0
    /// Numbers of brand and category.
    var brand: Int?
    var category: Int?
    var text: Range<Int>?
  }

  /// Finds the parts of a document; texts lie in the section of documents.
  func record(_ number: Int, _ file: Span<UInt8>) throws(Damage) -> Record {
    let starts = file.extracting(range(.documentStarts))
    let all = file.extracting(range(.documents))
    let start = Int(try starts.little32(number * 4))
    let end = Int(try starts.little32(number * 4 + 4))
    guard start < end, end <= all.count else { throw Damage("document \(number) lies outside its section") }
    let mark = try mark(number, in: file)
    guard mark & ~SegmentLayout.Mark.all == 0 else { throw Damage("document \(number) has unknown marks") }
    var record = Record(
      isKnowledge: mark & SegmentLayout.Mark.knowledge != 0,
      isAvailable: mark & SegmentLayout.Mark.available != 0)
    let parts = all[start]
    var place = start + 1
    func text() throws(Damage) -> Range<Int> {
      let count = try all.varint(&place)
      guard place <= end, count <= UInt64(end - place) else {
        throw Damage("a text of document \(number) is cut")
      }
      let text = place..<(place + Int(count))
      place = text.upperBound
      return text
    }
    if parts & SegmentLayout.Stored.price != 0 { record.price = Int(try all.varint(&place)) }
    if parts & SegmentLayout.Stored.stock != 0 { record.stock = Int(try all.varint(&place)) }
    if parts & SegmentLayout.Stored.rating != 0 { record.rating = Int(try all.varint(&place)) }
    record.sku = try text()
    record.title = try text()
    if parts & SegmentLayout.Stored.brand != 0 { record.brand = Int(try all.varint(&place)) }
    if parts & SegmentLayout.Stored.category != 0 { record.category = Int(try all.varint(&place)) }
    if parts & SegmentLayout.Stored.text != 0 { record.text = try text() }
    guard place == end else { throw Damage("document \(number) holds more than it should") }
    return record
  }

  func storedDocument(_ number: Int, _ file: Span<UInt8>) throws(Damage) -> StoredDocument {
    let record = try record(number, file)
    let all = file.extracting(range(.documents))
    func name(_ number: Int?) throws(Damage) -> String? {
      if let number { try self.name(number, in: file) } else { nil }
    }
    var passage: String?
    if let text = record.text { passage = try ShortText.read(all.extracting(text)) }
    return StoredDocument(
      kind: record.isKnowledge ? .knowledge : .product, sku: try ShortText.read(all.extracting(record.sku)),
      title: try ShortText.read(all.extracting(record.title)), brand: try name(record.brand),
      category: try name(record.category), price: record.price, stock: record.stock, rating: record.rating,
      isAvailable: record.isAvailable, text: passage)
  }
}

extension String {
  /// The text of some bytes; what is no UTF-8 becomes replacement characters.
  init(span: Span<UInt8>) {
    self = unsafe span.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
  }
}
