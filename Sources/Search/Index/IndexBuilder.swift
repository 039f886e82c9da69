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
  private let source: String
  private let ranking: Ranking
  private var analyzer: Analyzer
  private var tokenizer = Tokenizer()
  private var forms = TermForms()
  /// The tokens of the current text, and their folded bytes.
  private var tokens: [FoundToken] = []
  private var tokenBytes: [UInt8] = []
  /// Keeps the reading ahead from being left out; means nothing.
  private var touchSum = 0

  /// What is known of a surface form, side by side in memory.
  private struct Surface {
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
  private struct TermState {
    /// The document and field that it was last seen in.
    var place: UInt32 = 0
    var beginsSynonym = false
    /// Where that count stands.
    var tally = 0
  }

  /// A token of the current text.
  private struct FoundToken {
    let folded: Range<Int>
    let range: Range<Int>
    let traits: Traits
    let hash: UInt64
    var entry: UInt64 = 0
  }

  private let synonyms: SynonymTerms
  private var matcher = SynonymMatcher()

  // Surface forms, as they stand in texts, and the terms that each of them gives.
  private var surfaces = ByteTable()
  private var surfaceTerms: [UInt32] = []
  private var records: [Surface] = []

  /// Categories, and the terms of what each is a category of.
  private var categories = ByteTable()
  private var categoryHeads: [[Int]] = []
  private var terms = ByteTable()

  // Documents by SKU and kind, in order of arrival.
  private var keys = ByteTable()
  private var marks: [UInt8] = []
  private var stored: [UInt8] = []
  private var storedEnds: [Int] = [0]
  /// For each document where its passage begins in its record, and the numbers of brand and category.
  private var storedTexts: [(start: Int, brand: UInt32, category: UInt32)] = []
  private var names = ByteTable()
  private var scratch: [UInt8] = []
  private var lengths: [UInt16] = []
  private var fingerprints: [Fingerprint] = []

  // Term, field and count, document after document.
  private var tallies: [UInt64] = []
  private var tallyEnds: [Int] = [0]

  // By term.
  private var last: [TermState] = []

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
  private mutating func number(of term: [UInt8]) -> Int { number(of: term, term.indices) }

  private mutating func number(of bytes: [UInt8], _ range: Range<Int>) -> Int {
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
    try document.forEachText { (field, text) throws(IndexError) in
      fieldLengths[Int(field.rawValue)] += try count(text, in: field, of: number)
    }
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

  /// Writes the segment.
  ///
  /// - Returns: Its bytes; the same for the same documents, whatever their order.
  /// - Throws: ``IndexError`` with code `tooLarge` when a section would pass 4 GiB.
  public consuming func finish() throws(IndexError) -> [UInt8] {
    let prepared = prepare()
    return try write(prepared, [Self.lists(prepared, prepared.terms[...])])
  }

  /// Writes the segment, gathering postings in several threads.
  ///
  /// - Parameter threads: 1 or more.
  /// - Returns: The same bytes for any number.
  /// - Throws: As ``finish()``.
  consuming func finish(threads: Int) async throws -> [UInt8] {
    let prepared = prepare()
    guard threads > 1 else { return try write(prepared, [Self.lists(prepared, prepared.terms[...])]) }
    // Terms in runs with about as many tallies each.
    var (runs, start) = ([Range<Int>](), 0)
    let share = prepared.columns.count / threads + 1
    var gathered = 0
    for (index, term) in prepared.terms.enumerated() {
      gathered += prepared.starts[term + 1] - prepared.starts[term]
      if gathered >= share * (runs.count + 1) || index == prepared.terms.count - 1 {
        runs.append(start..<(index + 1))
        start = index + 1
      }
    }
    let lists = await withTaskGroup(of: (Int, PostingLists).self) { group in
      for (number, run) in runs.enumerated() {
        group.addTask { (number, Self.lists(prepared, prepared.terms[run])) }
      }
      var lists: [(Int, PostingLists)] = []
      for await list in group { lists.append(list) }
      return lists.sorted { $0.0 < $1.0 }.map(\.1)
    }
    return try write(prepared, lists)
  }

  /// What postings are gathered from.
  private struct Prepared: Sendable {
    let order: [Int]
    let statistics: [FieldStatistics]
    let scoring: Scoring
    let lengths: [UInt16]
    let columns: [Tally]
    let starts: [Int]
    /// Terms by their final numbers; those of synonyms that no document has are left out.
    let terms: [Int]
  }

  private func prepare() -> Prepared {
    let order = keys.sorted()
    let statistics = fieldStatistics()
    let (columns, starts) = tallyColumns(order)
    return Prepared(
      order: order, statistics: statistics,
      scoring: Scoring(ranking, statistics, documentCount: order.count), lengths: orderedLengths(order),
      columns: columns, starts: starts, terms: terms.sorted().filter { starts[$0] < starts[$0 + 1] })
  }

  private static func lists(_ prepared: Prepared, _ terms: ArraySlice<Int>) -> PostingLists {
    PostingLists(terms, prepared.columns, prepared.starts, prepared.lengths, prepared.scoring)
  }

  private consuming func write(
    _ prepared: Prepared, _ lists: [PostingLists]
  ) throws(IndexError) -> [UInt8] {
    let (order, statistics, lengths, sorted) = (
      prepared.order, prepared.statistics, prepared.lengths, prepared.terms
    )
    var all = ShapeTable()
    let shapeNumbersOfLists = lists.map { all.merge($0.shapes) }
    let (shapes, final) = all.ordered()
    var (entries, texts) = ([UInt8](), [UInt8]())
    entries.reserveCapacity((sorted.count + 1) * SegmentLayout.termEntrySize)
    var encoder = PostingEncoder()
    var number = 0
    for (list, numbers) in zip(lists, shapeNumbersOfLists) {
      let shapeNumbers = numbers.map { final[Int($0)] }
      for index in 0..<(list.ends.count - 1) {
        let maxima = list.maxima[list.maximaEnds[index]..<list.maximaEnds[index + 1]]
        let postings = list.postings[list.ends[index]..<list.ends[index + 1]]
        let start = encoder.append(postings, maxima: maxima, shapes: shapeNumbers)
        entries.append32(UInt32(truncatingIfNeeded: texts.count))
        entries.append32(UInt32(truncatingIfNeeded: start))
        entries.append32(UInt32(postings.count))
        entries.append32(maxima.reduce(0) { max($0, $1) }.bitPattern)
        texts += terms.bytes[terms.range(sorted[number])]
        number += 1
      }
    }
    entries.append32(UInt32(truncatingIfNeeded: texts.count))
    entries.append32(UInt32(truncatingIfNeeded: encoder.bytes.count))
    entries.append64(0)
    var writer = SegmentWriter(source: source)
    writer.add(.collection, collection(statistics, termCount: sorted.count))
    writer.add(.terms, entries)
    writer.add(.termTexts, texts)
    writer.add(.postings, encoder.finish())
    writer.add(.shapes, shapes)
    writer.add(.lengths, LengthSection.write(lengths, documentCount: order.count))
    writer.add(.marks, order.map { marks[$0] })
    let (documentStarts, documents, names) = storedDocuments(order)
    writer.add(.documentStarts, documentStarts)
    writer.add(.documents, documents)
    writer.add(.names, names)
    let words = WordSections(spelledWords(sorted)) { number in terms.bytes[terms.range(sorted[number])] }
    writer.add(.words, words.words)
    writer.add(.wordTexts, words.texts)
    writer.add(.wordLetters, words.letters)
    writer.add(.wordSounds, words.sounds)
    writer.add(.wordStarts, words.starts)
    writer.add(.synonyms, synonyms.section())
    writer.add(.fingerprints, fingerprintSection(order))
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
    var joiner = MeasureJoiner()
    tokenizer.restart()
    matcher.restart()
    tokens.removeAll(keepingCapacity: true)
    tokenBytes.removeAll(keepingCapacity: true)
    while tokenizer.next(in: bytes) {
      let start = tokenBytes.count
      let hash = tokenizer.withFolded { folded in
        for index in folded.indices { tokenBytes.append(folded[index]) }
        return ByteTable.hash(folded)
      }
      tokens.append(
        FoundToken(
          folded: start..<tokenBytes.count, range: tokenizer.range, traits: tokenizer.traits, hash: hash))
    }
    // The words lie all over the memory; asking for all of them first lets the waits run side by side.
    for index in tokens.indices { tokens[index].entry = surfaces.touch(tokens[index].hash) }
    var folded: [UInt8] = []
    swap(&folded, &tokenBytes)
    defer { swap(&folded, &tokenBytes) }
    var touched = 0
    for index in tokens.indices {
      touched &+= surfaces.touch(entry: tokens[index].entry)
      let number = Int(tokens[index].entry & 0xFFFF_FFFF) - 1
      if number >= 0 {
        touched &+= Int(last[Int(records[number].first)].place)
      }
    }
    touchSum &+= touched
    for index in tokens.indices {
      let token = tokens[index]
      let (surface, isNew) = surfaces.insert(
        folded.span.extracting(token.folded), hash: token.hash)
      if isNew { try learn(Array(folded[token.folded])) }
      let known = records[surface]
      let (start, primaryCount) = (Int(known.start), Int(known.primary))
      length += primaryCount
      if known.count > 0 { tally(Int(known.first), place) }
      if known.count > 1 {
        for index in start + 1..<start + Int(known.count) { tally(Int(surfaceTerms[index]), place) }
      }
      if !matcher.isEmpty {
        for index in start..<start + primaryCount {
          let term = index == start ? Int(known.first) : Int(surfaceTerms[index])
          guard matcher.isWaiting || last[term].beginsSynonym else { continue }
          var marks: [Int] = []
          matcher.see(term) { marks.append($0) }
          for mark in marks { tally(mark, place) }
        }
      }
      if let measure = joiner.join(Array(folded[token.folded]), token.traits, token.range) {
        tally(number(of: measure), place)
      }
      if field == .brand { try tallyExact(surface, Array(folded[token.folded]), place) }
    }
    if field == .category { try tallyHeads(of: text, place) }
    return length
  }

  /// Counts what the narrowest category is a category of: `^` and the head's term, and `^` and the marks of the
  /// synonyms that end with it.
  private mutating func tallyHeads(of category: String, _ place: UInt32) throws(IndexError) {
    let (number, isNew) = categories.insert(category.utf8.span)
    if isNew { categoryHeads.append(try heads(of: category)) }
    for term in categoryHeads[number] { tally(term, place) }
  }

  private mutating func heads(of category: String) throws(IndexError) -> [Int] {
    var found: [Int] = []
    for phrase in CategoryHeads.phrases(in: category) {
      matcher.restart()
      var (last, marks) = (-1, [Int]())
      for word in phrase {
        forms.removeAll()
        try analyzer.appendForms(of: Array(word.utf8), to: &forms)
        for index in 0..<forms.primaryCount {
          last = number(of: forms.bytes, forms.range(index))
          marks.removeAll()
          matcher.see(last) { marks.append($0) }
        }
      }
      if last < 0 { continue }
      for head in [last] + marks {
        found.append(number(of: [CategoryHeads.sign] + terms.bytes[terms.range(head)]))
      }
    }
    return found
  }

  /// Counts a term in a document's field.
  private mutating func tally(_ term: Int, _ place: UInt32) {
    if last[term].place == place {
      // The count is in the lowest 16 bits and stays below their end.
      let index = last[term].tally
      if tallies[index] & 0xFFFF < 0xFFFF { tallies[index] += 1 }
    } else {
      last[term].place = place
      last[term].tally = tallies.count
      tallies.append(UInt64(term) << 32 | UInt64((place - 1) & 7) << 16 | 1)
    }
  }

  /// Counts the word of a brand as it is written, where stemming would have changed it.
  private mutating func tallyExact(_ surface: Int, _ word: [UInt8], _ place: UInt32) throws(IndexError) {
    if records[surface].exact == 0 {
      let stem = terms.bytes[terms.range(Int(records[surface].first))]
      records[surface].exact = word.elementsEqual(stem) ? -1 : Int32(number(of: [0x3D] + word)) + 1
    }
    if records[surface].exact > 0 { tally(Int(records[surface].exact) - 1, place) }
  }

  /// Finds the terms of a token that no text had before.
  private mutating func learn(_ word: [UInt8]) throws(IndexError) {
    forms.removeAll()
    try analyzer.appendForms(of: word, to: &forms)
    let start = surfaceTerms.count
    for index in 0..<forms.count {
      surfaceTerms.append(UInt32(truncatingIfNeeded: number(of: forms.bytes, forms.range(index))))
    }
    keepSurface(from: start, primary: forms.primaryCount)
  }

  /// Keeps the surface form whose terms were appended from a place on; a token of 128 bytes has no more than fit.
  private mutating func keepSurface(from start: Int, primary: Int) {
    records.append(
      Surface(
        start: UInt32(truncatingIfNeeded: start), first: start < surfaceTerms.count ? surfaceTerms[start] : 0,
        count: UInt16(surfaceTerms.count - start), primary: UInt16(primary)))
  }

  /// Words of letters, each with the final number of its first term.
  ///
  /// - Parameter sorted: Terms by their final numbers.
  /// - Returns: Each word once, in the order of their first coming.
  private func spelledWords(_ sorted: [Int]) -> [(word: [UInt8], term: Int)] {
    var final = [Int](repeating: -1, count: terms.count)
    for (number, term) in sorted.enumerated() { final[term] = number }
    var seen = ByteTable()
    var words: [(word: [UInt8], term: Int)] = []
    for surface in 0..<surfaces.count {
      let token = Array(surfaces.bytes[surfaces.range(surface)])
      guard !token.contains(where: { $0.isDigit || $0 == 0x22 || $0 == 0x27 }) else { continue }
      // The parts of a compound and its primary terms come in the same order.
      for (index, part) in token.split(separator: 0x2D).enumerated()
      where index < Int(records[surface].primary) {
        let word = Array(part)
        guard seen.insert(word, word.indices).isNew else { continue }
        let term = final[Int(surfaceTerms[Int(records[surface].start) + index])]
        if term >= 0 { words.append((word, term)) }
      }
    }
    return words
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
    if document.rating != nil { parts |= SegmentLayout.Stored.rating }
    stored.append(parts)
    if let price { stored.appendVarint(UInt64(price)) }
    if let stock { stored.appendVarint(UInt64(stock)) }
    if let rating = document.rating { stored.appendVarint(UInt64(rating.settled)) }
    appendShort(document.sku)
    appendShort(document.title)
    // Brand and category are numbers that are known at the end only; they are put in here then.
    storedTexts.append(
      (
        start: stored.count - (storedEnds.last ?? 0), brand: document.brand.map { nameNumber($0) } ?? 0,
        category: document.category.map { nameNumber($0) } ?? 0
      ))
    if let text = document.text { appendShort(text) }
    storedEnds.append(stored.count)
  }

  /// Appends a text in short form, behind its length.
  private mutating func appendShort(_ text: String) {
    scratch.removeAll(keepingCapacity: true)
    ShortText.append(text, to: &scratch)
    stored.appendVarint(UInt64(scratch.count))
    stored += scratch
  }

  /// The number of a brand or category, until the end.
  private mutating func nameNumber(_ name: String) -> UInt32 {
    scratch.removeAll(keepingCapacity: true)
    ShortText.append(name, to: &scratch)
    return UInt32(names.insert(scratch, scratch.indices).number)
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

  private func collection(_ statistics: [FieldStatistics], termCount: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append32(UInt32(Analyzer.version))
    bytes.append32(UInt32(keys.count))
    bytes.append32(UInt32(termCount))
    bytes.append32(UInt32(statistics.count))
    bytes.append32(UInt32(SegmentLayout.blockSize))
    bytes.append32(0)
    bytes.append64(ranking.saturation.bitPattern)
    bytes.append64(ranking.coverage.bitPattern)
    for value in ranking.boosts.values { bytes.append64(value.bitPattern) }
    for (field, statistics) in zip(ranking.fields, statistics) {
      bytes.append64(UInt64(statistics.documents))
      bytes.append64(UInt64(statistics.totalLength))
      bytes.append64(field.weight.bitPattern)
      bytes.append64(field.lengthShare.bitPattern)
    }
    return bytes
  }

  /// Lengths by the documents' final numbers, eight a document.
  private func orderedLengths(_ order: [Int]) -> [UInt16] {
    let fieldCount = Field.allCases.count
    var ordered: [UInt16] = []
    ordered.reserveCapacity(order.count * 8)
    for arrival in order {
      for field in 0..<8 { ordered.append(field < fieldCount ? lengths[arrival * fieldCount + field] : 0) }
    }
    return ordered
  }

  private func fingerprintSection(_ order: [Int]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(order.count * SegmentLayout.fingerprintSize)
    for arrival in order { fingerprints[arrival].append(to: &bytes) }
    return bytes
  }

  private func storedDocuments(
    _ order: [Int]
  ) -> (starts: [UInt8], documents: [UInt8], names: [UInt8]) {
    var final = [Int](repeating: 0, count: names.count)
    var (nameStarts, nameTexts) = ([UInt8](), [UInt8]())
    nameStarts.append32(UInt32(names.count))
    for (number, name) in names.sorted().enumerated() {
      final[name] = number
      nameStarts.append32(UInt32(truncatingIfNeeded: nameTexts.count))
      nameTexts += names.bytes[names.range(name)]
    }
    nameStarts.append32(UInt32(truncatingIfNeeded: nameTexts.count))
    var (starts, documents) = ([UInt8](), [UInt8]())
    documents.reserveCapacity(stored.count)
    for arrival in order {
      starts.append32(UInt32(truncatingIfNeeded: documents.count))
      let record = storedEnds[arrival]..<storedEnds[arrival + 1]
      let parts = stored[record.lowerBound]
      let text = record.lowerBound + storedTexts[arrival].start
      documents += stored[record.lowerBound..<text]
      for (part, name) in [
        (SegmentLayout.Stored.brand, storedTexts[arrival].brand),
        (SegmentLayout.Stored.category, storedTexts[arrival].category),
      ] where parts & part != 0 { documents.appendVarint(UInt64(final[Int(name)])) }
      documents += stored[text..<record.upperBound]
    }
    starts.append32(UInt32(truncatingIfNeeded: documents.count))
    return (starts, documents, nameStarts + nameTexts)
  }
}
