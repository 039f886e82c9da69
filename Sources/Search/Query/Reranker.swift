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
        // A measure stands in a title in one word or in two.
        let isMeasure = way.reading == .joined || way.reading == .measure
        for term in way.terms.prefix(isMeasure ? way.terms.count : way.needed) {
          let terms = way.reading == .synonym ? alike(term) : [term]
          for term in terms { slotsOfTerms[term, default: 0] |= 1 << UInt64(index) }
        }
      }
    }
    slotCount = slots.count
    strongSlots = strong
    asksForPurpose = query.slots.contains { Self.purposes.contains($0.surface) }
  }

  /// A document with what its title, brand and category are worth.
  struct Candidate {
    let entry: TopList.Entry
    var score: Double
    /// Shares by the kinds of ``names``, added up in their order.
    fileprivate var shares = InlineArray<11, Double>(repeating: 0)
    /// What company of its category is worth; multiplied afterwards.
    fileprivate var company = 0.0
    /// Its category's number among those of the candidates.
    fileprivate var category: Int?

    /// The shares that are not 0.
    var boosts: [Hit.Boost] {
      var boosts: [Hit.Boost] = []
      for (kind, name) in Reranker.names.enumerated() where shares[kind] != 0 {
        boosts.append(Hit.Boost(name: name, share: shares[kind]))
      }
      if company != 0 { boosts.append(Hit.Boost(name: "company", share: company)) }
      return boosts
    }
  }

  fileprivate static let names = [
    "phrase", "title", "form", "whole", "head", "brand", "category", "accessory", "available",
    "rating", "variant",
  ]

  /// Brands and categories that were looked at: they come again and again.
  private struct Names {
    /// Their texts, behind a letter that tells one from the other.
    private var texts = ByteTable()
    /// The share of each that the query makes up.
    var shares: [Double] = []
    /// By layer and number there, the number here.
    private var known: [Int: Int] = [:]

    /// The number of a name, when it was looked at before.
    func number(_ name: Int, _ layer: Int, isCategory: Bool) -> Int? {
      known[Self.key(name, layer, isCategory)]
    }

    /// Keeps a name; gives its number and whether its share is to be found.
    mutating func insert(_ name: Int, _ layer: Int, isCategory: Bool, text: String) -> (
      number: Int, isNew: Bool
    ) {
      let (number, isNew) = texts.insert(((isCategory ? "c" : "b") + text).utf8.span)
      known[Self.key(name, layer, isCategory)] = number
      return (number, isNew)
    }

    private static func key(_ name: Int, _ layer: Int, _ isCategory: Bool) -> Int {
      name << 2 | layer << 1 | (isCategory ? 1 : 0)
    }
  }

  /// Orders candidates anew.
  ///
  /// - Parameters:
  ///   - best: The best by their terms.
  ///   - index: Where they are.
  ///   - analyzer: Gives the terms of titles.
  /// - Returns: All of them with corrected scores, by falling score, equal ones as they came.
  /// - Throws: ``IndexError``: `failed` when memory ran out, `damaged`.
  func order(
    _ best: [TopList.Entry], in index: SearchIndex, analyzer: inout Analyzer
  ) throws(IndexError) -> [Candidate] {
    guard slotCount > 0, let first = best.first?.score, first > 0 else {
      return best.map { Candidate(entry: $0, score: $0.score) }
    }
    try prepare(&analyzer)
    var (names, view, title) = (Names(), View(slotCount: slotCount), [UInt8]())
    var ordered: [Candidate] = []
    ordered.reserveCapacity(best.count)
    for entry in best {
      let (layer, number) = index.place(of: entry.document)
      let segment = index.layers[layer].segment
      title.removeAll(keepingCapacity: true)
      let record = try segment.reading { (file) throws(Damage) in
        let record = try segment.record(number, file)
        try ShortText.append(file.extracting(segment.range(.documents)).extracting(record.title), to: &title)
        return record
      }
      try look(at: title.span, &view, &analyzer)
      var candidate = Candidate(entry: entry, score: entry.score)
      candidate.shares[0] = boosts.phrase * view.phrase(of: slotCount)
      candidate.shares[1] = boosts.title * view.share
      candidate.shares[2] = boosts.form * Double(view.forms.nonzeroBitCount) / Double(slotCount)
      if view.isWhole, view.forms.nonzeroBitCount == slotCount { candidate.shares[3] = boosts.whole }
      candidate.shares[4] = view.hasHead ? boosts.head : 0
      if view.isAccessory, !asksForPurpose { candidate.shares[7] = -boosts.accessory }
      if view.isVariant { candidate.shares[10] = -boosts.title }
      if let brand = record.brand {
        let name = try self.name(brand, layer, segment, isCategory: false, &names, &view, &analyzer)
        candidate.shares[5] = names.shares[name] == 1 ? boosts.brand : 0
      }
      if let category = record.category {
        let name = try self.name(category, layer, segment, isCategory: true, &names, &view, &analyzer)
        candidate.shares[6] = 0.4 * boosts.category * (names.shares[name] == 1 ? 1 : 0)
        candidate.category = name
      }
      if !record.isKnowledge { candidate.shares[8] = record.isAvailable ? boosts.available : 0 }
      if let rating = record.rating {
        candidate.shares[9] = boosts.rating * min(1, max(-1, Double(rating - 400) / 100))
      }
      var all = 0.0
      for kind in Self.names.indices { all += candidate.shares[kind] }
      candidate.score *= 1 + all
      ordered.append(candidate)
    }
    favourCompany(&ordered, names.shares.count)
    return Self.sorted(ordered)
  }

  /// Which categories the best are of shows only when all were looked at.
  private func favourCompany(_ candidates: inout [Candidate], _ nameCount: Int) {
    var (company, all) = ([Double](repeating: 0, count: nameCount), 0.0)
    for candidate in Self.sorted(candidates).prefix(Self.companySize) {
      guard let category = candidate.category else { continue }
      company[category] += candidate.score
      all += candidate.score
    }
    guard all > 0 else { return }
    for index in candidates.indices {
      guard let category = candidates[index].category, company[category] > 0 else { continue }
      candidates[index].company = boosts.company * company[category] / all
      candidates[index].score *= 1 + candidates[index].company
    }
  }

  private static func sorted(_ candidates: [Candidate]) -> [Candidate] {
    candidates.indices.sorted {
      candidates[$0].score != candidates[$1].score ? candidates[$0].score > candidates[$1].score : $0 < $1
    }.map { candidates[$0] }
  }

  /// The number of a brand or category.
  private func name(
    _ name: Int, _ layer: Int, _ segment: Segment, isCategory: Bool, _ names: inout Names, _ view: inout View,
    _ analyzer: inout Analyzer
  ) throws(IndexError) -> Int {
    if let number = names.number(name, layer, isCategory: isCategory) { return number }
    let text = try segment.reading { (file) throws(Damage) in try segment.name(name, in: file) }
    let (number, isNew) = names.insert(name, layer, isCategory: isCategory, text: text)
    if isNew {
      let short = isCategory ? CategoryHeads.leaf(text) : text
      try look(at: short.utf8.span, &view, &analyzer)
      names.shares.append(view.share)
    }
    return number
  }

  /// A short text as the query sees it.
  private struct View {
    /// Forgets the text before.
    mutating func restart() {
      words.removeAll(keepingCapacity: true)
      (forms, isWhole, isAccessory, isVariant) = (0, true, false, false)
    }

    /// For each word the query's words that it is, as bits.
    var words: [UInt64] = []
    /// The query's words that stand here in the very same form.
    var forms: UInt64 = 0
    /// Whether every word stands here as in the query.
    var isWhole = true
    /// Whether all of the query's words stand behind a word of purpose.
    var isAccessory = false
    /// Whether a model number of the query goes on as another model: the Ti behind RTX 4060.
    var isVariant = false
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

  /// Looks at a text.
  private func look(
    at bytes: Span<UInt8>, _ view: inout View, _ analyzer: inout Analyzer
  ) throws(IndexError) {
    view.restart()
    var purpose: Int?
    var isBehindModel = false
    var tokenizer = Tokenizer()
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
      let isAsked = view.words[start...].contains { $0 != 0 }
      if isBehindModel, !isAsked, tokenizer.withFolded({ Self.isVariant($0) }) { view.isVariant = true }
      isBehindModel = isAsked && tokenizer.traits.contains(.digit)
    }
    if let purpose {
      view.isAccessory =
        !view.words[..<purpose].contains { $0 & strongSlots != 0 }
        && view.words[purpose...].contains { $0 & strongSlots != 0 }
    }
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

  /// Words behind a model number that make another model of it.
  private static let variants: [[UInt8]] = [
    "ti", "super", "pro", "max", "plus", "ultra", "lite", "mini", "se", "fe", "xt", "xl",
  ].map { Array($0.utf8) }

  private static func isVariant(_ word: Span<UInt8>) -> Bool {
    guard word.count <= 5 else { return false }
    for variant in variants where variant.count == word.count {
      var place = 0
      while place < word.count, variant[place] == word[place] { place += 1 }
      if place == word.count { return true }
    }
    return false
  }

  /// What stands before the thing that another thing is for.
  static let purposes: Set<String> = ["для", "for", "под", "fit", "fits", "compat", "үшін", "ушин"]
}
