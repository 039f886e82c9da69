import Store

/// What of a base segment does not count any more, and how the documents of a segment of changes stand between its own.
///
/// Read from a small file with a checksum; the page "Removed-format" describes it byte by byte.
struct RemovedDocuments: Sendable {
  /// Not text, survives no change of line ends, and names us.
  static let magic: [UInt8] = [0x8B, 0x4B, 0x53, 0x52, 0x0D, 0x0A, 0x1A, 0x0A]
  /// The number of this format.
  static let format: UInt32 = 1
  private static let headSize = 64 + Field.allCases.count * 16

  /// Numbers in the base of documents that do not count, rising.
  let documents: [UInt32]
  /// For each document of the changes the number in the base before which it stands; not falling.
  let positions: [UInt32]
  /// Numbers in the base's dictionary of terms that such documents have, rising, each with how many of them.
  let terms: [(term: UInt32, documents: UInt32)]
  /// By field: how many such documents have it, and the sum of its lengths in them.
  let statistics: [FieldStatistics]

  /// What a segment is known by: its length, and the checksum of header and section table.
  struct Identity: Sendable, Equatable {
    let length: UInt64
    let checksum: UInt32
  }

  /// Puts the numbers together.
  init(
    documents: [UInt32], positions: [UInt32], terms: [(term: UInt32, documents: UInt32)],
    statistics: [FieldStatistics]
  ) {
    (self.documents, self.positions) = (documents, positions)
    (self.terms, self.statistics) = (terms, statistics)
  }

  /// The file.
  ///
  /// - Parameters:
  ///   - base: What the numbers are about.
  ///   - changes: What comes instead.
  /// - Returns: Its bytes.
  func bytes(base: Identity, changes: Identity) -> [UInt8] {
    var bytes = Self.magic
    bytes.append32(Self.format)
    bytes.append32(0)
    let length =
      Self.headSize + documents.count * 4 + positions.count * 4 + terms.count * 8 + 4
    bytes.append64(UInt64(length))
    bytes.append64(base.length)
    bytes.append32(base.checksum)
    bytes.append32(changes.checksum)
    bytes.append64(changes.length)
    bytes.append32(UInt32(documents.count))
    bytes.append32(UInt32(positions.count))
    bytes.append32(UInt32(terms.count))
    bytes.append32(UInt32(statistics.count))
    for field in statistics {
      bytes.append64(UInt64(field.documents))
      bytes.append64(UInt64(field.totalLength))
    }
    for document in documents { bytes.append32(document) }
    for position in positions { bytes.append32(position) }
    for (term, count) in terms {
      bytes.append32(term)
      bytes.append32(count)
    }
    bytes.append32(CRC32C.checksum(bytes.span))
    return bytes
  }

  /// Reads the file; everything in it is checked.
  ///
  /// - Parameters:
  ///   - file: All of its bytes.
  ///   - base: The segment that it must be about.
  ///   - changes: The segment that it must be made with.
  /// - Throws: ``Damage``: `foreign`, `version`, `damaged`.
  init(_ file: Span<UInt8>, base: Segment, changes: Segment) throws(Damage) {
    for index in 0..<min(Self.magic.count, file.count) where file[index] != Self.magic[index] {
      throw Damage("not a list of removed documents", code: .foreign)
    }
    guard file.count >= Self.magic.count + 4 else { throw Damage("cut after \(file.count) bytes") }
    let format = try file.little32(8)
    guard format == Self.format else {
      throw Damage(
        "format \(format) of removed documents; this program knows format \(Self.format)", code: .version)
    }
    guard file.count >= Self.headSize + 4, try file.length(16) == file.count else {
      throw Damage("\(file.count) bytes where the header promises another number")
    }
    let end = file.count - 4
    guard CRC32C.checksum(file.extracting(0..<end)) == (try file.little32(end)) else {
      throw Damage("removed documents fail their checksum")
    }
    let counts = [try file.little32(48), try file.little32(52), try file.little32(56)].map { Int($0) }
    guard try file.little32(12) == 0, try file.little32(60) == UInt32(Field.allCases.count),
      end == Self.headSize + counts[0] * 4 + counts[1] * 4 + counts[2] * 8
    else { throw Damage("numbers of removed documents that cannot be") }
    let isOfBase = try Identity(length: file.little64(24), checksum: file.little32(32)) == base.identity()
    let isOfChanges =
      try Identity(length: file.little64(40), checksum: file.little32(36)) == changes.identity()
    guard isOfBase, isOfChanges else { throw Damage("removed documents of other segments") }
    var place = Self.headSize
    func numbers(_ count: Int) throws(Damage) -> [UInt32] {
      var numbers: [UInt32] = []
      numbers.reserveCapacity(count)
      for _ in 0..<count {
        numbers.append(try file.little32(place))
        place += 4
      }
      return numbers
    }
    documents = try numbers(counts[0])
    positions = try numbers(counts[1])
    let pairs = try numbers(counts[2] * 2)
    terms = (0..<counts[2]).map { (pairs[$0 * 2], pairs[$0 * 2 + 1]) }
    statistics = try Self.statistics(file, base)
    guard zip(documents, documents.dropFirst()).allSatisfy(<),
      zip(positions, positions.dropFirst()).allSatisfy(<=),
      zip(terms, terms.dropFirst()).allSatisfy({ $0.term < $1.term }),
      Int(documents.last ?? 0) < max(1, base.documentCount), Int(positions.last ?? 0) <= base.documentCount,
      Int(terms.last?.term ?? 0) < max(1, base.termCount), positions.count == changes.documentCount
    else { throw Damage("removed documents that do not exist") }
  }

  private static func statistics(_ file: Span<UInt8>, _ base: Segment) throws(Damage) -> [FieldStatistics] {
    var statistics: [FieldStatistics] = []
    for field in Field.allCases.indices {
      let removed = FieldStatistics(
        documents: try file.length(64 + field * 16), totalLength: try file.length(72 + field * 16))
      let all = base.statistics[field]
      guard removed.documents >= 0, removed.documents <= all.documents,
        removed.totalLength >= removed.documents,
        all.totalLength - removed.totalLength >= all.documents - removed.documents
      else { throw Damage("lengths of removed documents that cannot be") }
      statistics.append(removed)
    }
    return statistics
  }

  /// How many removed documents have a term of the base.
  ///
  /// - Parameter term: Its number in the base's dictionary.
  /// - Returns: 0 for a term that none has.
  func count(ofTerm term: Int) -> Int {
    var (low, high) = (0, terms.count)
    while low < high {
      let middle = (low + high) / 2
      if Int(terms[middle].term) < term { low = middle + 1 } else { high = middle }
    }
    return low < terms.count && Int(terms[low].term) == term ? Int(terms[low].documents) : 0
  }

  /// Whether a document of the base counts no more.
  func contains(_ document: Int) -> Bool {
    let place = Self.countBelow(document, documents)
    return place < documents.count && Int(documents[place]) == document
  }

  /// How many numbers of a rising list are below a number.
  static func countBelow(_ number: Int, _ list: [UInt32]) -> Int {
    var (low, high) = (0, list.count)
    while low < high {
      let middle = (low + high) / 2
      if Int(list[middle]) < number { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension Segment {
  /// What the segment is known by.
  ///
  /// - Throws: ``Damage`` for a file without a header, which was not opened.
  func identity() throws(Damage) -> RemovedDocuments.Identity {
    try withBytes { (file) throws(Damage) in
      RemovedDocuments.Identity(length: UInt64(file.count), checksum: try file.little32(28))
    }
  }
}
