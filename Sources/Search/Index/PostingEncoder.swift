/// Writes the postings of one term after the other.
struct PostingEncoder {
  /// The postings section.
  private(set) var bytes: [UInt8] = []
  private var blocks: [UInt8] = []
  private var heads: [UInt8] = []

  /// What the dictionary keeps of a term.
  struct Entry {
    let start: Int
    let documentFrequency: Int
    let maximum: Float
  }

  /// Appends a term's postings.
  ///
  /// - Parameters:
  ///   - tallies: Counts by document and field, both rising; not empty.
  ///   - frequency: The weighted frequency that a document's tallies add up to.
  /// - Returns: The term's entry.
  mutating func append(
    _ tallies: ArraySlice<Tally>, frequency: (ArraySlice<Tally>) -> Double
  ) -> Entry {
    let start = bytes.count
    blocks.removeAll(keepingCapacity: true)
    heads.removeAll(keepingCapacity: true)
    var (documents, inBlock, previous) = (0, 0, -1)
    var (blockMaximum, maximum) = (Float(0), Float(0))
    var position = tallies.startIndex
    while position < tallies.endIndex {
      let document = tallies[position].document
      var end = position + 1
      while end < tallies.endIndex, tallies[end].document == document { end += 1 }
      let group = tallies[position..<end]
      appendPosting(group, gap: document - previous - 1)
      blockMaximum = max(blockMaximum, Self.upperBound(frequency(group)))
      previous = document
      documents += 1
      inBlock += 1
      position = end
      if inBlock == SegmentLayout.blockSize || position == tallies.endIndex {
        heads.append32(UInt32(document))
        heads.append32(UInt32(truncatingIfNeeded: blocks.count))
        heads.append32(blockMaximum.bitPattern)
        maximum = max(maximum, blockMaximum)
        (inBlock, blockMaximum) = (0, 0)
      }
    }
    // One block needs no head: the dictionary knows its size and its maximum.
    if documents > SegmentLayout.blockSize { bytes += heads }
    bytes += blocks
    return Entry(start: start, documentFrequency: documents, maximum: maximum)
  }

  private mutating func appendPosting(_ group: ArraySlice<Tally>, gap: Int) {
    let shifted = UInt64(gap) << 2
    if group.count == 1, let only = group.first {
      if only.count == 1, let shape = Self.shape(only.field) {
        blocks.appendVarint(shifted | shape)
        return
      }
      if only.count <= 16 {
        blocks.appendVarint(shifted)
        blocks.append(UInt8(only.field) | UInt8(only.count - 1) << 3)
        return
      }
    }
    blocks.appendVarint(shifted)
    var mask: UInt8 = 0x80
    for tally in group { mask |= 1 << UInt8(tally.field) }
    blocks.append(mask)
    for tally in group { blocks.appendVarint(UInt64(tally.count)) }
  }

  private static func shape(_ field: Int) -> UInt64? {
    [
      SegmentLayout.Shape.titleOnce, SegmentLayout.Shape.characteristicsOnce,
      SegmentLayout.Shape.descriptionOnce,
    ].first { SegmentLayout.Shape.field($0) == field }
  }

  /// The least `Float` that is not below the value.
  private static func upperBound(_ value: Double) -> Float {
    let near = Float(value)
    return Double(near) < value ? near.nextUp : near
  }
}

/// How often a term occurs in one field of one document, packed.
struct Tally {
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
