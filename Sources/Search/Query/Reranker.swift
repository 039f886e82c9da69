/// Puts the best documents in order by what their titles, brands and categories say.
///
/// A sum over terms cannot see that "Чехол для iPhone 13" is no iPhone, or that a category is exactly what was
/// asked for. The documents that are best by their terms are looked at again; each gains or loses shares of
/// its score (``Ranking/Boosts``).
struct Reranker {
  private let boosts: Ranking.Boosts
  /// For each term that counts as having a word: the words, as bits.
  private var slotsOfTerms: [String: UInt64] = [:]
  /// Words as they may stand in a title, folded.
  private var forms: [String: UInt64] = [:]
  private let slotCount: Int
  private let strongSlots: UInt64
  private let asksForPurpose: Bool

  /// Prepares for a query.
  ///
  /// - Parameters:
  ///   - query: What was looked for.
  ///   - boosts: The numbers.
  ///   - alike: Terms that mean the same as the mark of a rule of synonyms.
  init(_ query: Query, _ boosts: Ranking.Boosts, alike: (String) -> [String]) {
    self.boosts = boosts
    var strong = UInt64(0)
    let slots = query.slots.filter { !$0.isBonus }
    for (index, slot) in slots.enumerated() {
      if slot.weight >= 1 { strong |= 1 << UInt64(index) }
      for way in slot.ways {
        if !way.word.isEmpty {
          for word in way.word.split(separator: " ") { forms[String(word), default: 0] |= 1 << UInt64(index) }
        }
        for term in way.terms.prefix(max(way.needed, way.reading == .joined ? way.terms.count : 0)) {
          let terms = way.reading == .synonym ? alike(term) : [term]
          for term in terms { slotsOfTerms[term, default: 0] |= 1 << UInt64(index) }
        }
      }
    }
    slotCount = slots.count
    strongSlots = strong
    asksForPurpose = query.slots.contains { Self.purposes.contains($0.surface) }
  }

  /// Orders hits anew.
  ///
  /// - Parameters:
  ///   - hits: The best by their terms.
  ///   - analyzer: Gives the terms of titles.
  /// - Returns: The same hits with corrected scores, by falling score, equal ones as they came.
  /// - Throws: ``IndexError`` with code `failed` when memory ran out.
  func order(_ hits: [Hit], analyzer: inout Analyzer) throws(IndexError) -> [Hit] {
    guard slotCount > 0, let first = hits.first?.score, first > 0 else { return hits }
    try prepare(&analyzer)
    // Brands and categories come again and again.
    var (names, shares) = (ByteTable(), [Double]())
    var company: [Double] = []
    var categories: [Int?] = []
    func share(of name: String, _ isCategory: Bool, _ analyzer: inout Analyzer) throws(IndexError) -> Int {
      let key = (isCategory ? "c" : "b") + name
      let (number, isNew) = names.insert(key.utf8.span)
      if isNew {
        shares.append(try view(of: isCategory ? CategoryHeads.leaf(name) : name, analyzer: &analyzer).share)
        company.append(0)
      }
      return number
    }
    var ordered: [Hit] = []
    ordered.reserveCapacity(hits.count)
    for hit in hits {
      var hit = hit
      let title = try view(of: hit.title, analyzer: &analyzer)
      var boosted: [Hit.Boost] = []
      func add(_ name: String, _ share: Double) {
        if share != 0 { boosted.append(Hit.Boost(name: name, share: share)) }
      }
      add("phrase", boosts.phrase * title.phrase(of: slotCount))
      add("title", boosts.title * title.share)
      add("form", boosts.form * Double(title.forms.nonzeroBitCount) / Double(slotCount))
      if title.isWhole, title.forms.nonzeroBitCount == slotCount { add("whole", boosts.whole) }
      add("head", title.hasHead ? boosts.head : 0)
      if let brand = hit.document.brand {
        let number = try share(of: brand, false, &analyzer)
        add("brand", shares[number] == 1 ? boosts.brand : 0)
      }
      if let category = hit.document.category {
        let number = try share(of: category, true, &analyzer)
        add("category", 0.4 * boosts.category * (shares[number] == 1 ? 1 : 0))
        categories.append(number)
      } else {
        categories.append(nil)
      }
      if title.isAccessory, !asksForPurpose { add("accessory", -boosts.accessory) }
      if hit.kind == .product { add("available", hit.isAvailable ? boosts.available : 0) }
      hit.score *= 1 + boosted.reduce(0) { $0 + $1.share }
      hit.boosts = boosted
      ordered.append(hit)
    }
    // Which categories the best are of shows only now.
    var all = 0.0
    let best = ordered.indices.sorted {
      ordered[$0].score != ordered[$1].score ? ordered[$0].score > ordered[$1].score : $0 < $1
    }.prefix(Self.companySize)
    for index in best {
      guard let category = categories[index] else { continue }
      company[category] += ordered[index].score
      all += ordered[index].score
    }
    for index in ordered.indices where all > 0 {
      guard let category = categories[index], company[category] > 0 else { continue }
      let share = boosts.company * company[category] / all
      ordered[index].score *= 1 + share
      ordered[index].boosts.append(Hit.Boost(name: "company", share: share))
    }
    return ordered.enumerated().sorted {
      $0.element.score != $1.element.score ? $0.element.score > $1.element.score : $0.offset < $1.offset
    }.map(\.element)
  }

  /// A short text as the query sees it.
  private struct View {
    /// For each word the query's words that it is, as bits.
    var words: [UInt64] = []
    /// The query's words that stand here in the very same form.
    var forms: UInt64 = 0
    /// Whether every word stands here as in the query.
    var isWhole = true
    /// Whether all of the query's words stand behind a word of purpose.
    var isAccessory = false
    let slotCount: Int

    /// The share of words that the query has.
    var share: Double {
      words.isEmpty ? 0 : Double(words.count { $0 != 0 }) / Double(words.count)
    }

    /// Whether the query's first word stands first, or its last word last.
    var hasHead: Bool {
      guard let first = words.first, let last = words.last else { return false }
      return first & 1 != 0 || last & 1 << UInt64(slotCount - 1) != 0
    }

    /// The longest run of the query's words in their order, as a share of what is possible.
    func phrase(of slotCount: Int) -> Double {
      guard slotCount > 1 else { return 0 }
      var best = 0
      for start in words.indices where words[start] != 0 {
        var (run, place) = (0, start)
        var slot = words[start].trailingZeroBitCount
        while place + 1 < words.count, slot + 1 < 64, words[place + 1] & 1 << UInt64(slot + 1) != 0 {
          run += 1
          place += 1
          slot += 1
        }
        best = max(best, run)
      }
      return Double(best) / Double(slotCount - 1)
    }
  }

  private func view(of text: String, analyzer: inout Analyzer) throws(IndexError) -> View {
    var view = View(slotCount: slotCount)
    var purpose: Int?
    var tokenizer = Tokenizer()
    let bytes = text.utf8.span
    while tokenizer.next(in: bytes) {
      let word = try analyzer.remember(tokenizer)
      let form = analyzer.memory.bits(word: word)
      view.forms |= form
      view.isWhole = view.isWhole && form != 0
      let (terms, primaryCount) = analyzer.memory.forms(of: word)
      let start = view.words.count
      for (index, term) in terms.enumerated() {
        let slots = analyzer.memory.bits(term: Int(term))
        if index >= primaryCount {
          view.words[start] |= slots
        } else {
          if purpose == nil, start > 0, analyzer.memory.isPurpose(term: Int(term)) { purpose = start }
          view.words.append(slots)
        }
      }
    }
    if let purpose {
      view.isAccessory =
        !view.words[..<purpose].contains { $0 & strongSlots != 0 }
        && view.words[purpose...].contains { $0 & strongSlots != 0 }
    }
    return view
  }

  /// Tells the analyzer's memory what the query's words are.
  private func prepare(_ analyzer: inout Analyzer) throws(IndexError) {
    analyzer.memory.restart()
    for (form, bits) in forms {
      let word = try analyzer.remember(Array(form.utf8))
      analyzer.memory.mark(word: word, bits)
    }
    for (term, bits) in slotsOfTerms { analyzer.memory.mark(term: term, bits) }
  }

  /// How many of the best say which category is meant.
  private static let companySize = 20

  /// What stands before the thing that another thing is for.
  static let purposes: Set<String> = ["для", "for", "под", "fit", "fits", "compat", "үшін", "ушин"]
}
