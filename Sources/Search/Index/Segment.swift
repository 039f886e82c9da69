import Store

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
  /// Where the lengths of each field lie.
  let lengths: LengthSection
  /// In which fields terms occur.
  let shapes: ShapeSection
  private let bytes: SegmentBytes
  private let sections: [Range<Int>]

  /// Opens a segment that is in memory.
  ///
  /// - Parameters:
  ///   - bytes: The whole file.
  ///   - name: What errors name, like the file's path.
  ///   - verification: How much is checked now.
  /// - Throws: ``IndexError``: `foreign`, `version`, `damaged`.
  public init(
    opening bytes: [UInt8], name: String = "segment", verification: Verification = .full
  ) throws(IndexError) {
    try self.init(.memory(bytes), name: name, verification: verification)
  }

  /// Opens a segment, wherever its bytes are.
  init(_ bytes: SegmentBytes, name: String, verification: Verification) throws(IndexError) {
    let opened:
      (sections: [Range<Int>], collection: CollectionSection, lengths: LengthSection, shapes: ShapeSection)
    do throws(Damage) {
      opened = try bytes.withSpan { (span) throws(Damage) in
        let sections = try SegmentTable.sections(of: span, verification)
        let collection = try CollectionSection(
          span.extracting(sections[SegmentLayout.Section.collection.rawValue]))
        try collection.checkSizes(sections)
        let lengths = try LengthSection(
          sections[SegmentLayout.Section.lengths.rawValue], span, documentCount: collection.documentCount)
        let shapes = try ShapeSection(sections[SegmentLayout.Section.shapes.rawValue], span)
        return (sections, collection, lengths, shapes)
      }
    } catch {
      throw error.error(in: name)
    }
    let collection = opened.collection
    (sections, lengths, shapes) = (opened.sections, opened.lengths, opened.shapes)
    (documentCount, termCount) = (collection.documentCount, collection.termCount)
    (ranking, statistics) = (collection.ranking, collection.statistics)
    self.bytes = bytes
    self.name = name
  }

  /// Length of the file.
  public var byteCount: Int { bytes.count }

  /// Where a section lies in the file.
  func range(_ section: SegmentLayout.Section) -> Range<Int> { sections[section.rawValue] }

  /// Lends the whole file.
  func withBytes<Result, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try bytes.withSpan(body)
  }

  /// Lends the whole file; damage becomes an error that names it.
  func reading<Result>(_ body: (Span<UInt8>) throws(Damage) -> Result) throws(IndexError) -> Result {
    do throws(Damage) { return try bytes.withSpan(body) } catch { throw error.error(in: name) }
  }
}

/// The bytes of a segment: in memory, or mapped from a file.
enum SegmentBytes: Sendable {
  case memory([UInt8])
  case mapped(MappedFile)

  var count: Int {
    switch self {
    case .memory(let bytes): bytes.count
    case .mapped(let file): file.count
    }
  }

  func withSpan<Result, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    switch self {
    case .memory(let bytes): try body(bytes.span)
    case .mapped(let file): try file.withBytes(body)
    }
  }
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
  /// - Parameters:
  ///   - term: UTF-8 of an analyzed term.
  ///   - file: The whole file.
  /// - Returns: Its number, or `nil` when no document has it.
  /// - Throws: ``Damage``.
  func termNumber(_ term: Span<UInt8>, in file: Span<UInt8>) throws(Damage) -> Int? {
    let place = try place(of: term, in: file)
    guard place < termCount else { return nil }
    let entries = file.extracting(range(.terms))
    let texts = file.extracting(range(.termTexts))
    guard Self.compare(term, texts.extracting(try Self.textRange(place, entries, texts.count))) == 0 else {
      return nil
    }
    return place
  }

  /// The number of the first term that is not before the given bytes; the number of terms when all are.
  func place(of bytes: Span<UInt8>, in file: Span<UInt8>) throws(Damage) -> Int {
    let entries = file.extracting(range(.terms))
    let texts = file.extracting(range(.termTexts))
    var (low, high) = (0, termCount)
    while low < high {
      let middle = (low + high) / 2
      if Self.compare(bytes, texts.extracting(try Self.textRange(middle, entries, texts.count))) > 0 {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }

  /// The text of a term by its number.
  func termText(_ number: Int, in file: Span<UInt8>) throws(Damage) -> [UInt8] {
    guard number >= 0, number < termCount else { throw Damage("a term that does not exist") }
    let texts = file.extracting(range(.termTexts))
    let place = try Self.textRange(number, file.extracting(range(.terms)), texts.count)
    var text: [UInt8] = []
    for index in place { text.append(texts[index]) }
    return text
  }

  /// The entry of a term by its number.
  func entry(_ number: Int, in file: Span<UInt8>) throws(Damage) -> TermEntry {
    guard number >= 0, number < termCount else { throw Damage("a term that does not exist") }
    let entries = file.extracting(range(.terms))
    let place = number * SegmentLayout.termEntrySize
    let start = Int(try entries.little32(place + 4))
    let end = Int(try entries.little32(place + SegmentLayout.termEntrySize + 4))
    let documentFrequency = Int(try entries.little32(place + 8))
    let maximum = Double(Float(bitPattern: try entries.little32(place + 12)))
    guard start < end, end <= range(.postings).count, documentFrequency >= 1,
      documentFrequency <= documentCount, maximum.isFinite, maximum >= 0
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
