extension IndexBuilder {
  /// Cuts a document's texts into tokens, all of them before any is looked up.
  mutating func cut(_ document: SearchDocument) {
    tokens.removeAll(keepingCapacity: true)
    tokenBytes.removeAll(keepingCapacity: true)
    document.forEachText { (field, text) in
      let bytes = text.utf8.span
      var isFirst = true
      tokenizer.restart()
      while tokenizer.next(in: bytes) {
        let start = tokenBytes.count
        let hash = tokenizer.withFolded { folded in
          // An array takes no span as a whole.
          unsafe folded.withUnsafeBufferPointer { unsafe tokenBytes.append(contentsOf: $0) }
          return ByteTable.hash(folded)
        }
        tokens.append(
          FoundToken(
            folded: start..<tokenBytes.count, range: tokenizer.range, traits: tokenizer.traits,
            field: field, beginsText: isFirst, hash: hash))
        isFirst = false
      }
    }
  }

  /// Asks the memory for all that the document's tokens need.
  ///
  /// It lies all over the memory; asking for all of it first lets the waits run side by side.
  mutating func touch() {
    for index in tokens.indices { tokens[index].entry = surfaces.touch(tokens[index].hash) }
    var touched = 0
    for index in tokens.indices {
      let number = Int(tokens[index].entry & 0xFFFF_FFFF) - 1
      touched &+= surfaces.touch(entry: tokens[index].entry)
      if number >= 0 { touched &+= Int(records[number].first) }
    }
    for index in tokens.indices {
      let number = Int(tokens[index].entry & 0xFFFF_FFFF) - 1
      if number >= 0 { touched &+= Int(last[Int(records[number].first)].place) }
    }
    touchSum &+= touched
  }

  /// Counts the terms of a document's tokens; adds to the lengths of its fields, in primary terms.
  mutating func count(_ document: Int, _ lengths: inout [Int]) throws(IndexError) {
    var joiner = MeasureJoiner()
    var folded: [UInt8] = []
    swap(&folded, &tokenBytes)
    defer { swap(&folded, &tokenBytes) }
    for index in tokens.indices {
      let token = tokens[index]
      let place = UInt32(truncatingIfNeeded: document << 3) + UInt32(token.field.rawValue) + 1
      if token.beginsText {
        joiner = MeasureJoiner()
        matcher.restart()
      }
      let (surface, isNew) = surfaces.insert(
        folded.span.extracting(token.folded), hash: token.hash)
      if isNew { try learn(Array(folded[token.folded])) }
      let known = records[surface]
      let (start, primaryCount) = (Int(known.start), Int(known.primary))
      lengths[Int(token.field.rawValue)] += primaryCount
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
      if token.field == .brand { try tallyExact(surface, Array(folded[token.folded]), place) }
    }
  }

  /// Counts what the narrowest category is a category of: `^` and the head's term, and `^` and the marks of the
  /// synonyms that end with it.
  mutating func tallyHeads(of category: String, _ document: Int) throws(IndexError) {
    let place = UInt32(truncatingIfNeeded: document << 3) + UInt32(Field.category.rawValue) + 1
    let (number, isNew) = categories.insert(category.utf8.span)
    if isNew { categoryHeads.append(try heads(of: category)) }
    for term in categoryHeads[number] { tally(term, place) }
  }

  mutating func heads(of category: String) throws(IndexError) -> [Int] {
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
  mutating func tally(_ term: Int, _ place: UInt32) {
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
  mutating func tallyExact(_ surface: Int, _ word: [UInt8], _ place: UInt32) throws(IndexError) {
    if records[surface].exact == 0 {
      let stem = terms.bytes[terms.range(Int(records[surface].first))]
      records[surface].exact = word.elementsEqual(stem) ? -1 : Int32(number(of: [0x3D] + word)) + 1
    }
    if records[surface].exact > 0 { tally(Int(records[surface].exact) - 1, place) }
  }

  /// Finds the terms of a token that no text had before.
  mutating func learn(_ word: [UInt8]) throws(IndexError) {
    forms.removeAll()
    try analyzer.appendForms(of: word, to: &forms)
    let start = surfaceTerms.count
    for index in 0..<forms.count {
      surfaceTerms.append(UInt32(truncatingIfNeeded: number(of: forms.bytes, forms.range(index))))
    }
    keepSurface(from: start, primary: forms.primaryCount)
  }

  /// Keeps the surface form whose terms were appended from a place on; a token of 128 bytes has no more than fit.
  mutating func keepSurface(from start: Int, primary: Int) {
    records.append(
      Surface(
        start: UInt32(truncatingIfNeeded: start), first: start < surfaceTerms.count ? surfaceTerms[start] : 0,
        count: UInt16(surfaceTerms.count - start), primary: UInt16(primary)))
  }

  /// Keeps what a hit shows.
  mutating func keep(_ document: SearchDocument) {
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
  mutating func appendShort(_ text: String) {
    scratch.removeAll(keepingCapacity: true)
    ShortText.append(text, to: &scratch)
    stored.appendVarint(UInt64(scratch.count))
    stored += scratch
  }

  /// The number of a brand or category, until the end.
  mutating func nameNumber(_ name: String) -> UInt32 {
    scratch.removeAll(keepingCapacity: true)
    ShortText.append(name, to: &scratch)
    return UInt32(names.insert(scratch, scratch.indices).number)
  }
}
