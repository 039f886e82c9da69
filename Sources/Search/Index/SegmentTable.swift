import Store

/// Reads and judges header and section table.
enum SegmentTable {
  /// Where the sections lie, by number.
  ///
  /// - Parameters:
  ///   - file: The whole file.
  ///   - verification: Whether the sections' checksums are compared now.
  /// - Returns: A range for each section, in the order of the file.
  /// - Throws: ``Damage``, also for a byte that belongs to no section and is not zero.
  static func sections(
    of file: Span<UInt8>, _ verification: Segment.Verification
  ) throws(Damage) -> [Range<Int>] {
    try checkHeader(file)
    let all = SegmentLayout.Section.allCases
    var end = SegmentLayout.headerSize + all.count * SegmentLayout.entrySize
    var ranges: [Range<Int>] = []
    for section in all {
      let place = SegmentLayout.headerSize + section.rawValue * SegmentLayout.entrySize
      for (offset, letter) in section.tag.enumerated() where try file.byte(place + offset) != letter {
        throw Damage("section \(section.name) is not where it should be")
      }
      let start = try file.length(place + 8)
      let count = try file.length(place + 16)
      guard start == SegmentWriter.aligned(end), start <= file.count, count <= file.count - start else {
        throw Damage("section \(section.name) lies outside the file")
      }
      for position in end..<start where file[position] != 0 {
        throw Damage("there are bytes before section \(section.name) that belong to nothing")
      }
      end = start + count
      ranges.append(start..<end)
      if verification == .full {
        guard CRC32C.checksum(file.extracting(start..<end)) == (try file.little32(place + 4)) else {
          throw Damage("section \(section.name) fails its checksum")
        }
      }
    }
    guard end == file.count else { throw Damage("there are bytes behind the last section") }
    return ranges
  }

  private static func checkHeader(_ file: Span<UInt8>) throws(Damage) {
    let magic = SegmentLayout.magic
    for index in 0..<min(magic.count, file.count) where file[index] != magic[index] {
      throw Damage("not a segment of a search index", code: .foreign)
    }
    guard file.count >= magic.count + 4 else { throw Damage("cut after \(file.count) bytes") }
    let format = try file.little32(8)
    guard format == SegmentLayout.format else {
      throw Damage(
        "segment format \(format); this program knows format \(SegmentLayout.format)", code: .version)
    }
    let count = SegmentLayout.Section.allCases.count
    let tableEnd = SegmentLayout.headerSize + count * SegmentLayout.entrySize
    guard file.count >= tableEnd else { throw Damage("cut after \(file.count) bytes") }
    var covered: [UInt8] = []
    for index in 0..<tableEnd where !(28..<32).contains(index) { covered.append(file[index]) }
    guard CRC32C.checksum(covered.span) == (try file.little32(28)) else {
      throw Damage("header and section table fail their checksum")
    }
    guard try file.little32(12) == 0, try file.little32(24) == UInt32(count) else {
      throw Damage("flags or a number of sections that format \(format) does not have")
    }
    let length = try file.length(16)
    guard length == file.count else {
      throw Damage("\(file.count) bytes where the header promises \(length)")
    }
  }
}

/// The section with the numbers about the whole collection.
struct CollectionSection {
  let documentCount: Int
  let termCount: Int
  let ranking: Ranking
  let statistics: [FieldStatistics]

  /// Reads the section.
  ///
  /// - Parameter section: Its bytes.
  /// - Throws: ``Damage``; with code `version` for terms made by other rules.
  init(_ section: Span<UInt8>) throws(Damage) {
    let analysis = try section.little32(0)
    guard analysis == UInt32(Analyzer.version) else {
      throw Damage(
        "terms made by analysis rules \(analysis); this program has rules \(Analyzer.version)",
        code: .version)
    }
    documentCount = Int(try section.little32(4))
    termCount = Int(try section.little32(8))
    let fieldCount = Field.allCases.count
    guard documentCount <= SegmentLayout.maximumDocuments,
      try section.little32(12) == UInt32(fieldCount),
      try section.little32(16) == UInt32(SegmentLayout.blockSize), try section.little32(20) == 0,
      section.count == SegmentLayout.collectionSize + fieldCount * SegmentLayout.fieldSize
    else { throw Damage("numbers about the collection that cannot be") }
    var statistics: [FieldStatistics] = []
    var ranking = Ranking(
      saturation: Double(bitPattern: try section.little64(24)), weights: [])
    ranking.coverage = Double(bitPattern: try section.little64(32))
    var boosts: [Double] = []
    for index in 0..<SegmentLayout.boostCount {
      boosts.append(Double(bitPattern: try section.little64(40 + index * 8)))
    }
    ranking.boosts = Ranking.Boosts(values: boosts)
    for field in 0..<fieldCount {
      let place = SegmentLayout.collectionSize + field * SegmentLayout.fieldSize
      let documents = try section.length(place)
      let totalLength = try section.length(place + 8)
      guard documents <= documentCount, totalLength <= documents * SegmentLayout.maximumLength,
        totalLength >= documents
      else { throw Damage("lengths of field \(field) that cannot be") }
      statistics.append(FieldStatistics(documents: documents, totalLength: totalLength))
      ranking.fields[field] = Ranking.FieldRanking(
        weight: Double(bitPattern: try section.little64(place + 16)),
        lengthShare: Double(bitPattern: try section.little64(place + 24)))
    }
    guard ranking.isSound else { throw Damage("a ranking that cannot be") }
    (self.ranking, self.statistics) = (ranking, statistics)
  }

  /// Compares the sections' sizes with the numbers.
  ///
  /// - Parameter sections: By number.
  /// - Throws: ``Damage``.
  func checkSizes(_ sections: [Range<Int>]) throws(Damage) {
    var expected: [(SegmentLayout.Section, Int)] = [
      (.terms, (termCount + 1) * SegmentLayout.termEntrySize),
      (.marks, documentCount),
      (.documentStarts, (documentCount + 1) * 4),
      (.fingerprints, documentCount * SegmentLayout.fingerprintSize),
    ]
    let words = sections[SegmentLayout.Section.wordLetters.rawValue].count / 4
    expected += [
      (.words, words * SegmentLayout.wordSize), (.wordLetters, words * 4), (.wordSounds, words * 4),
      (.wordStarts, (2 * SegmentLayout.wordLengths + 1) * 4),
    ]
    for (section, size) in expected where sections[section.rawValue].count != size {
      throw Damage("section \(section.name) has not the size that the collection needs")
    }
  }
}
