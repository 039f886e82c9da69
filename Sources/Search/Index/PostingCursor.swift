/// A place in the postings of one term; moves forward only.
///
/// Whole blocks are passed over by their heads. Each number that comes out of the file is checked, so that a
/// damaged posting ends in ``Damage``. The postings section is handed to every call, because a span cannot be
/// kept.
struct PostingCursor {
  /// The document at this place; `Int.max` behind the last one.
  private(set) var document = -1
  /// No document of the current block has a higher weighted frequency.
  private(set) var blockMaximum: Double
  /// The last document of the current block.
  private var blockLast: Int

  private let documentCount: Int
  private let documentFrequency: Int
  private let blockCount: Int
  private let heads: Int
  private let blocks: Range<Int>

  private var block = 0
  private var isInside = false
  private var position = 0
  private var blockEnd = 0
  private var remaining = 0
  private var shape: UInt64 = 0
  private var payload = 0

  /// Stands on a term's first posting.
  ///
  /// - Parameters:
  ///   - entry: The term's entry in the dictionary.
  ///   - postings: The postings section.
  ///   - documentCount: Documents in the segment.
  /// - Throws: ``Damage``.
  init(_ entry: TermEntry, _ postings: Span<UInt8>, documentCount: Int) throws(Damage) {
    self.documentCount = documentCount
    documentFrequency = entry.documentFrequency
    let size = SegmentLayout.blockSize
    blockCount = (documentFrequency + size - 1) / size
    heads = entry.postings.lowerBound
    let headsSize = blockCount > 1 ? blockCount * SegmentLayout.blockHeadSize : 0
    guard headsSize < entry.postings.count else { throw Damage("postings without room for their blocks") }
    blocks = (heads + headsSize)..<entry.postings.upperBound
    blockMaximum = entry.maximum
    blockLast = documentCount - 1
    if blockCount > 1 { try readHead(postings) }
    try enterBlock(postings)
  }

  /// Moves to the next posting.
  ///
  /// - Parameter postings: The postings section.
  /// - Throws: ``Damage``.
  mutating func next(_ postings: Span<UInt8>) throws(Damage) {
    if remaining > 0 {
      try readPosting(postings)
    } else if block + 1 < blockCount {
      block += 1
      try readHead(postings)
      try enterBlock(postings)
    } else {
      document = .max
    }
  }

  /// Moves to the block that could hold a document, without reading the block.
  ///
  /// - Parameters:
  ///   - target: The document.
  ///   - postings: The postings section.
  /// - Throws: ``Damage``.
  mutating func moveBlock(to target: Int, _ postings: Span<UInt8>) throws(Damage) {
    while blockLast < target, block + 1 < blockCount {
      block += 1
      isInside = false
      try readHead(postings)
    }
  }

  /// Moves to the first posting at or behind a document.
  ///
  /// - Parameters:
  ///   - target: The document.
  ///   - postings: The postings section.
  /// - Throws: ``Damage``.
  mutating func seek(_ target: Int, _ postings: Span<UInt8>) throws(Damage) {
    guard document < target else { return }
    try moveBlock(to: target, postings)
    if !isInside { try enterBlock(postings) }
    while document < target { try next(postings) }
  }

  /// Gives every field that has the term in the current document.
  ///
  /// - Parameters:
  ///   - postings: The postings section.
  ///   - body: Called with the field's number and the occurrences in it, by rising number.
  /// - Throws: ``Damage``, and what `body` throws.
  @inline(__always)
  func forEachField(
    _ postings: Span<UInt8>, _ body: (_ field: Int, _ count: Int) throws(Damage) -> Void
  ) throws(Damage) {
    guard shape == SegmentLayout.Shape.explicit else {
      return try body(SegmentLayout.Shape.field(shape), 1)
    }
    let first = try postings.byte(payload)
    if first < 0x80 {
      try Self.check(field: Int(first & 7))
      return try body(Int(first & 7), Int(first >> 3) + 1)
    }
    var place = payload + 1
    for field in 0..<7 where first & 1 << UInt8(field) != 0 {
      let count = try postings.varint(&place)
      guard (1...65_535).contains(count) else { throw Damage("a count that cannot be") }
      try Self.check(field: field)
      try body(field, Int(count))
    }
  }

  private static func check(field: Int) throws(Damage) {
    guard field < Field.allCases.count else { throw Damage("a field that does not exist") }
  }

  /// Takes last document and maximum of the current block from its head.
  private mutating func readHead(_ postings: Span<UInt8>) throws(Damage) {
    let place = heads + block * SegmentLayout.blockHeadSize
    let last = Int(try postings.little32(place))
    let maximum = Double(Float(bitPattern: try postings.little32(place + 8)))
    guard last < documentCount, maximum.isFinite, maximum >= 0, block == 0 || last > blockLast else {
      throw Damage("a block head that cannot be")
    }
    (blockLast, blockMaximum) = (last, maximum)
  }

  /// Starts reading the current block.
  private mutating func enterBlock(_ postings: Span<UInt8>) throws(Damage) {
    let place = heads + block * SegmentLayout.blockHeadSize
    var start = 0
    document = -1
    if block > 0 {
      document = Int(try postings.little32(place - SegmentLayout.blockHeadSize))
      start = Int(try postings.little32(place - SegmentLayout.blockHeadSize + 4))
    }
    let end = blockCount > 1 ? Int(try postings.little32(place + 4)) : blocks.count
    guard start < end, end <= blocks.count else { throw Damage("a block outside its postings") }
    position = blocks.lowerBound + start
    blockEnd = blocks.lowerBound + end
    remaining = min(SegmentLayout.blockSize, documentFrequency - block * SegmentLayout.blockSize)
    isInside = true
    try readPosting(postings)
  }

  private mutating func readPosting(_ postings: Span<UInt8>) throws(Damage) {
    let first = try postings.varint(&position)
    shape = first & 3
    document += Int(first >> 2) + 1
    if shape == SegmentLayout.Shape.explicit {
      payload = position
      let mask = try postings.byte(position)
      position += 1
      if mask >= 0x80 {
        for _ in 0..<(mask & 0x7F).nonzeroBitCount { _ = try postings.varint(&position) }
      }
    }
    remaining -= 1
    guard position <= blockEnd, document <= blockLast,
      remaining > 0 || (position == blockEnd && (blockCount == 1 || document == blockLast))
    else { throw Damage("postings that do not fill their block") }
  }
}
