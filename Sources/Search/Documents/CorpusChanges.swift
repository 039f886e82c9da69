import Store

/// Reads of a neutral product file only the lines that a base does not know.
struct CorpusChanges {
  /// A line that is not as in the base.
  struct Line {
    let range: Range<Int>
    /// Counted from 0 within its slice.
    let number: Int
    let fingerprint: Fingerprint
  }

  /// What a slice of the file holds.
  struct Slice {
    var lineCount = 0
    /// Documents of the base whose line stands here, and where.
    var kept: [(document: Int, place: Int)] = []
    var others: [Line] = []
  }

  /// Looks through a slice of a file.
  ///
  /// - Parameters:
  ///   - slice: Where; ends behind a newline or at the end of the file.
  ///   - file: The file.
  ///   - finder: Knows the base.
  ///   - limit: Most lines that may be others.
  /// - Returns: What it holds, or `nil` beyond the limit.
  /// - Throws: ``IndexError`` with code `damaged`.
  static func scan(
    _ slice: Range<Int>, of file: MappedFile, _ finder: ChangeFinder, limit: Int
  ) throws(IndexError) -> Slice? {
    try finder.base.reading { (base) throws(Damage) in
      try file.withBytes { (bytes) throws(Damage) in
        var found = Slice()
        var start = slice.lowerBound
        while start < slice.upperBound {
          let end = ByteSearch.first(0x0A, in: bytes, from: start) ?? slice.upperBound
          let line = bytes.extracting(start..<end)
          let fingerprint = Fingerprint(source: line)
          let known = try finder.document(fingerprint, base) { (_, sku) throws(Damage) in holds(line, sku) }
          if let known {
            found.kept.append((known, start))
          } else {
            found.others.append(Line(range: start..<end, number: found.lineCount, fingerprint: fingerprint))
            guard found.others.count <= limit else { return nil }
          }
          found.lineCount += 1
          start = end + 1
        }
        return found
      }
    }
  }

  /// Whether some bytes stand in a line.
  private static func holds(_ line: Span<UInt8>, _ bytes: [UInt8]) -> Bool {
    guard let first = bytes.first else { return false }
    var start = 0
    while let place = ByteSearch.first(first, in: line, from: start), place + bytes.count <= line.count {
      var length = 1
      while length < bytes.count, line[place + length] == bytes[length] { length += 1 }
      if length == bytes.count { return true }
      start = place + 1
    }
    return false
  }
}
