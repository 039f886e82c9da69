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
    guard slotCount > 0, let best = hits.first?.score, best > 0 else { return hits }
    var ordered: [Hit] = []
    ordered.reserveCapacity(hits.count)
    for hit in hits {
      var hit = hit
      let title = try view(of: hit.title, analyzer: &analyzer)
      var shares: [Hit.Boost] = []
      func add(_ name: String, _ share: Double) {
        if share != 0 { shares.append(Hit.Boost(name: name, share: share)) }
      }
      add("phrase", boosts.phrase * title.phrase(of: slotCount))
      add("title", boosts.title * title.share)
      add("form", boosts.form * Double(title.forms.nonzeroBitCount) / Double(slotCount))
      if title.isWhole, title.forms.nonzeroBitCount == slotCount { add("whole", boosts.whole) }
      add("head", title.hasHead ? boosts.head : 0)
      if let brand = hit.document.brand {
        add("brand", try view(of: brand, analyzer: &analyzer).share == 1 ? boosts.brand : 0)
      }
      if let category = hit.document.category {
        let leaf = try view(of: CategoryHeads.leaf(category), analyzer: &analyzer)
        add("category", 0.4 * boosts.category * (leaf.share == 1 ? 1 : 0))
      }
      if title.isAccessory, !asksForPurpose { add("accessory", -boosts.accessory) }
      if hit.kind == .product { add("available", hit.isAvailable ? boosts.available : 0) }
      hit.score *= 1 + shares.reduce(0) { $0 + $1.share }
      hit.boosts = shares
      ordered.append(hit)
    }
    // Which categories the best are of shows only now.
    var (company, all) = ([String: Double](), 0.0)
    for hit in ordered.sorted(by: { $0.score > $1.score }).prefix(Self.companySize) {
      guard let category = hit.document.category else { continue }
      company[category, default: 0] += hit.score
      all += hit.score
    }
    for index in ordered.indices where all > 0 {
      guard let share = company[ordered[index].document.category ?? ""] else { continue }
      ordered[index].score *= 1 + boosts.company * share / all
      ordered[index].boosts.append(Hit.Boost(name: "company", share: boosts.company * share / all))
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
    var (tokenizer, terms) = (Tokenizer(), TermForms())
    let bytes = text.utf8.span
    while tokenizer.next(in: bytes) {
      let form = forms[String(decoding: tokenizer.folded, as: UTF8.self)] ?? 0
      view.forms |= form
      view.isWhole = view.isWhole && form != 0
      terms.removeAll()
      try analyzer.appendForms(of: tokenizer.folded, to: &terms)
      let start = view.words.count
      for index in 0..<terms.count {
        let term = terms.text(index)
        let slots = slotsOfTerms[term] ?? 0
        if index >= terms.primaryCount {
          view.words[start] |= slots
        } else {
          if purpose == nil, start > 0, Self.purposes.contains(term) { purpose = start }
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

  /// How many of the best say which category is meant.
  private static let companySize = 20

  /// What stands before the thing that another thing is for.
  static let purposes: Set<String> = ["для", "for", "под", "fit", "fits", "compat", "үшін", "ушин"]
}
