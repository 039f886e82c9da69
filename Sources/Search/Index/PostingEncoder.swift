/// A document that has a term, and the number of the shape in which it has it.
struct Posting: Sendable {
  var document: UInt32
  var shape: UInt32
}

/// The distinct ways in which terms occur in documents: which fields, and how often in each.
///
/// Numbers are given as shapes come; ``ordered()`` gives those of the file, the most used first.
struct ShapeTable: Sendable {
  private var table = ByteTable()
  private(set) var uses: [Int] = []
  private var scratch: [UInt8] = []
  /// Numbers of the shapes of one field with few occurrences, plus one.
  private var small = [Int](repeating: 0, count: 128)

  /// The number of the shape of a document's tallies.
  mutating func number(_ group: ArraySlice<Tally>) -> Int {
    let only = group[group.startIndex]
    let isSmall = group.count == 1 && only.count < 16
    let key = only.field << 4 | only.count
    if isSmall, small[key] > 0 {
      uses[small[key] - 1] += 1
      return small[key] - 1
    }
    scratch.removeAll(keepingCapacity: true)
    var mask: UInt8 = 0
    for tally in group { mask |= 1 << UInt8(tally.field) }
    scratch.append(mask)
    for tally in group { scratch.appendVarint(UInt64(tally.count)) }
    let (number, isNew) = table.insert(scratch, scratch.indices)
    if isNew { uses.append(0) }
    uses[number] += 1
    if isSmall { small[key] = number + 1 }
    return number
  }

  /// Adds another table's shapes; gives the numbers that they have here.
  mutating func merge(_ other: ShapeTable) -> [UInt32] {
    (0..<other.table.count).map { number in
      let (own, isNew) = table.insert(other.table.bytes, other.table.range(number))
      if isNew { uses.append(0) }
      uses[own] += other.uses[number]
      return UInt32(own)
    }
  }

  /// The section, and the number in it of each shape.
  func ordered() -> (section: [UInt8], numbers: [UInt32]) {
    let order = uses.indices.sorted { one, other in
      uses[one] != uses[other]
        ? uses[one] > uses[other]
        : table.bytes[table.range(one)].lexicographicallyPrecedes(table.bytes[table.range(other)])
    }
    var (starts, bytes) = ([UInt8](), [UInt8]())
    var numbers = [UInt32](repeating: 0, count: order.count)
    starts.append32(UInt32(order.count))
    for (number, shape) in order.enumerated() {
      starts.append32(UInt32(truncatingIfNeeded: bytes.count))
      bytes += table.bytes[table.range(shape)]
      numbers[shape] = UInt32(number)
    }
    starts.append32(UInt32(truncatingIfNeeded: bytes.count))
    return (starts + bytes, numbers)
  }
}

/// Writes the postings of one term after the other.
struct PostingEncoder: Sendable {
  /// The postings section.
  private(set) var bytes: [UInt8] = []
  private var blocks: [UInt8] = []
  private var heads: [UInt8] = []
  private var palette: [UInt32] = []

  /// Appends a term's postings.
  ///
  /// - Parameters:
  ///   - postings: By rising document; not empty.
  ///   - maxima: For each block a number that no weighted frequency in it is above.
  ///   - shapes: The file's numbers of the shapes.
  /// - Returns: Where they start.
  mutating func append(_ postings: ArraySlice<Posting>, maxima: ArraySlice<Float>, shapes: [UInt32]) -> Int {
    let start = bytes.count
    let size = SegmentLayout.blockSize
    blocks.removeAll(keepingCapacity: true)
    heads.removeAll(keepingCapacity: true)
    var position = postings.startIndex
    var next = UInt32(0)
    for maximum in maxima {
      let end = min(position + size, postings.endIndex)
      if end - position == size {
        appendPacked(postings[position..<end], next, shapes)
      } else {
        appendRest(postings[position..<end], next, shapes)
      }
      let last = postings[end - 1].document
      next = last + 1
      position = end
      heads.append32(last)
      heads.append32(UInt32(truncatingIfNeeded: blocks.count))
      heads.append32(maximum.bitPattern)
    }
    // One block needs no head: the dictionary knows its size and its maximum.
    if maxima.count > 1 { bytes += heads }
    bytes += blocks
    return start
  }

  /// A full block: gaps in as few bits as the widest needs, then places in a list of the shapes that occur.
  private mutating func appendPacked(_ block: ArraySlice<Posting>, _ first: UInt32, _ shapes: [UInt32]) {
    var (next, widest) = (first, UInt32(0))
    palette.removeAll(keepingCapacity: true)
    for posting in block {
      widest |= posting.document - next
      next = posting.document + 1
      let shape = shapes[Int(posting.shape)]
      if !palette.contains(shape) { palette.append(shape) }
    }
    palette.sort()
    let width = 32 - widest.leadingZeroBitCount
    let places = SegmentLayout.paletteWidth(palette.count)
    blocks.append(UInt8(width))
    blocks.append(UInt8(palette.count - 1))
    for shape in palette { blocks.appendVarint(UInt64(shape)) }
    next = first
    var packer = BitPacker()
    for posting in block {
      packer.append(posting.document - next, width, to: &blocks)
      next = posting.document + 1
    }
    for posting in block where places > 0 {
      var place = 0
      while palette[place] != shapes[Int(posting.shape)] { place += 1 }
      packer.append(UInt32(place), places, to: &blocks)
    }
  }

  /// Fewer than a block: the gap and the first few shapes in one number, other shapes behind it.
  private mutating func appendRest(_ block: ArraySlice<Posting>, _ first: UInt32, _ shapes: [UInt32]) {
    var next = first
    for posting in block {
      let shape = shapes[Int(posting.shape)]
      let inner = min(shape, SegmentLayout.innerShapes)
      blocks.appendVarint(UInt64(posting.document - next) << 2 | UInt64(inner))
      if inner == SegmentLayout.innerShapes { blocks.appendVarint(UInt64(shape - inner)) }
      next = posting.document + 1
    }
  }

  /// Ends the section: whoever reads eight bytes at once finds them.
  mutating func finish() -> [UInt8] {
    bytes += [UInt8](repeating: 0, count: SegmentLayout.postingPadding)
    return bytes
  }
}

/// Puts numbers of a few bits side by side, the lowest bit first; 128 of any width fill whole bytes.
private struct BitPacker {
  private var bits: UInt64 = 0
  private var count = 0

  mutating func append(_ value: UInt32, _ width: Int, to bytes: inout [UInt8]) {
    bits |= UInt64(value) << UInt64(count)
    count += width
    while count >= 8 {
      bytes.append(UInt8(truncatingIfNeeded: bits))
      bits >>= 8
      count -= 8
    }
  }
}

/// How often a term occurs in one field of one document, packed.
struct Tally: Sendable {
  private let packed: UInt64

  /// Packs a count.
  ///
  /// - Parameters:
  ///   - document: Less than 2 to the power of 28.
  ///   - field: A field's number.
  ///   - count: 1 to 65,535.
  init(document: Int, field: Int, count: Int) {
    packed = UInt64(document) << 24 | UInt64(field) << 16 | UInt64(count)
  }

  /// The document's number.
  var document: Int { Int(packed >> 24) }
  /// The field's number.
  var field: Int { Int(packed >> 16 & 0xFF) }
  /// Occurrences.
  var count: Int { Int(packed & 0xFFFF) }
}
