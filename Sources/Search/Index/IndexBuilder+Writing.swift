extension IndexBuilder {
  /// Writes the segment.
  ///
  /// - Returns: Its bytes; the same for the same documents, whatever their order.
  /// - Throws: ``IndexError`` with code `tooLarge` when a section would pass 4 GiB.
  public consuming func finish() throws(IndexError) -> [UInt8] {
    let terms = terms.sorted()
    let prepared = prepare(terms)
    return try write(
      prepared, [Self.lists(prepared, prepared.terms[...])], spelledWords(prepared.terms).sections(),
      storedDocuments.sections(prepared.order))
  }

  /// Writes the segment, doing what does not depend on each other side by side.
  ///
  /// - Parameter threads: 1 or more.
  /// - Returns: The same bytes for any number.
  /// - Throws: As ``finish()``.
  consuming func finish(threads: Int) async throws -> [UInt8] {
    guard threads > 1 else { return try finish() }
    let prepared = prepare(terms.sorted())
    let (spelled, stored) = (spelledWords(prepared.terms), storedDocuments)
    async let words = spelled.sections()
    async let documents = stored.sections(prepared.order)
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
    let lists = try await SideBySide.map(runs) { Self.lists(prepared, prepared.terms[$0]) }
    return try write(prepared, lists, await words, await documents)
  }

  /// What postings are gathered from.
  struct Prepared: Sendable {
    let order: [Int]
    let statistics: [FieldStatistics]
    let scoring: Scoring
    let lengths: [UInt16]
    let columns: [Tally]
    let starts: [Int]
    /// Terms by their final numbers; those of synonyms that no document has are left out.
    let terms: [Int]
  }

  /// Brings everything into its final order.
  ///
  /// - Parameter sorted: All terms, sorted by their bytes.
  /// - Returns: What postings are gathered from.
  func prepare(_ sorted: [Int]) -> Prepared {
    let order = keys.sorted()
    let statistics = fieldStatistics()
    let (columns, starts) = tallyColumns(order)
    return Prepared(
      order: order, statistics: statistics,
      scoring: Scoring(ranking, statistics, documentCount: order.count), lengths: orderedLengths(order),
      columns: columns, starts: starts, terms: sorted.filter { starts[$0] < starts[$0 + 1] })
  }

  static func lists(_ prepared: Prepared, _ terms: ArraySlice<Int>) -> PostingLists {
    PostingLists(terms, prepared.columns, prepared.starts, prepared.lengths, prepared.scoring)
  }

  consuming func write(
    _ prepared: Prepared, _ lists: [PostingLists], _ words: WordSections, _ documents: DocumentSections
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
    writer.add(.documentStarts, documents.starts)
    writer.add(.documents, documents.documents)
    writer.add(.names, documents.names)
    writer.add(.words, words.words)
    writer.add(.wordTexts, words.texts)
    writer.add(.wordLetters, words.letters)
    writer.add(.wordSounds, words.sounds)
    writer.add(.wordStarts, words.starts)
    writer.add(.synonyms, synonyms.section())
    writer.add(.fingerprints, fingerprintSection(order))
    return try writer.finish()
  }

  /// What spelling needs.
  ///
  /// - Parameter sorted: Terms by their final numbers.
  /// - Returns: It, ready to be written in another task.
  func spelledWords(_ sorted: [Int]) -> SpelledWords {
    SpelledWords(
      surfaces: surfaces, records: records, surfaceTerms: surfaceTerms, terms: terms, sorted: sorted)
  }

  /// What hits show.
  var storedDocuments: StoredDocuments {
    StoredDocuments(records: stored, ends: storedEnds, texts: storedTexts, names: names)
  }

  func fieldStatistics() -> [FieldStatistics] {
    var statistics = [FieldStatistics](repeating: FieldStatistics(), count: Field.allCases.count)
    for (index, length) in lengths.enumerated() where length > 0 {
      let field = index % statistics.count
      statistics[field].documents += 1
      statistics[field].totalLength += Int(length)
    }
    return statistics
  }

  /// All tallies by term, within a term by the documents' final numbers, within a document by field.
  func tallyColumns(_ order: [Int]) -> (columns: [Tally], starts: [Int]) {
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

  func collection(_ statistics: [FieldStatistics], termCount: Int) -> [UInt8] {
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
  func orderedLengths(_ order: [Int]) -> [UInt16] {
    let fieldCount = Field.allCases.count
    var ordered: [UInt16] = []
    ordered.reserveCapacity(order.count * 8)
    for arrival in order {
      for field in 0..<8 { ordered.append(field < fieldCount ? lengths[arrival * fieldCount + field] : 0) }
    }
    return ordered
  }

  func fingerprintSection(_ order: [Int]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(order.count * SegmentLayout.fingerprintSize)
    for arrival in order { fingerprints[arrival].append(to: &bytes) }
    return bytes
  }
}
