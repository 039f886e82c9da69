/// What an index is made of.
public enum IndexContent: Sendable {
  /// One segment with everything.
  case whole([UInt8])
  /// What came, changed and went against the base that is there.
  case changes(IndexChanges)
}

/// What has changed against a base segment: a second, small segment, and what of the base counts no more.
///
/// The same base and documents give the same bytes.
public struct IndexChanges: Sendable {
  /// Documents that came or changed.
  public let segment: [UInt8]
  /// What of the base counts no more; see ``RemovedDocuments``.
  let removed: [UInt8]
  /// Documents that came or changed.
  public let changedCount: Int
  /// Documents of the base that count no more.
  public let removedCount: Int
  /// Documents that count.
  public let documentCount: Int

  /// Whether the base says it all.
  public var isEmpty: Bool { changedCount == 0 && removedCount == 0 }

  /// When changes are put beside the base, and when everything is made anew.
  public struct Limits: Sendable {
    /// Bases with fewer documents are made anew: that takes no time.
    public var minimumDocuments: Int
    /// Most changes, as a share of the base's documents.
    public var share: Double

    /// Makes limits.
    ///
    /// - Parameters:
    ///   - minimumDocuments: Least documents of a base.
    ///   - share: Most changes, in `0...1`.
    public init(minimumDocuments: Int = 2_000, share: Double = 0.1) {
      (self.minimumDocuments, self.share) = (minimumDocuments, share)
    }

    /// Whether so many changes are few enough for a base.
    func allow(_ changes: Int, of base: Segment) -> Bool {
      base.documentCount >= minimumDocuments && Double(changes) <= share * Double(base.documentCount)
    }
  }

  /// Works out what goes beside a base.
  ///
  /// - Parameters:
  ///   - base: The base.
  ///   - removed: Its documents that count no more, rising.
  ///   - builder: Has what came or changed.
  ///   - threads: 1 or more.
  /// - Throws: ``IndexError``: `damaged`, `tooLarge`.
  init(
    _ base: Segment, removing removed: [UInt32], _ builder: consuming IndexBuilder, threads: Int
  ) async throws {
    async let terms = Self.terms(of: removed, base)
    segment = try await builder.finish(threads: threads)
    let changes = try Segment(opening: segment, name: "changes", verification: .structure)
    let lost = try await terms
    let list = try base.reading { (file) throws(Damage) in
      RemovedDocuments(
        documents: removed, positions: try Self.positions(of: changes, in: base, file),
        terms: lost, statistics: try Self.statistics(of: removed, base, file))
    }
    self.removed = try base.reading { (_) throws(Damage) in
      list.bytes(base: try base.identity(), changes: try changes.identity())
    }
    (changedCount, removedCount) = (changes.documentCount, removed.count)
    documentCount = base.documentCount - removed.count + changes.documentCount
  }

  /// For each document of the changes where it stands in the base.
  private static func positions(
    of changes: Segment, in base: Segment, _ file: Span<UInt8>
  ) throws(Damage) -> [UInt32] {
    try changes.withBytes { (own) throws(Damage) in
      var positions: [UInt32] = []
      for number in 0..<changes.documentCount {
        let isKnowledge = try changes.mark(number, in: own) & SegmentLayout.Mark.knowledge != 0
        positions.append(
          UInt32(
            try base.countBefore(sku: changes.sku(number, in: own), isKnowledge: isKnowledge, in: file)))
      }
      return positions
    }
  }

  /// How many of some documents have each term; terms that none has are left out.
  private static func terms(
    of documents: [UInt32], _ base: Segment
  ) throws(IndexError) -> [(term: UInt32, documents: UInt32)] {
    try base.reading { (file) throws(Damage) in try terms(of: documents, base, file) }
  }

  private static func terms(
    of documents: [UInt32], _ base: Segment, _ file: Span<UInt8>
  ) throws(Damage) -> [(term: UInt32, documents: UInt32)] {
    guard !documents.isEmpty else { return [] }
    var isRemoved = [UInt64](repeating: 0, count: base.documentCount / 64 + 1)
    for document in documents { isRemoved[Int(document >> 6)] |= 1 << UInt64(document & 63) }
    let postings = file.extracting(base.range(.postings))
    let room = PostingRoom(1)
    defer { withExtendedLifetime(room) {} }
    var terms: [(term: UInt32, documents: UInt32)] = []
    for number in 0..<base.termCount {
      var cursor = try PostingCursor(
        base.entry(number, in: file), postings, documentCount: base.documentCount, room, 0)
      var count = UInt64(0)
      while cursor.document < .max {
        count += isRemoved[cursor.document >> 6] >> UInt64(cursor.document & 63) & 1
        try cursor.next(postings)
      }
      if count > 0 { terms.append((UInt32(number), UInt32(count))) }
    }
    return terms
  }

  private static func statistics(
    of documents: [UInt32], _ base: Segment, _ file: Span<UInt8>
  ) throws(Damage) -> [FieldStatistics] {
    var statistics: [FieldStatistics] = []
    for field in Field.allCases.indices {
      var removed = FieldStatistics()
      for document in documents {
        let length = try base.lengths.length(field, Int(document), file)
        if length > 0 { removed.documents += 1 }
        removed.totalLength += length
      }
      statistics.append(removed)
    }
    return statistics
  }
}

/// Compares sources of documents with those of a base.
struct ChangeFinder: Sendable {
  let base: Segment
  /// Numbers of documents plus one, by fingerprint; 0 for a free place.
  ///
  /// As many as a power of two.
  private let places: [UInt32]

  /// Learns the base's fingerprints.
  ///
  /// - Parameter base: The base.
  /// - Throws: ``IndexError`` with code `damaged`.
  init(_ base: Segment) throws(IndexError) {
    self.base = base
    places = try base.reading { (file) throws(Damage) in
      var size = 64
      while size < base.documentCount * 2 { size *= 2 }
      var places = [UInt32](repeating: 0, count: size)
      for number in 0..<base.documentCount {
        var place = Int(try base.fingerprint(number, in: file).number) & (size - 1)
        while places[place] != 0 { place = (place + 1) & (size - 1) }
        places[place] = UInt32(number + 1)
      }
      return places
    }
  }

  /// The document of the base that has a fingerprint and is accepted.
  ///
  /// - Parameters:
  ///   - fingerprint: Of a source.
  ///   - file: The base's bytes.
  ///   - accepts: Whether the document's SKU, as UTF-8, is that of the source.
  /// - Returns: Its number, or `nil`.
  /// - Throws: ``Damage``.
  @inline(__always)
  func document(
    _ fingerprint: Fingerprint, _ file: Span<UInt8>, accepts: (Int, [UInt8]) throws(Damage) -> Bool
  ) throws(Damage) -> Int? {
    var place = Int(fingerprint.number) & (places.count - 1)
    while places[place] != 0 {
      let number = Int(places[place]) - 1
      if try base.fingerprint(number, in: file) == fingerprint,
        try accepts(number, base.sku(number, in: file))
      {
        return number
      }
      place = (place + 1) & (places.count - 1)
    }
    return nil
  }
}

/// Gathers what has changed, source after source.
struct ChangeCollector: ~Copyable {
  private let base: Segment
  private let limits: IndexChanges.Limits
  private var builder: IndexBuilder
  /// For each document of the base where its source stands among all; `Int.max` for one that is not there.
  private(set) var places: [Int]

  /// Starts with nothing found.
  init(
    _ base: Segment, _ limits: IndexChanges.Limits, _ builder: consuming IndexBuilder
  ) {
    (self.base, self.limits) = (base, limits)
    self.builder = builder
    places = [Int](repeating: .max, count: base.documentCount)
  }

  /// Says that a document of the base has its source at a place.
  mutating func keep(_ document: Int, at place: Int) { places[document] = min(places[document], place) }

  /// Takes a document that is not as in the base; all of ``keep(_:at:)`` must have been said.
  ///
  /// - Returns: `false` when the changes have become too many.
  mutating func add(
    _ document: SearchDocument, _ fingerprint: Fingerprint, at place: Int
  ) throws(IndexError) -> Bool {
    if let number = try base.number(ofSKU: document.sku, kind: document.kind) {
      // Of equal SKUs the one that stands first counts.
      guard places[number] > place else { return true }
      places[number] = .max
    }
    _ = try builder.add(document, fingerprint: fingerprint)
    return limits.allow(builder.count, of: base)
  }

  /// Takes documents that are not as in the base, gathered elsewhere.
  ///
  /// - Parameters:
  ///   - other: Has them.
  ///   - replaced: Documents of the base that they take the place of.
  /// - Throws: ``IndexError`` with code `tooLarge`.
  mutating func absorb(_ other: consuming IndexBuilder, replacing replaced: [Int]) throws(IndexError) {
    for number in replaced { places[number] = .max }
    try builder.absorb(other)
  }

  /// Ends the gathering.
  ///
  /// - Parameter threads: 1 or more.
  /// - Returns: What goes beside the base, or `nil` when that is too much.
  /// - Throws: ``IndexError``.
  consuming func finish(threads: Int) async throws -> IndexChanges? {
    var removed: [UInt32] = []
    for (number, place) in places.enumerated() where place == .max { removed.append(UInt32(number)) }
    guard limits.allow(max(removed.count, builder.count), of: base) else { return nil }
    return try await IndexChanges(base, removing: removed, builder, threads: threads)
  }
}

extension IndexChanges {
  /// Compares documents with those of a base.
  ///
  /// - Parameters:
  ///   - documents: All that shall be found, in any order; of documents with the same SKU and kind the first counts.
  ///   - base: A base with the same ranking and synonyms.
  ///   - ranking: The numbers that scores will be made of.
  ///   - synonyms: Words that mean the same.
  ///   - limits: How much may change.
  ///   - threads: 1 or more; the result is the same for any number.
  /// - Returns: What goes beside the base, or `nil` when that is too much.
  /// - Throws: ``IndexError``.
  public static func find(
    in documents: [SearchDocument], against base: Segment, ranking: Ranking = .standard,
    synonyms: Synonyms = .starter, limits: Limits = Limits(), threads: Int = 2
  ) async throws -> IndexChanges? {
    guard base.documentCount >= limits.minimumDocuments else { return nil }
    let finder = try ChangeFinder(base)
    var collector = ChangeCollector(
      base, limits, try IndexBuilder(ranking: ranking, synonyms: synonyms))
    var others: [(place: Int, fingerprint: Fingerprint)] = []
    try base.reading { (file) throws(Damage) in
      for (place, document) in documents.enumerated() {
        let fingerprint = Fingerprint(document)
        let known = try finder.document(fingerprint, file) { (number, sku) throws(Damage) in
          let isKnowledge = try base.mark(number, in: file) & SegmentLayout.Mark.knowledge != 0
          return isKnowledge == (document.kind == .knowledge) && document.sku.utf8.elementsEqual(sku)
        }
        if let known { collector.keep(known, at: place) } else { others.append((place, fingerprint)) }
      }
    }
    for (place, fingerprint) in others {
      guard try collector.add(documents[place], fingerprint, at: place) else { return nil }
    }
    return try await collector.finish(threads: threads)
  }
}
