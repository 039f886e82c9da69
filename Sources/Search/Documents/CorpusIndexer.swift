public import Model
import Store
import Synchronization
public import SystemPackage

/// Builds an index of a neutral product file: mapped, read in slices by several threads, put together in order.
///
/// The index is the same for any number of threads: of equal SKUs the one that stands first in the file counts, and
/// everything else is ordered by its content. With a base, lines that it knows are not read again.
public struct CorpusIndexer: Sendable {
  /// The index.
  public let content: IndexContent
  /// Documents in it.
  public let documentCount: Int
  /// Lines that could not be read.
  public let refusedCount: Int
  /// Documents whose SKU stands in the file before, which are left out.
  public let repeatedCount: Int
  /// Why, for the first of the lines that could not be read.
  public let findings: [Finding]

  /// Reads and builds.
  ///
  /// - Parameters:
  ///   - path: The file, one JSON object a line.
  ///   - ranking: The numbers that scores will be made of.
  ///   - synonyms: Words that mean the same.
  ///   - threads: Slices that are read side by side; 1 or more.
  ///   - base: What changes may be put beside, from ``IndexStore/base(ranking:synonyms:limits:)``.
  ///   - limits: How much may change.
  /// - Throws: ``IndexError``, and `StoreError` for a file that cannot be read.
  public init(
    _ path: FilePath, ranking: Ranking = .standard, synonyms: Synonyms = .starter, threads: Int = 1,
    base: Segment? = nil, limits: IndexChanges.Limits = IndexChanges.Limits()
  ) async throws {
    let file = try MappedFile(path)
    let slices = file.withBytes { Self.slices($0, max(1, threads)) }
    if let base {
      let changes = CorpusChanges(file: file, path: path, base: base, limits: limits)
      if let found = try await changes.read(slices, ranking, synonyms) {
        content = .changes(found.changes)
        (documentCount, refusedCount) = (found.changes.documentCount, found.refusedCount)
        (repeatedCount, findings) = (found.repeatedCount, found.findings)
        return
      }
    }
    let results = try await SideBySide.map(Array(slices.enumerated())) { number, slice in
      try Self.read(slice, isFirst: number == 0, of: file, path.string, ranking, synonyms)
    }
    var (refused, read, lines, findings) = (0, 0, 0, [Finding]())
    var whole = try IndexBuilder(ranking: ranking, synonyms: synonyms, source: path.string)
    for (number, result) in results.enumerated() {
      refused += result.reader.refusedCount
      read += result.reader.documentCount
      for finding in result.reader.findings where findings.count < CorpusReader.maximumFindings {
        let line = finding.place.line.map { $0 + lines }
        findings.append(
          Finding(
            rule: finding.rule, severity: finding.severity,
            place: Place(path.string, line: line, column: finding.place.column), message: finding.message,
            hint: finding.hint))
      }
      lines += result.reader.lineCount
      guard let builder = result.take() else { continue }
      if number == 0 { whole = builder } else { try whole.absorb(builder) }
    }
    (documentCount, refusedCount) = (whole.count, refused)
    (repeatedCount, self.findings) = (read - whole.count, findings)
    content = .whole(try await whole.finish(threads: threads))
  }

  /// What a slice gave; the builder is taken out once.
  final class SliceResult: Sendable {
    let reader: CorpusReader
    /// Documents of the base that stand here with another content.
    let replaced: [Int]
    private let builder: Mutex<IndexBuilder?>

    init(_ reader: CorpusReader, _ builder: consuming sending IndexBuilder, replaced: [Int] = []) {
      (self.reader, self.replaced) = (reader, replaced)
      self.builder = Mutex(builder)
    }

    func take() -> IndexBuilder? {
      builder.withLock { builder in
        let taken = builder.take()
        return taken
      }
    }
  }

  /// Cuts a file behind newlines into slices of about the same size.
  private static func slices(_ bytes: Span<UInt8>, _ count: Int) -> [Range<Int>] {
    var (slices, start) = ([Range<Int>](), 0)
    for number in 1...count {
      var end = max(start, bytes.count * number / count)
      while end > 0, end < bytes.count, bytes[end - 1] != 0x0A { end += 1 }
      if end > start { slices.append(start..<end) }
      start = end
    }
    return slices
  }

  private static func read(
    _ slice: Range<Int>, isFirst: Bool, of file: MappedFile, _ source: String, _ ranking: Ranking,
    _ synonyms: Synonyms
  ) throws -> SliceResult {
    var builder = try IndexBuilder(ranking: ranking, synonyms: synonyms, source: source)
    var reader = CorpusReader(source: source, isFirst: isFirst)
    var start = slice.lowerBound
    while start < slice.upperBound {
      let end = min(slice.upperBound, start + 1 << 20)
      let piece = file.withBytes { bytes in
        unsafe bytes.extracting(start..<end).withUnsafeBufferPointer { unsafe Array($0) }
      }
      try reader.readSources(piece) { (document, fingerprint) throws(IndexError) in
        _ = try builder.add(document, fingerprint: fingerprint)
      }
      start = end
    }
    try reader.finishSources { (document, fingerprint) throws(IndexError) in
      _ = try builder.add(document, fingerprint: fingerprint)
    }
    return SliceResult(reader, builder)
  }
}
