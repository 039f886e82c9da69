/// One immutable index file, opened for reading.
///
/// Every place in the file is checked before it is read: a foreign, cut or changed file ends in an
/// ``IndexError``, whatever its bytes are. The page "Segment" describes the format.
public struct Segment: Sendable {
  /// How much is checked when a segment is opened.
  public enum Verification: Sendable, CaseIterable {
    /// Header, table and the checksum of every section; reads the whole file once.
    case full
    /// Header, table and the sizes that must fit each other.
    ///
    /// A change inside a section is then found when it is read, or gives a wrong answer, never a crash.
    case structure
  }

  /// What errors name.
  public let name: String
  /// Products and passages.
  public let documentCount: Int
  /// Distinct terms.
  public let termCount: Int
  /// The numbers that scores are made of.
  public let ranking: Ranking
  /// Lengths of the fields, by field number.
  let statistics: [FieldStatistics]
  /// The whole file.
  let bytes: [UInt8]
  private let sections: [Range<Int>]

  /// Opens a segment.
  ///
  /// - Parameters:
  ///   - bytes: The whole file.
  ///   - name: What errors name, like the file's path.
  ///   - verification: How much is checked now.
  /// - Throws: ``IndexError``: `foreign`, `version`, `damaged`.
  public init(
    opening bytes: [UInt8], name: String = "segment", verification: Verification = .full
  ) throws(IndexError) {
    do throws(Damage) {
      sections = try SegmentTable.sections(of: bytes.span, verification)
      let collection = try CollectionSection(
        bytes.span.extracting(sections[SegmentLayout.Section.collection.rawValue]))
      try collection.checkSizes(sections)
      (documentCount, termCount) = (collection.documentCount, collection.termCount)
      (ranking, statistics) = (collection.ranking, collection.statistics)
    } catch {
      throw error.error(in: name)
    }
    self.bytes = bytes
    self.name = name
  }

  /// Where a section lies in ``bytes``.
  func range(_ section: SegmentLayout.Section) -> Range<Int> { sections[section.rawValue] }
}

/// What the dictionary says about a term.
struct TermEntry {
  /// Where its postings lie in their section.
  let postings: Range<Int>
  /// Documents that have the term; 1 or more.
  let documentFrequency: Int
  /// No document's weighted frequency is above it.
  let maximum: Double
}

extension Segment {
  /// Looks a term up, by halving.
  ///
  /// - Parameter term: UTF-8 of an analyzed term.
  /// - Returns: Its entry, or `nil` when no document has it.
  /// - Throws: ``Damage``.
  func entry(of term: Span<UInt8>) throws(Damage) -> TermEntry? {
    let entries = bytes.span.extracting(range(.terms))
    let texts = bytes.span.extracting(range(.termTexts))
    var (low, high) = (0, termCount)
    while low < high {
      let middle = (low + high) / 2
      switch Self.compare(term, texts.extracting(try Self.textRange(middle, entries, texts.count))) {
      case 0: return try entry(middle, entries)
      case ..<0: high = middle
      default: low = middle + 1
      }
    }
    return nil
  }

  private func entry(_ number: Int, _ entries: Span<UInt8>) throws(Damage) -> TermEntry {
    let place = number * SegmentLayout.termEntrySize
    let start = Int(try entries.little32(place + 4))
    let end = Int(try entries.little32(place + SegmentLayout.termEntrySize + 4))
    let documentFrequency = Int(try entries.little32(place + 8))
    let maximum = Double(Float(bitPattern: try entries.little32(place + 12)))
    guard start < end, end <= range(.postings).count, (1...documentCount).contains(documentFrequency),
      maximum.isFinite, maximum >= 0
    else { throw Damage("term \(number) points outside the postings") }
    return TermEntry(postings: start..<end, documentFrequency: documentFrequency, maximum: maximum)
  }

  private static func textRange(
    _ number: Int, _ entries: Span<UInt8>, _ limit: Int
  ) throws(Damage) -> Range<Int> {
    let start = Int(try entries.little32(number * SegmentLayout.termEntrySize))
    let end = Int(try entries.little32((number + 1) * SegmentLayout.termEntrySize))
    guard start <= end, end <= limit else { throw Damage("term \(number) has no text") }
    return start..<end
  }

  /// Byte order: less than 0 when the first comes first.
  private static func compare(_ one: Span<UInt8>, _ other: Span<UInt8>) -> Int {
    for index in 0..<min(one.count, other.count) where one[index] != other[index] {
      return Int(one[index]) - Int(other[index])
    }
    return one.count - other.count
  }
}
