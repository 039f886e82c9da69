/// The postings of a run of terms, before they are written: documents, shapes, and the bounds of blocks.
struct PostingLists: Sendable {
  /// Term after term.
  private(set) var postings: [Posting] = []
  /// Where each term's postings start; one more than there are terms.
  private(set) var ends: [Int] = [0]
  /// For each block of each term the least `Float` that no weighted frequency in it is above.
  private(set) var maxima: [Float] = []
  private(set) var maximaEnds: [Int] = [0]
  /// The shapes that occur.
  private(set) var shapes = ShapeTable()

  /// Gathers the postings of some terms.
  ///
  /// - Parameters:
  ///   - terms: In their final order.
  ///   - columns: Tallies by term, document and field.
  ///   - starts: Where each term's tallies start.
  ///   - lengths: Eight a document.
  ///   - scoring: The arithmetic.
  init(
    _ terms: ArraySlice<Int>, _ columns: [Tally], _ starts: [Int], _ lengths: [UInt16], _ scoring: Scoring
  ) {
    postings.reserveCapacity(columns.count)
    ends.reserveCapacity(terms.count + 1)
    maximaEnds.reserveCapacity(terms.count + 1)
    for term in terms {
      let end = starts[term + 1]
      var (position, inBlock, maximum) = (starts[term], 0, 0.0)
      while position < end {
        let document = columns[position].document
        var (next, frequency) = (position, 0.0)
        while next < end, columns[next].document == document {
          let field = columns[next].field
          frequency += scoring.frequency(
            columns[next].count, field: field, length: Int(lengths[document * 8 + field]))
          next += 1
        }
        maximum = max(maximum, frequency)
        let shape = shapes.number(columns[position..<next])
        postings.append(Posting(document: UInt32(truncatingIfNeeded: document), shape: UInt32(shape)))
        inBlock += 1
        position = next
        if inBlock == SegmentLayout.blockSize || position == end {
          maxima.append(Self.upperBound(maximum))
          (inBlock, maximum) = (0, 0)
        }
      }
      ends.append(postings.count)
      maximaEnds.append(maxima.count)
    }
  }

  private static func upperBound(_ value: Double) -> Float {
    let near = Float(value)
    return Double(near) < value ? near.nextUp : near
  }
}
