import Model
import Store
import SystemPackage

/// Reads of a neutral product file only the lines that a base does not know.
struct CorpusChanges: Sendable {
  let file: MappedFile
  let path: FilePath
  let base: Segment
  let limits: IndexChanges.Limits

  /// What has changed, and which lines could not be read.
  struct Found {
    let changes: IndexChanges
    var refusedCount = 0
    var repeatedCount = 0
    var findings: [Finding] = []
  }

  /// Finds what has changed.
  ///
  /// - Parameters:
  ///   - slices: The file in parts, one for each thread.
  ///   - ranking: The numbers that scores will be made of.
  ///   - synonyms: Words that mean the same.
  /// - Returns: What has changed, or `nil` when it is too much; the same for any slices.
  /// - Throws: ``IndexError``.
  func read(_ slices: [Range<Int>], _ ranking: Ranking, _ synonyms: Synonyms) async throws -> Found? {
    let finder = try ChangeFinder(base)
    let limit = Int(limits.share * Double(base.documentCount))
    let found = try await SideBySide.map(slices) {
      try Self.scan($0, of: file, finder, limit: limit)
    }
    var (lines, lineCount, documentCount) = ([Line](), 0, 0)
    var collector = ChangeCollector(
      base, limits, try IndexBuilder(ranking: ranking, synonyms: synonyms, source: path.string))
    for slice in found {
      guard let slice else { return nil }
      for (document, place) in slice.kept { collector.keep(document, at: place) }
      documentCount += slice.kept.count
      lines += slice.others.map {
        Line(range: $0.range, number: lineCount + $0.number, fingerprint: $0.fingerprint)
      }
      lineCount += slice.lineCount
    }
    let share = (lines.count + slices.count - 1) / max(1, slices.count)
    let shares = stride(from: 0, to: lines.count, by: max(1, share)).map {
      lines[$0..<min(lines.count, $0 + share)]
    }
    let places = collector.places
    let results = try await SideBySide.map(shares) {
      try read($0, places, ranking, synonyms)
    }
    var (refused, findings) = (0, [Finding]())
    for result in results {
      refused += result.reader.refusedCount
      documentCount += result.reader.documentCount
      findings += result.reader.findings.prefix(CorpusReader.maximumFindings - findings.count)
      if let builder = result.take() { try collector.absorb(builder, replacing: result.replaced) }
    }
    guard let changes = try await collector.finish(threads: slices.count) else { return nil }
    return Found(
      changes: changes, refusedCount: refused, repeatedCount: documentCount - changes.documentCount,
      findings: findings)
  }

  /// Reads some of the lines that are not as in the base.
  ///
  /// - Parameters:
  ///   - lines: Some of them, rising.
  ///   - places: As ``ChangeCollector/places``.
  ///   - ranking: The numbers that scores will be made of.
  ///   - synonyms: Words that mean the same.
  /// - Returns: The reader, the documents and what they replace.
  /// - Throws: ``IndexError``.
  private func read(
    _ lines: ArraySlice<Line>, _ places: [Int], _ ranking: Ranking, _ synonyms: Synonyms
  ) throws -> CorpusIndexer.SliceResult {
    var builder = try IndexBuilder(ranking: ranking, synonyms: synonyms, source: path.string)
    var (reader, replaced) = (CorpusReader(source: path.string), [Int]())
    for line in lines {
      let bytes = file.withBytes { bytes in
        unsafe bytes.extracting(line.range).withUnsafeBufferPointer { unsafe Array($0) }
      }
      try reader.readLine(bytes, number: line.number + 1) { document throws(IndexError) in
        if let number = try base.number(ofSKU: document.sku, kind: document.kind) {
          // Of equal SKUs the one that stands first counts.
          guard places[number] > line.range.lowerBound else { return }
          replaced.append(number)
        }
        _ = try builder.add(document, fingerprint: line.fingerprint)
      }
    }
    return CorpusIndexer.SliceResult(reader, builder, replaced: replaced)
  }

  /// A line that is not as in the base.
  struct Line {
    let range: Range<Int>
    /// Counted from 0, within its slice while that is looked through, then within the file.
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
