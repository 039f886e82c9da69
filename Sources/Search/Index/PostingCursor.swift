/// A place in the postings of one term; moves forward only.
///
/// Whole blocks are passed over by their heads; a block that is entered is unpacked at once. Each number that comes
/// out of the file is checked, so that a damaged posting ends in ``Damage``. The postings section is handed to
/// every call, because a span cannot be kept. Plain bits: nothing is counted when it is moved about; what is unpacked
/// lies in a ``PostingRoom``, which must live as long as the cursor.
@safe struct PostingCursor {
  /// The document at this place; `Int.max` behind the last one.
  private(set) var document = -1
  /// No document of the current block has a higher weighted frequency.
  private(set) var blockMaximum: Double
  /// The last document of the current block.
  private(set) var blockLast: Int

  private let documentCount: Int
  private let documentFrequency: Int
  private let blockCount: Int
  private let heads: Int
  private let blocks: Range<Int>

  /// The current block.
  private(set) var block = 0
  private var isInside = false
  private var index = 0
  private var count = 0
  /// 128 numbers; every index that is used is below ``count``, or below the block's size.
  private let documents: UnsafeMutablePointer<UInt32>
  /// Of a full block the shapes that occur, otherwise the postings' shapes; 128 numbers.
  private let shapes: UnsafeMutablePointer<UInt32>
  /// Bits of a place among the shapes; -1 where each posting has its own.
  private var placeWidth = -1
  private var places = 0
  /// The block whose shapes' scores stand in the row of a window.
  private var valued = -1

  /// Stands on a term's first posting.
  ///
  /// - Parameters:
  ///   - entry: The term's entry in the dictionary.
  ///   - postings: The postings section.
  ///   - documentCount: Documents in the segment.
  ///   - room: Where blocks are unpacked.
  ///   - place: Which part of the room is this cursor's own.
  /// - Throws: ``Damage``.
  init(
    _ entry: TermEntry, _ postings: Span<UInt8>, documentCount: Int, _ room: PostingRoom, _ place: Int
  ) throws(Damage) {
    precondition(place >= 0 && place < room.count)
    unsafe documents = room.numbers + place * 256
    unsafe shapes = room.numbers + (place * 256 + 128)
    self.documentCount = documentCount
    documentFrequency = entry.documentFrequency
    let size = SegmentLayout.blockSize
    blockCount = (documentFrequency + size - 1) / size
    heads = entry.postings.lowerBound
    let headsSize = blockCount > 1 ? blockCount * SegmentLayout.blockHeadSize : 0
    guard headsSize < entry.postings.count,
      entry.postings.upperBound <= postings.count - SegmentLayout.postingPadding
    else { throw Damage("postings without room for their blocks") }
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
  @inline(__always)
  mutating func next(_ postings: Span<UInt8>) throws(Damage) {
    index += 1
    if index < count {
      document = Int(unsafe documents[index])
    } else {
      try nextBlock(postings)
    }
  }

  /// Adds what postings of the current block could score to the sums of a window.
  ///
  /// - Parameters:
  ///   - end: The first document behind the window.
  ///   - row: The window, which begins at or before the current document.
  ///   - factor: What the bounds are multiplied with.
  ///   - shapeBounds: By shape.
  ///   - postings: The postings section.
  /// - Returns: Whether the block came to its end first: then it has to be passed. If not, the current document is the first one
  ///   behind the window.
  /// - Throws: ``Damage``.
  mutating func add(
    before end: Int, _ row: WindowRow, _ factor: Double, _ shapeBounds: [Double], _ postings: Span<UInt8>
  ) throws(Damage) -> Bool {
    guard document < end else { return false }
    precondition(row.base <= document && end <= row.base + WindowRoom.size)
    if placeWidth < 0 {
      while index < count, Int(unsafe documents[index]) < end {
        let shape = Int(unsafe shapes[index])
        guard shape < shapeBounds.count else { throw Damage("a shape that does not exist") }
        add(index, UInt32(shape), Self.roundedUp(factor * shapeBounds[shape]), row)
        index += 1
      }
    } else {
      if valued != block {
        for entry in 0..<(1 << placeWidth) {
          let shape = Int(unsafe shapes[entry])
          // A place that leads to no shape makes a document that is looked at closely, and that is when the damage is found.
          unsafe row.values[entry] =
            shape < shapeBounds.count ? Self.roundedUp(factor * shapeBounds[shape]) : .infinity
        }
        valued = block
      }
      let mask = 1 << placeWidth - 1
      while index < count, Int(unsafe documents[index]) < end {
        let bit = index * placeWidth
        // Two bytes hold any place; the section goes on behind its last block.
        let place =
          placeWidth == 0 ? 0 : Int(try postings.little16(places + bit >> 3) >> UInt16(bit & 7)) & mask
        unsafe add(index, shapes[place], row.values[place], row)
        index += 1
      }
    }
    guard index < count else { return true }
    document = Int(unsafe documents[index])
    return false
  }

  @inline(__always)
  private func add(_ index: Int, _ shape: UInt32, _ value: Float, _ row: WindowRow) {
    let place = Int(unsafe documents[index]) - row.base
    unsafe row.sums[place] += value
    unsafe row.masks[place] |= row.bit
    unsafe row.shapes[place] = shape
  }

  /// A number of half the size that is not below.
  private static func roundedUp(_ value: Double) -> Float { Float(value).nextUp }

  /// Moves to the head of the next block, whose documents are not known before ``enter(_:)``.
  ///
  /// - Parameter postings: The postings section.
  /// - Throws: ``Damage``.
  mutating func passBlock(_ postings: Span<UInt8>) throws(Damage) {
    guard block + 1 < blockCount else {
      document = .max
      return
    }
    block += 1
    isInside = false
    try readHead(postings)
  }

  /// Stands on the first posting of a block whose head was moved to.
  ///
  /// - Parameter postings: The postings section.
  /// - Throws: ``Damage``.
  mutating func enter(_ postings: Span<UInt8>) throws(Damage) {
    if !isInside, document < .max { try enterBlock(postings) }
  }

  private mutating func nextBlock(_ postings: Span<UInt8>) throws(Damage) {
    if block + 1 < blockCount {
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
  @inline(__always)
  mutating func moveBlock(to target: Int, _ postings: Span<UInt8>) throws(Damage) {
    if blockLast < target { try skipBlocks(to: target, postings) }
  }

  private mutating func skipBlocks(to target: Int, _ postings: Span<UInt8>) throws(Damage) {
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
    guard document < target else { return }
    // Steps that double, then halves.
    var (low, step) = (index, 1)
    while low + step < count, Int(unsafe documents[low + step]) < target {
      low += step
      step *= 2
    }
    var high = min(count, low + step)
    while low + 1 < high {
      let middle = (low + high) / 2
      if Int(unsafe documents[middle]) < target { low = middle } else { high = middle }
    }
    index = high - 1
    try next(postings)
  }

  /// The number of the shape in which the current document has the term.
  ///
  /// - Parameter postings: The postings section.
  /// - Returns: A number, which need not exist in a damaged file.
  /// - Throws: ``Damage``.
  @inline(__always)
  func shape(_ postings: Span<UInt8>) throws(Damage) -> Int {
    guard placeWidth >= 0 else { return Int(unsafe shapes[index]) }
    guard placeWidth > 0 else { return Int(unsafe shapes[0]) }
    let bit = index * placeWidth
    // Two bytes hold any place; the section goes on behind its last block.
    let pair = try postings.little16(places + bit >> 3)
    return Int(unsafe shapes[Int(pair >> UInt16(bit & 7)) & (1 << placeWidth - 1)])
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

  /// Unpacks the current block and stands on its first posting.
  private mutating func enterBlock(_ postings: Span<UInt8>) throws(Damage) {
    let place = heads + block * SegmentLayout.blockHeadSize
    var (start, first) = (0, 0)
    if block > 0 {
      first = Int(try postings.little32(place - SegmentLayout.blockHeadSize)) + 1
      start = Int(try postings.little32(place - SegmentLayout.blockHeadSize + 4))
    }
    let end = blockCount > 1 ? Int(try postings.little32(place + 4)) : blocks.count
    guard start < end, end <= blocks.count, first <= documentCount else {
      throw Damage("a block outside its postings")
    }
    let range = (blocks.lowerBound + start)..<(blocks.lowerBound + end)
    count = min(SegmentLayout.blockSize, documentFrequency - block * SegmentLayout.blockSize)
    if count == SegmentLayout.blockSize {
      try unpack(postings, range, first)
    } else {
      try readRest(postings, range, first)
    }
    let last = Int(unsafe documents[count - 1])
    guard last <= blockLast, blockCount == 1 || last == blockLast else {
      throw Damage("postings that do not fill their block")
    }
    isInside = true
    index = 0
    document = Int(unsafe documents[0])
  }

  private mutating func unpack(
    _ postings: Span<UInt8>, _ range: Range<Int>, _ first: Int
  ) throws(Damage) {
    var place = range.lowerBound
    let width = Int(try postings.byte(place))
    let size = Int(try postings.byte(place + 1)) + 1
    place += 2
    guard width <= 28, size <= SegmentLayout.blockSize else { throw Damage("a block that cannot be") }
    for entry in 0..<size {
      unsafe shapes[entry] = UInt32(truncatingIfNeeded: try postings.varint(&place))
    }
    placeWidth = SegmentLayout.paletteWidth(size)
    // Places beyond the last shape must not lead to shapes of an earlier block.
    for entry in size..<max(size, 1 << placeWidth) { unsafe shapes[entry] = .max }
    places = place + width * 16
    guard places + placeWidth * 16 == range.upperBound else {
      throw Damage("postings that do not fill their block")
    }
    let mask = UInt64(1) << UInt64(width) - 1
    var (next, bit) = (UInt64(first), place * 8)
    for entry in 0..<SegmentLayout.blockSize {
      next += postings.eight(bit >> 3) >> UInt64(bit & 7) & mask
      unsafe documents[entry] = UInt32(truncatingIfNeeded: next)
      next += 1
      bit += width
    }
    // 128 gaps of 28 bits stay below 2^36; what passes the last document must not be cut to fit.
    guard next <= UInt64(documentCount) else { throw Damage("postings of documents that do not exist") }
  }

  private mutating func readRest(
    _ postings: Span<UInt8>, _ range: Range<Int>, _ first: Int
  ) throws(Damage) {
    placeWidth = -1
    var (place, next) = (range.lowerBound, UInt64(first))
    for entry in 0..<count {
      let number = try postings.varint(&place)
      next += number >> 2
      guard next < UInt64(documentCount), place <= range.upperBound else {
        throw Damage("postings that do not fill their block")
      }
      unsafe documents[entry] = UInt32(truncatingIfNeeded: next)
      next += 1
      var shape = number & 3
      if shape == UInt64(SegmentLayout.innerShapes) { shape &+= try postings.varint(&place) }
      unsafe shapes[entry] = UInt32(truncatingIfNeeded: min(shape, UInt64(UInt32.max)))
    }
    guard place == range.upperBound else { throw Damage("postings that do not fill their block") }
  }
}

/// Room for the blocks that cursors stand in: documents and shapes, 128 numbers each.
@safe final class PostingRoom {
  /// Cursors that find room.
  let count: Int
  fileprivate let numbers: UnsafeMutablePointer<UInt32>

  /// Makes room.
  ///
  /// - Parameter count: For so many cursors.
  init(_ count: Int) {
    self.count = count
    unsafe numbers = .allocate(capacity: max(1, count) * 256)
    unsafe numbers.initialize(repeating: 0, count: max(1, count) * 256)
  }

  deinit { unsafe numbers.deallocate() }
}
