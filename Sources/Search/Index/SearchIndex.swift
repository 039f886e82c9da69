/// What is searched: one segment, or one and what has changed since it was written.
///
/// Of the base some documents may count no more; a second, small segment holds those that came or changed. Everything
/// that is asked of both together is what one segment of the same documents would answer: numbers of documents,
/// how many documents have a term, how long fields are on average, and so every score. See <doc:Changes-beside-a-base>.
public struct SearchIndex: Sendable {
  /// The files, the base first.
  let layers: [Layer]
  private let removed: RemovedDocuments?
  /// Products and passages that count.
  public let documentCount: Int
  /// Lengths of the fields over all documents that count, by field number.
  let statistics: [FieldStatistics]
  /// The arithmetic over all documents that count.
  let scoring: Scoring

  /// One of the files.
  struct Layer: Sendable {
    /// The file.
    let segment: Segment
    /// What bounds of frequencies are multiplied with, because they were written for other average lengths; 1 or more.
    let slack: Double
    /// For each shape what no document's share of rarity is above.
    let shapeBounds: [Double]
  }

  /// Takes one segment.
  ///
  /// - Parameter segment: The whole index.
  /// - Throws: ``IndexError`` with code `damaged`.
  public init(_ segment: Segment) throws(IndexError) {
    let scoring = Scoring(segment.ranking, segment.statistics, documentCount: segment.documentCount)
    removed = nil
    (documentCount, statistics) = (segment.documentCount, segment.statistics)
    self.scoring = scoring
    layers = [try Self.layer(segment, scoring, segment.statistics)]
  }

  /// Takes a segment and what has changed since.
  ///
  /// - Parameters:
  ///   - base: A segment.
  ///   - changes: Documents that came or changed; with the same ranking and synonyms.
  ///   - removed: Documents of the base that do not count.
  /// - Throws: ``IndexError`` with code `damaged`.
  init(_ base: Segment, changes: Segment, _ removed: RemovedDocuments) throws(IndexError) {
    guard base.ranking == changes.ranking else {
      throw IndexError(
        code: .damaged, path: changes.name, detail: "changes with another ranking than the base")
    }
    documentCount = base.documentCount - removed.documents.count + changes.documentCount
    let statistics = Field.allCases.indices.map { field in
      FieldStatistics(
        documents: base.statistics[field].documents - removed.statistics[field].documents
          + changes.statistics[field].documents,
        totalLength: base.statistics[field].totalLength - removed.statistics[field].totalLength
          + changes.statistics[field].totalLength)
    }
    let scoring = Scoring(base.ranking, statistics, documentCount: documentCount)
    (self.statistics, self.scoring, self.removed) = (statistics, scoring, removed)
    layers = [
      try Self.layer(base, scoring, statistics), try Self.layer(changes, scoring, statistics),
    ]
  }

  private static func layer(
    _ segment: Segment, _ scoring: Scoring, _ statistics: [FieldStatistics]
  ) throws(IndexError) -> Layer {
    // weight × count ÷ (1 − b + b × length ÷ average) grows with the average, and no faster than it.
    var slack = 1.0
    for (own, all) in zip(segment.statistics, statistics) where own.documents > 0 {
      let growth = all.averageLength / own.averageLength
      if growth > 1 { slack = max(slack, growth * (1 + 1e-12)) }
    }
    let bounds = try segment.reading { (file) throws(Damage) in
      try segment.shapes.bounds(segment.lengths, scoring, file)
    }
    return Layer(segment: segment, slack: slack, shapeBounds: bounds)
  }

  /// The base.
  public var base: Segment { layers[0].segment }
  /// What came or changed since, or `nil`.
  public var changes: Segment? { layers.count > 1 ? layers[1].segment : nil }
  /// Documents of the base that do not count.
  public var removedCount: Int { removed?.documents.count ?? 0 }
  /// The numbers that scores are made of.
  public var ranking: Ranking { base.ranking }
  /// What errors name.
  public var name: String { base.name }
}

// MARK: - Documents

extension SearchIndex {
  /// Whether a document of a layer counts.
  @inline(__always)
  func counts(_ document: Int, inLayer layer: Int) -> Bool {
    guard let removed, layer == 0 else { return true }
    return !removed.contains(document)
  }

  /// The number among all documents that count, in the order of SKUs, of a document of a layer.
  @inline(__always)
  func number(_ document: Int, inLayer layer: Int) -> Int {
    guard let removed else { return document }
    return Self.number(document, inLayer: layer, removed)
  }

  private static func number(_ document: Int, inLayer layer: Int, _ removed: RemovedDocuments) -> Int {
    if layer == 0 {
      return document - RemovedDocuments.countBelow(document, removed.documents)
        + RemovedDocuments.countBelow(document + 1, removed.positions)
    }
    let position = Int(removed.positions[document])
    return position - RemovedDocuments.countBelow(position, removed.documents) + document
  }

  /// Layer and number in it of a document by its number among all.
  func place(of number: Int) -> (layer: Int, document: Int) {
    guard let removed else { return (0, number) }
    var (low, high) = (0, removed.positions.count)
    while low < high {
      let middle = (low + high) / 2
      if Self.number(middle, inLayer: 1, removed) < number { low = middle + 1 } else { high = middle }
    }
    if low < removed.positions.count, Self.number(low, inLayer: 1, removed) == number { return (1, low) }
    // The rank among the base's documents that count; those that do not are passed over.
    let rank = number - low
    (low, high) = (0, removed.documents.count)
    while low < high {
      let middle = (low + high) / 2
      if Int(removed.documents[middle]) - middle <= rank { low = middle + 1 } else { high = middle }
    }
    return (0, rank + low)
  }

  /// Reads a document by its number.
  ///
  /// - Parameter number: Counted from 0, in the order of SKUs.
  /// - Returns: The document, or `nil` for a number that the index does not have.
  /// - Throws: ``IndexError`` with code `damaged`.
  public func document(_ number: Int) throws(IndexError) -> StoredDocument? {
    guard number >= 0, number < documentCount else { return nil }
    let (layer, document) = place(of: number)
    return try layers[layer].segment.document(document)
  }

  /// Finds a document by its SKU.
  ///
  /// - Parameters:
  ///   - sku: The SKU, or a passage's place.
  ///   - kind: What it is.
  /// - Returns: Its number, or `nil` when the index does not have it.
  /// - Throws: ``IndexError`` with code `damaged`.
  public func number(ofSKU sku: String, kind: SearchDocument.Kind = .product) throws(IndexError) -> Int? {
    for (layer, part) in layers.enumerated() {
      guard let document = try part.segment.number(ofSKU: sku, kind: kind), counts(document, inLayer: layer)
      else { continue }
      return number(document, inLayer: layer)
    }
    return nil
  }
}

// MARK: - Terms

extension SearchIndex {
  /// Where a layer has a term, and how many of its documents that count have it.
  struct Occurrence {
    let number: Int
    let entry: TermEntry
    let documents: Int
  }

  /// Looks a term up in one layer.
  ///
  /// - Returns: `nil` when no document of it that counts has the term.
  func occurrence(of term: Span<UInt8>, inLayer layer: Int) throws(Damage) -> Occurrence? {
    let segment = layers[layer].segment
    return try segment.withBytes { (file) throws(Damage) in
      guard let number = try segment.termNumber(term, in: file) else { return nil }
      let entry = try segment.entry(number, in: file)
      let gone = layer == 0 ? removed?.count(ofTerm: number) ?? 0 : 0
      guard gone < entry.documentFrequency else { return nil }
      return Occurrence(number: number, entry: entry, documents: entry.documentFrequency - gone)
    }
  }

  /// How many documents have a term.
  ///
  /// - Parameter term: UTF-8 of an analyzed term.
  /// - Returns: 0 for a term that no document has.
  /// - Throws: ``Damage``.
  func documentFrequency(of term: Span<UInt8>) throws(Damage) -> Int {
    var count = 0
    for layer in layers.indices { count += try occurrence(of: term, inLayer: layer)?.documents ?? 0 }
    return count
  }

  /// How many documents have a term of one layer.
  ///
  /// - Parameters:
  ///   - number: Its number in the layer's dictionary.
  ///   - text: Its bytes.
  ///   - layer: The layer.
  ///   - file: The layer's bytes.
  /// - Returns: 0 where all documents that have it count no more.
  /// - Throws: ``Damage``.
  func documentFrequency(
    ofTerm number: Int, _ text: [UInt8], inLayer layer: Int, _ file: Span<UInt8>
  ) throws(Damage) -> Int {
    var count = try layers[layer].segment.entry(number, in: file).documentFrequency
    guard let removed else { return count }
    if layer == 0 { count -= min(count, removed.count(ofTerm: number)) }
    for other in layers.indices where other != layer {
      count += try occurrence(of: text.span, inLayer: other)?.documents ?? 0
    }
    return count
  }

  /// Whether a term is in the index.
  func has(_ term: Span<UInt8>) throws(IndexError) -> Bool {
    try naming { () throws(Damage) in try documentFrequency(of: term) > 0 }
  }

  /// Damage becomes an error that names the index.
  func naming<Result>(_ body: () throws(Damage) -> Result) throws(IndexError) -> Result {
    do throws(Damage) { return try body() } catch { throw error.error(in: name) }
  }

  /// Distinct terms of all files.
  public var termCount: Int { layers.reduce(0) { $0 + $1.segment.termCount } }
  /// Words for spelling of all files.
  public var wordCount: Int { layers.reduce(0) { $0 + $1.segment.wordCount } }
  /// Bytes of all segments.
  public var byteCount: Int { layers.reduce(0) { $0 + $1.segment.byteCount } }
}
