/// Collects documents and turns them into the bytes of one segment.
///
/// Nothing of a document is kept but counts, lengths and what a hit shows: text is cut and counted while it
/// passes, and a word is stemmed once however often it comes. Documents are numbered by SKU at the end, so the
/// same documents give the same bytes in whatever order they came.
///
/// Cost: about 8 bytes for each pair of a document and a distinct term, twice while writing; time linear in the
/// text.
public struct IndexBuilder: ~Copyable {
  /// Where errors say the input came from.
  private let source: String
  private let ranking: Ranking
  private var analyzer: Analyzer
  private var tokenizer = Tokenizer()
  private var forms = TermForms()

  // Surface forms, as they stand in texts, and the terms that each of them gives.
  private var surfaces = ByteTable()
  private var surfaceTerms: [UInt32] = []
  private var surfaceEnds: [Int] = [0]
  private var surfaceLengths: [UInt8] = []
  private var terms = ByteTable()

  // Documents by SKU and kind, in order of arrival.
  private var keys = ByteTable()
  private var marks: [UInt8] = []
  private var stored: [UInt8] = []
  private var storedEnds: [Int] = [0]
  private var lengths: [UInt16] = []

  // Term, field and count, document after document.
  private var tallies: [UInt64] = []
  private var tallyEnds: [Int] = [0]

  // For each term: the document and field it was last seen in, and where that count stands.
  private var lastSeen: [UInt32] = []
  private var lastTally: [Int] = []

  /// Starts an empty collection.
  ///
  /// - Parameters:
  ///   - ranking: The numbers that scores will be made of.
  ///   - source: Where errors say the input came from.
  /// - Throws: ``IndexError`` with code `failed` when a stemmer cannot be opened.
  public init(ranking: Ranking = .standard, source: String = "index") throws(IndexError) {
    precondition(ranking.isSound, "a ranking's numbers must be in their ranges")
    self.ranking = ranking
    self.source = source
    analyzer = try Analyzer()
  }

  /// Builds a segment from documents at hand.
  ///
  /// - Parameters:
  ///   - documents: In any order.
  ///   - ranking: The numbers that scores will be made of.
  /// - Returns: The segment's bytes; of documents with the same SKU and kind the first counts.
  /// - Throws: ``IndexError``, as ``add(_:)`` and ``finish()``.
  public static func build(
    documents: some Sequence<SearchDocument>, ranking: Ranking = .standard
  ) throws(IndexError) -> [UInt8] {
    var builder = try IndexBuilder(ranking: ranking)
    for document in documents { _ = try builder.add(document) }
    return try builder.finish()
  }

  /// Documents so far.
  public var count: Int { keys.count }

  /// Adds one document.
  ///
  /// - Parameter document: With a SKU that is not empty.
  /// - Returns: `false` when a document of this kind and SKU is there already; it stays, the new one is not
  ///   looked at.
  /// - Throws: ``IndexError``: `input` for an empty SKU, `tooLarge` beyond 2^28 documents, `failed` when memory
  ///   ran out while stemming.
  public mutating func add(_ document: SearchDocument) throws(IndexError) -> Bool {
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
    try document.forEachText { (field, text) throws(IndexError) in
      fieldLengths[Int(field.rawValue)] += try count(text, in: field, of: number)
    }
    tallyEnds.append(tallies.count)
    for length in fieldLengths { lengths.append(UInt16(min(length, SegmentLayout.maximumLength))) }
    keep(document)
    return true
  }

  /// Writes the segment.
  ///
  /// - Returns: Its bytes; the same for the same documents, whatever their order.
  /// - Throws: ``IndexError`` with code `tooLarge` when a section would pass 4 GiB.
  public consuming func finish() throws(IndexError) -> [UInt8] {
    let order = keys.sorted()
    let statistics = fieldStatistics()
    let scoring = Scoring(ranking, statistics, documentCount: order.count)
    let fieldCount = Field.allCases.count
    let (columns, starts) = tallyColumns(order)
    var (entries, texts) = ([UInt8](), [UInt8]())
    var postings = PostingEncoder()
    let documentLengths = lengths
    for term in terms.sorted() {
      let column = columns[starts[term]..<starts[term + 1]]
      let entry = postings.append(column) { group in
        group.reduce(0) { sum, tally in
          let length = Int(documentLengths[order[tally.document] * fieldCount + tally.field])
          return sum + scoring.frequency(tally.count, field: tally.field, length: length)
        }
      }
      entries.append32(UInt32(truncatingIfNeeded: texts.count))
      entries.append32(UInt32(truncatingIfNeeded: entry.start))
      entries.append32(UInt32(entry.documentFrequency))
      entries.append32(entry.maximum.bitPattern)
      texts += terms.bytes[terms.range(term)]
    }
    entries.append32(UInt32(truncatingIfNeeded: texts.count))
    entries.append32(UInt32(truncatingIfNeeded: postings.bytes.count))
    entries.append64(0)
    var writer = SegmentWriter(source: source)
    writer.add(.collection, collection(statistics))
    writer.add(.terms, entries)
    writer.add(.termTexts, texts)
    writer.add(.postings, postings.bytes)
    writer.add(.lengths, lengthColumns(order))
    writer.add(.marks, order.map { marks[$0] })
    let (documentStarts, documents) = storedDocuments(order)
    writer.add(.documentStarts, documentStarts)
    writer.add(.documents, documents)
    return try writer.finish()
  }
}

extension IndexBuilder {
  /// Counts the terms of one text; gives its length in primary terms.
  private mutating func count(
    _ text: String, in field: Field, of document: Int
  ) throws(IndexError) -> Int {
    let place = UInt32(truncatingIfNeeded: document << 3) + UInt32(field.rawValue) + 1
    var length = 0
    let bytes = text.utf8.span
    tokenizer.restart()
    while tokenizer.next(in: bytes) {
      let (surface, isNew) = surfaces.insert(tokenizer.folded, tokenizer.folded.indices)
      if isNew { try learn() }
      length += Int(surfaceLengths[surface])
      for index in surfaceEnds[surface]..<surfaceEnds[surface + 1] {
        let term = Int(surfaceTerms[index])
        if lastSeen[term] == place {
          // The count is in the lowest 16 bits and stays below their end.
          if tallies[lastTally[term]] & 0xFFFF < 0xFFFF { tallies[lastTally[term]] += 1 }
        } else {
          lastSeen[term] = place
          lastTally[term] = tallies.count
          tallies.append(UInt64(term) << 32 | UInt64(field.rawValue) << 16 | 1)
        }
      }
    }
    return length
  }

  /// Finds the terms of the current token, which no text had before.
  private mutating func learn() throws(IndexError) {
    forms.removeAll()
    try analyzer.appendForms(of: tokenizer.folded, tokenizer.traits, to: &forms)
    for index in 0..<forms.count {
      let (term, isNew) = terms.insert(forms.bytes, forms.range(index))
      if isNew {
        lastSeen.append(0)
        lastTally.append(0)
      }
      surfaceTerms.append(UInt32(truncatingIfNeeded: term))
    }
    surfaceEnds.append(surfaceTerms.count)
    surfaceLengths.append(UInt8(truncatingIfNeeded: forms.primaryCount))
  }

  /// Keeps what a hit shows.
  private mutating func keep(_ document: SearchDocument) {
    var mark: UInt8 = document.kind == .knowledge ? SegmentLayout.Mark.knowledge : 0
    if document.isAvailable { mark |= SegmentLayout.Mark.available }
    marks.append(mark)
    let (price, stock) = (document.price.map { max(0, $0) }, document.stock.map { max(0, $0) })
    var parts: UInt8 = 0
    if price != nil { parts |= SegmentLayout.Stored.price }
    if stock != nil { parts |= SegmentLayout.Stored.stock }
    if document.brand != nil { parts |= SegmentLayout.Stored.brand }
    if document.category != nil { parts |= SegmentLayout.Stored.category }
    if document.text != nil { parts |= SegmentLayout.Stored.text }
    stored.append(parts)
    if let price { stored.appendVarint(UInt64(price)) }
    if let stock { stored.appendVarint(UInt64(stock)) }
    stored.appendText(document.sku)
    stored.appendText(document.title)
    if let brand = document.brand { stored.appendText(brand) }
    if let category = document.category { stored.appendText(category) }
    if let text = document.text { stored.appendText(text) }
    storedEnds.append(stored.count)
  }

  private func fieldStatistics() -> [FieldStatistics] {
    var statistics = [FieldStatistics](repeating: FieldStatistics(), count: Field.allCases.count)
    for (index, length) in lengths.enumerated() where length > 0 {
      let field = index % statistics.count
      statistics[field].documents += 1
      statistics[field].totalLength += Int(length)
    }
    return statistics
  }

  /// All tallies by term, within a term by the documents' final numbers, within a document by field.
  private func tallyColumns(_ order: [Int]) -> (columns: [Tally], starts: [Int]) {
    var starts = [Int](repeating: 0, count: terms.count + 1)
    for tally in tallies { starts[Int(tally >> 32) + 1] += 1 }
    for term in 0..<terms.count { starts[term + 1] += starts[term] }
    var next = starts
    var columns = [Tally](repeating: Tally(document: 0, field: 0, count: 0), count: tallies.count)
    for (number, arrival) in order.enumerated() {
      for index in tallyEnds[arrival]..<tallyEnds[arrival + 1] {
        let tally = tallies[index]
        let term = Int(tally >> 32)
        columns[next[term]] = Tally(
          document: number, field: Int(tally >> 16 & 0xFF), count: Int(tally & 0xFFFF))
        next[term] += 1
      }
    }
    return (columns, starts)
  }

  private func collection(_ statistics: [FieldStatistics]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append32(UInt32(Analyzer.version))
    bytes.append32(UInt32(keys.count))
    bytes.append32(UInt32(terms.count))
    bytes.append32(UInt32(statistics.count))
    bytes.append32(UInt32(SegmentLayout.blockSize))
    bytes.append32(0)
    bytes.append64(ranking.saturation.bitPattern)
    for (field, statistics) in zip(ranking.fields, statistics) {
      bytes.append64(UInt64(statistics.documents))
      bytes.append64(UInt64(statistics.totalLength))
      bytes.append64(field.weight.bitPattern)
      bytes.append64(field.lengthShare.bitPattern)
    }
    return bytes
  }

  private func lengthColumns(_ order: [Int]) -> [UInt8] {
    let fieldCount = Field.allCases.count
    var bytes: [UInt8] = []
    bytes.reserveCapacity(order.count * fieldCount * 2)
    for field in 0..<fieldCount {
      for arrival in order { bytes.append16(lengths[arrival * fieldCount + field]) }
    }
    return bytes
  }

  private func storedDocuments(_ order: [Int]) -> (starts: [UInt8], documents: [UInt8]) {
    var (starts, documents) = ([UInt8](), [UInt8]())
    documents.reserveCapacity(stored.count)
    for arrival in order {
      starts.append32(UInt32(truncatingIfNeeded: documents.count))
      documents += stored[storedEnds[arrival]..<storedEnds[arrival + 1]]
    }
    starts.append32(UInt32(truncatingIfNeeded: documents.count))
    return (starts, documents)
  }
}
