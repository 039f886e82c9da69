/// The section that says in which fields a term occurs, and how often, for the number of a shape.
struct ShapeSection {
  private let range: Range<Int>
  /// Number of shapes.
  let count: Int

  /// Finds its way about the section; reads nothing else.
  ///
  /// - Parameters:
  ///   - range: Where the section lies in the file.
  ///   - file: The whole file.
  /// - Throws: ``Damage``.
  init(_ range: Range<Int>, _ file: Span<UInt8>) throws(Damage) {
    guard range.count >= 8 else { throw Damage("no room for shapes") }
    count = Int(try file.little32(range.lowerBound))
    guard count <= (range.count - 8) / 4 else {
      throw Damage("more shapes than bytes")
    }
    self.range = range
  }

  /// Gives every field of a shape.
  ///
  /// - Parameters:
  ///   - shape: Its number.
  ///   - file: The whole file.
  ///   - body: Called with the field's number and the occurrences in it, by rising number.
  /// - Throws: ``Damage``, and what `body` throws.
  @inline(__always)
  func forEachField(
    _ shape: Int, _ file: Span<UInt8>, _ body: (_ field: Int, _ count: Int) throws(Damage) -> Void
  ) throws(Damage) {
    guard shape < count else { throw Damage("a shape that does not exist") }
    let base = range.lowerBound + 4 * (count + 2)
    var place = base + Int(try file.little32(range.lowerBound + 4 + shape * 4))
    guard place < range.upperBound else { throw Damage("a shape outside its section") }
    let mask = try file.byte(place)
    place += 1
    guard mask & 0x80 == 0, mask != 0 else { throw Damage("a field that does not exist") }
    var rest = mask
    while rest != 0 {
      let field = rest.trailingZeroBitCount
      rest &= rest - 1
      let occurrences = try file.varint(&place)
      guard (1...65_535).contains(occurrences) else { throw Damage("a count that cannot be") }
      try body(field, Int(occurrences))
    }
  }
}

extension ShapeSection {
  /// For each shape what no document's share of rarity is above: as if all its fields were as short as any.
  ///
  /// - Parameters:
  ///   - lengths: Knows the shortest fields.
  ///   - scoring: The arithmetic.
  ///   - file: The whole file.
  /// - Returns: A number a shape.
  /// - Throws: ``Damage``.
  func bounds(_ lengths: LengthSection, _ scoring: Scoring, _ file: Span<UInt8>) throws(Damage) -> [Double] {
    var bounds: [Double] = []
    bounds.reserveCapacity(count)
    for shape in 0..<count {
      var frequency = 0.0
      try forEachField(shape, file) { (field, count) throws(Damage) in
        frequency += scoring.frequency(count, field: field, length: lengths.shortest(field))
      }
      bounds.append(scoring.saturated(frequency))
    }
    return bounds
  }
}

/// The section of field lengths: for each field a column of as many bytes as its longest needs.
struct LengthSection {
  private var starts = InlineArray<8, Int>(repeating: 0)
  private var widths = InlineArray<8, UInt8>(repeating: 0)
  private var least = InlineArray<8, Int>(repeating: 0)

  /// Reads the widths.
  ///
  /// - Parameters:
  ///   - range: Where the section lies in the file.
  ///   - file: The whole file.
  ///   - documentCount: Documents in the segment.
  /// - Throws: ``Damage``.
  init(_ range: Range<Int>, _ file: Span<UInt8>, documentCount: Int) throws(Damage) {
    var place = range.lowerBound + 24
    for field in 0..<8 {
      guard range.count >= 24 else { throw Damage("lengths without widths") }
      let width = try file.byte(range.lowerBound + field)
      guard width <= (field < Field.allCases.count ? 2 : 0) else { throw Damage("lengths that cannot be") }
      (starts[field], widths[field]) = (place, width)
      least[field] = Int(try file.little16(range.lowerBound + 8 + field * 2))
      place += documentCount * Int(width)
    }
    guard place == range.upperBound else { throw Damage("lengths of too few documents") }
  }

  /// The least length of a field in any document that has it; 0 where none has.
  func shortest(_ field: Int) -> Int { least[field] }

  /// The length of a field in a document.
  ///
  /// - Parameters:
  ///   - field: The field's number.
  ///   - document: Less than the number of documents.
  ///   - file: The whole file.
  /// - Returns: Primary terms.
  /// - Throws: ``Damage``.
  @inline(__always)
  func length(_ field: Int, _ document: Int, _ file: Span<UInt8>) throws(Damage) -> Int {
    switch widths[field] {
    case 1: Int(try file.byte(starts[field] + document))
    case 2: Int(try file.little16(starts[field] + document * 2))
    default: 0
    }
  }

  /// Writes the section.
  ///
  /// - Parameters:
  ///   - lengths: Eight a document, in the documents' final order.
  ///   - documentCount: Documents in the segment.
  /// - Returns: Its bytes.
  static func write(_ lengths: [UInt16], documentCount: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    let fields = 0..<Field.allCases.count
    let longest = fields.map { field in
      (0..<documentCount).reduce(UInt16(0)) { max($0, lengths[$1 * 8 + field]) }
    }
    for field in 0..<8 {
      bytes.append(!fields.contains(field) || longest[field] == 0 ? 0 : longest[field] < 256 ? 1 : 2)
    }
    for field in 0..<8 {
      let least = (0..<documentCount).reduce(UInt16.max) { least, document in
        let length = lengths[document * 8 + field]
        return length > 0 ? min(least, length) : least
      }
      bytes.append16(least == .max ? 0 : least)
    }
    for field in fields {
      for document in 0..<documentCount {
        switch bytes[field] {
        case 1: bytes.append(UInt8(truncatingIfNeeded: lengths[document * 8 + field]))
        case 2: bytes.append16(lengths[document * 8 + field])
        default: break
        }
      }
    }
    return bytes
  }
}
