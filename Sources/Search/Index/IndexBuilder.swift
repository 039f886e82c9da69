/// Collects documents and turns them into the bytes of one segment.
///
/// Nothing of a document is kept but counts, lengths and what a hit shows: text is cut and counted while it
/// passes, and a word is stemmed once however often it comes. Documents are numbered by SKU at the end, so the
/// same documents give the same bytes in whatever order they came.
///
/// Cost: about 8 bytes for each pair of a document and a distinct term, twice while writing; time linear in the
/// text.
public struct IndexBuilder: ~Copyable, Sendable {
  /// Where errors say the input came from.
  let source: String
  let ranking: Ranking
  var analyzer: Analyzer
  var tokenizer = Tokenizer()
  var forms = TermForms()
  /// The tokens of the current document, and their folded bytes.
  var tokens: [FoundToken] = []
  var tokenBytes: [UInt8] = []
  /// Keeps the reading ahead from being left out; means nothing.
  var touchSum = 0

  /// What is known of a surface form, side by side in memory.
  struct Surface {
    /// Where its terms start.
    let start: UInt32
    /// The first of them.
    let first: UInt32
    /// The term of a brand's word as written, plus one; 0 where it is not known yet, -1 where there is none.
    var exact: Int32 = 0
    let count: UInt16
    /// How many are primary.
    let primary: UInt16
  }

  /// What is known of a term while documents are counted.
  struct TermState {
    /// The document and field that it was last seen in.
    var place: UInt32 = 0
    var beginsSynonym = false
    /// Where that count stands.
    var tally = 0
  }

  /// A token of the current document.
  struct FoundToken {
    let folded: Range<Int>
    let range: Range<Int>
    let traits: Traits
    let field: Field
    let beginsText: Bool
    let hash: UInt64
    var entry: UInt64 = 0
  }

  let synonyms: SynonymTerms
  var matcher = SynonymMatcher()

  // Surface forms, as they stand in texts, and the terms that each of them gives.
  var surfaces = ByteTable()
  var surfaceTerms: [UInt32] = []
  var records: [Surface] = []

  /// Categories, and the terms of what each is a category of.
  var categories = ByteTable()
  var categoryHeads: [[Int]] = []
  var terms = ByteTable()

  // Documents by SKU and kind, in order of arrival.
  var keys = ByteTable()
  var marks: [UInt8] = []
  var stored: [UInt8] = []
  var storedEnds: [Int] = [0]
  /// For each document where its passage begins in its record, and the numbers of brand and category.
  var storedTexts: [(start: Int, brand: UInt32, category: UInt32)] = []
  var names = ByteTable()
  var scratch: [UInt8] = []
  var lengths: [UInt16] = []
  var fingerprints: [Fingerprint] = []

  // Term, field and count, document after document.
  var tallies: [UInt64] = []
  var tallyEnds: [Int] = [0]

  // By term.
  var last: [TermState] = []

  /// Starts an empty collection.
  ///
  /// - Parameters:
  ///   - ranking: The numbers that scores will be made of.
  ///   - synonyms: Words that mean the same.
  ///   - source: Where errors say the input came from.
  /// - Throws: ``IndexError`` with code `failed` when a stemmer cannot be opened.
  public init(
    ranking: Ranking = .standard, synonyms: Synonyms = .starter, source: String = "index"
  ) throws(IndexError) {
    precondition(ranking.isSound, "a ranking's numbers must be in their ranges")
    self.ranking = ranking
    self.source = source
    var analyzer = try Analyzer()
    self.synonyms = try SynonymTerms(synonyms, analyzer: &analyzer)
    self.analyzer = analyzer
    for phrase in self.synonyms.meant {
      let numbers = phrase.terms.map { number(of: $0) }
      matcher.add(numbers, mark: number(of: SynonymTerms.mark(phrase.rule)))
      last[numbers[0]].beginsSynonym = true
    }
  }

  /// The number of a term, given now if it is new.
  mutating func number(of term: [UInt8]) -> Int { number(of: term, term.indices) }

  mutating func number(of bytes: [UInt8], _ range: Range<Int>) -> Int {
    let (number, isNew) = terms.insert(bytes, range)
    if isNew {
      last.append(TermState())
    }
    return number
  }

  /// Builds a segment from documents at hand.
  ///
  /// - Parameters:
  ///   - documents: In any order.
  ///   - ranking: The numbers that scores will be made of.
  ///   - synonyms: Words that mean the same.
  /// - Returns: The segment's bytes; of documents with the same SKU and kind the first counts.
  /// - Throws: ``IndexError``, as ``add(_:)`` and ``finish()``.
  public static func build(
    documents: some Sequence<SearchDocument>, ranking: Ranking = .standard, synonyms: Synonyms = .starter
  ) throws(IndexError) -> [UInt8] {
    var builder = try IndexBuilder(ranking: ranking, synonyms: synonyms)
    for document in documents { _ = try builder.add(document) }
    return try builder.finish()
  }

  /// Documents so far.
  public var count: Int { keys.count }

  /// Adds one document.
  ///
  /// - Parameters:
  ///   - document: With a SKU that is not empty.
  ///   - fingerprint: Tells its source from any other one; the document's own when left out.
  /// - Returns: `false` when a document of this kind and SKU is there already; it stays, the new one is not
  ///   looked at.
  /// - Throws: ``IndexError``: `input` for an empty SKU, `tooLarge` beyond 2^28 documents, `failed` when memory
  ///   ran out while stemming.
  public mutating func add(
    _ document: SearchDocument, fingerprint: Fingerprint? = nil
  ) throws(IndexError) -> Bool {
    guard !document.sku.isEmpty else {
      throw IndexError(code: .input, path: source, detail: "a document without a SKU")
    }
    guard keys.count < SegmentLayout.maximumDocuments else {
      throw IndexError(code: .tooLarge, path: source, detail: "more than \(keys.count) documents")
    }
    let key = Array(document.sku.utf8) + [0, document.kind == .product ? 0 : 1]
    let (number, isNew) = keys.insert(key, key.indices)
    guard isNew else { return false }
    var fieldLengths = [Int](repeating: 0, count: Field.allCases.count)
    cut(document)
    touch()
    try count(number, &fieldLengths)
    if let category = document.category { try tallyHeads(of: category, number) }
    tallyEnds.append(tallies.count)
    for length in fieldLengths { lengths.append(UInt16(min(length, SegmentLayout.maximumLength))) }
    keep(document)
    fingerprints.append(fingerprint ?? Fingerprint(document))
    return true
  }

  /// Takes over what another builder with the same ranking and synonyms has, as if added after its own.
  ///
  /// - Parameter other: Documents that are there already are passed over.
  /// - Throws: ``IndexError`` with code `tooLarge` beyond 2^28 documents.
  mutating func absorb(_ other: consuming IndexBuilder) throws(IndexError) {
    guard keys.count + other.keys.count < SegmentLayout.maximumDocuments else {
      throw IndexError(code: .tooLarge, path: source, detail: "more than \(keys.count) documents")
    }
    var termNumbers: [UInt32] = []
    termNumbers.reserveCapacity(other.terms.count)
    for term in 0..<other.terms.count {
      termNumbers.append(UInt32(truncatingIfNeeded: number(of: other.terms.bytes, other.terms.range(term))))
    }
    for surface in 0..<other.surfaces.count {
      guard surfaces.insert(other.surfaces.bytes, other.surfaces.range(surface)).isNew else { continue }
      let record = other.records[surface]
      let start = surfaceTerms.count
      for index in Int(record.start)..<Int(record.start) + Int(record.count) {
        surfaceTerms.append(termNumbers[Int(other.surfaceTerms[index])])
      }
      keepSurface(from: start, primary: Int(record.primary))
    }
    var nameNumbers: [UInt32] = []
    for name in 0..<other.names.count {
      nameNumbers.append(UInt32(names.insert(other.names.bytes, other.names.range(name)).number))
    }
    let fieldCount = Field.allCases.count
    tallies.reserveCapacity(tallies.count + other.tallies.count)
    for arrival in 0..<other.keys.count {
      guard keys.insert(other.keys.bytes, other.keys.range(arrival)).isNew else { continue }
      marks.append(other.marks[arrival])
      stored += other.stored[other.storedEnds[arrival]..<other.storedEnds[arrival + 1]]
      storedEnds.append(stored.count)
      var text = other.storedTexts[arrival]
      if Int(text.brand) < nameNumbers.count { text.brand = nameNumbers[Int(text.brand)] }
      if Int(text.category) < nameNumbers.count { text.category = nameNumbers[Int(text.category)] }
      storedTexts.append(text)
      fingerprints.append(other.fingerprints[arrival])
      lengths += other.lengths[arrival * fieldCount..<(arrival + 1) * fieldCount]
      for index in other.tallyEnds[arrival]..<other.tallyEnds[arrival + 1] {
        let tally = other.tallies[index]
        tallies.append(UInt64(termNumbers[Int(tally >> 32)]) << 32 | tally & 0xFFFF_FFFF)
      }
      tallyEnds.append(tallies.count)
    }
  }
}
