/// What hits show of documents, in the order in which they came.
struct StoredDocuments: Sendable {
  let records: [UInt8]
  /// Where each record starts; one more than there are documents.
  let ends: [Int]
  /// For each document where its passage begins in its record, and the numbers of brand and category.
  let texts: [(start: Int, brand: UInt32, category: UInt32)]
  let names: ByteTable

  /// Writes the sections, with brands and categories as numbers of sorted names.
  ///
  /// - Parameter order: Documents by their final numbers.
  /// - Returns: The sections.
  func sections(_ order: [Int]) -> DocumentSections {
    var sections = DocumentSections()
    var final = [Int](repeating: 0, count: names.count)
    var nameTexts: [UInt8] = []
    sections.names.append32(UInt32(names.count))
    for (number, name) in names.sorted().enumerated() {
      final[name] = number
      sections.names.append32(UInt32(truncatingIfNeeded: nameTexts.count))
      nameTexts += names.bytes[names.range(name)]
    }
    sections.names.append32(UInt32(truncatingIfNeeded: nameTexts.count))
    sections.names += nameTexts
    sections.documents.reserveCapacity(records.count + 8 * order.count)
    sections.starts.reserveCapacity(4 * (order.count + 1))
    for arrival in order {
      sections.starts.append32(UInt32(truncatingIfNeeded: sections.documents.count))
      let record = ends[arrival]..<ends[arrival + 1]
      let parts = records[record.lowerBound]
      let text = record.lowerBound + texts[arrival].start
      sections.documents += records[record.lowerBound..<text]
      for (part, name) in [
        (SegmentLayout.Stored.brand, texts[arrival].brand),
        (SegmentLayout.Stored.category, texts[arrival].category),
      ] where parts & part != 0 { sections.documents.appendVarint(UInt64(final[Int(name)])) }
      sections.documents += records[text..<record.upperBound]
    }
    sections.starts.append32(UInt32(truncatingIfNeeded: sections.documents.count))
    return sections
  }
}

/// The sections that hold what hits show.
struct DocumentSections: Sendable {
  fileprivate(set) var starts: [UInt8] = []
  fileprivate(set) var documents: [UInt8] = []
  fileprivate(set) var names: [UInt8] = []
}
