// What stands for words that the index does not have.
extension QueryReader {
  /// Adds ways to words that are not in the index.
  ///
  /// - Parameters:
  ///   - words: The query's words.
  ///   - isOpen: Whether the last word may still be typed.
  ///   - answer: Is told what was tried.
  ///   - analyzer: Gives terms.
  /// - Throws: ``IndexError``.
  func correct(
    _ words: inout QueryWords, isOpen: Bool, _ answer: inout Answer, analyzer: inout Analyzer
  ) throws(IndexError) {
    if isOpen, let last = words.words.indices.last { try addBeginning(last, &words) }
    let known = try known(words.words)
    guard known.contains(false) else { return }
    var meant = words.words.map(\.slot.surface)
    var soundsOther = false
    for index in known.indices where !known[index] {
      let isLast = isOpen && index == known.count - 1
      var ways = try modelInTwoWords(words, index, isWhole: true)
      if ways.isEmpty { ways = try modelInTwoWords(words, index - 1, isWhole: true) }
      if ways.isEmpty { ways = try soundingSynonyms(words.words[index]) }
      if ways.isEmpty { ways = try self.ways(for: words.words[index], isLast: isLast) }
      if ways.isEmpty { ways = try otherForms(words.words[index], analyzer: &analyzer) }
      if ways.isEmpty { ways = try synonyms(near: words.words[index]) }
      if ways.isEmpty { ways = try compounds(words, index, analyzer: &analyzer) }
      if ways.isEmpty { ways = try glued(words.words[index].folded, analyzer: &analyzer) }
      if ways.isEmpty { ways = try endings(words.words[index], analyzer: &analyzer) }
      guard let first = ways.first else { continue }
      soundsOther = soundsOther || first.way.reading == .sound
      answer.trace.append(
        "\(words.words[index].slot.surface): "
          + ways.map { "\($0.word) (\($0.way.reading.rawValue))" }.joined(separator: ", "))
      if first.way.reading == .together {
        // The neighbour is part of the word now.
        let isNext = index + 1 < meant.count && first.word == meant[index] + meant[index + 1]
        meant[isNext ? index + 1 : index - 1] = ""
        // Half a model number is a number of its own too: whoever has the whole has both halves.
        let other = isNext ? index + 1 : index - 1
        if words.words[other].traits.contains(.digit) || words.words[index].traits.contains(.digit) {
          words.add(ways.map(\.way), to: other)
        }
      }
      meant[index] = first.word
      words.add(ways.map(\.way), to: index)
    }
    if soundsOther { try addSounds(&words, known) }
    let suggestion = meant.filter { !$0.isEmpty }.joined(separator: " ")
    if suggestion != words.words.map(\.slot.surface).joined(separator: " ") { answer.suggestion = suggestion }
  }

  /// Words of the index that may be meant by one word.
  private func ways(
    for word: QueryWords.Word, isLast: Bool
  ) throws(IndexError) -> [(way: Way, word: String)] {
    let spelling = Spelling(self.index)
    return try self.index.naming { () throws(Damage) in
      if word.traits.contains(.digit) { return try partOfModel(word, spelling) }
      var ways: [(way: Way, word: String)] = []
      func add(_ candidates: [Spelling.Candidate], _ reading: Reading, _ weight: Double) {
        for candidate in candidates {
          let word = String(decoding: candidate.word, as: UTF8.self)
          let terms = [String(decoding: candidate.term, as: UTF8.self)]
          ways.append((Way(reading, terms, weight: weight, word: word), word))
        }
      }
      for part in word.folded.split(separator: 0x2D) {
        let part = Array(part)
        let before = ways.count
        let sounds = try spelling.sounding(part)
        let isLatin = Letters(part).isLatin
        add(sounds.filter { Letters($0.word).isLatin != isLatin }, .sound, 0.95)
        if ways.count == before {
          add(sounds, .spelling, 0.85)
          for candidate in try spelling.near(part) {
            add([candidate], .spelling, candidate.distance == 1 ? 0.85 : 0.7)
          }
        }
        if ways.count == before {
          let other = isLatin ? Transliteration.cyrillic(part) : Transliteration.latin(part)
          for candidate in try spelling.near(other) {
            add([candidate], .sound, candidate.distance == 1 ? 0.75 : 0.6)
          }
        }
        if isLast, part.count >= 3 { add(try spelling.beginning(part), .prefix, 0.7) }
      }
      return ways
    }
  }

  /// Words of rules that sound the same: telefon where the index has смартфон only.
  private func soundingSynonyms(
    _ word: QueryWords.Word
  ) throws(IndexError) -> [(way: Way, word: String)] {
    let spelling = Spelling(self.index)
    // A word of the index that sounds the same is nearer than one of a rule.
    let isInIndex = try self.index.naming { () throws(Damage) in try !spelling.sounding(word.folded).isEmpty }
    return isInIndex ? [] : try synonyms(near: word, bySoundOnly: true)
  }

  /// Words of rules that are a slip away: теефон.
  private func synonyms(
    near word: QueryWords.Word, bySoundOnly: Bool = false
  ) throws(IndexError) -> [(way: Way, word: String)] {
    guard word.primary.count == 1, !word.traits.contains(.digit), !word.traits.contains(.hyphen) else {
      return []
    }
    let alike = synonyms.alike(
      word.folded, term: Array(word.primary[0].utf8), bySoundOnly: bySoundOnly)
    var ways: [(way: Way, word: String)] = []
    for one in alike {
      let term = String(decoding: one.term, as: UTF8.self)
      let reading = one.distance == 0 ? Reading.sound : .spelling
      for mark in try marks(ofWord: [term]) {
        ways.append((Way(reading, [mark], weight: 0.8, word: term), term))
      }
    }
    return ways
  }

  /// The same Russian word where its forms have different stems: диванов and диван, подушек and подушка.
  ///
  /// The stemmer takes the н of диван for an ending, and knows nothing of vowels that come and go.
  private func otherForms(
    _ word: QueryWords.Word, analyzer: inout Analyzer
  ) throws(IndexError) -> [(way: Way, word: String)] {
    guard word.traits.isSubset(of: [.cyrillic]), word.primary.count == 1 else { return [] }
    let stem = Array(word.primary[0].utf8)
    var stems = [try analyzer.stem(stem)]
    for variant in [stem] + stems { stems += Self.fleeting(variant) }
    var ways: [(way: Way, word: String)] = []
    for candidate in stems where candidate.count >= 8 && candidate != stem {
      guard try self.index.has(candidate.span) else { continue }
      let term = String(decoding: candidate, as: UTF8.self)
      guard !ways.contains(where: { $0.way.terms == [term] }) else { continue }
      ways.append((Way(.spelling, [term], weight: 0.9, word: word.slot.surface), word.slot.surface))
    }
    return ways
  }

  /// A stem with the vowel before its last consonant left out, or put in.
  private static func fleeting(_ stem: [UInt8]) -> [[UInt8]] {
    let letters = Array(String(decoding: stem, as: UTF8.self))
    guard letters.count >= 3, let last = letters.last else { return [] }
    let vowels: Set<Character> = ["а", "е", "и", "о", "у", "ы", "э", "ю", "я"]
    let before = letters[letters.count - 2]
    guard !vowels.contains(last), last != "ь", last != "й" else { return [] }
    let head = letters.dropLast(2)
    if before == "о" || before == "е" { return [Array(String(head + [last]).utf8)] }
    guard !vowels.contains(before) else { return [] }
    // The soft sign of a stem gives way to the vowel: деньги, денег.
    let kept = before == "ь" || before == "й" ? Array(head) : Array(letters.dropLast())
    return ["о", "е"].map { Array(String(kept + [$0, last]).utf8) }
  }

  /// Words near what is left of a word without its ending: «сковоордки» where the index has «сковорода» only.
  private func endings(
    _ word: QueryWords.Word, analyzer: inout Analyzer
  ) throws(IndexError) -> [(way: Way, word: String)] {
    guard word.traits.isSubset(of: [.cyrillic]) else { return [] }
    let stem = try analyzer.stem(word.folded)
    // What is left must be long enough to be told from other words.
    guard stem.count >= 12, stem.count < word.folded.count else { return [] }
    return try self.index.naming { () throws(Damage) in
      try Spelling(self.index).near(stem).map { candidate in
        let text = String(decoding: candidate.word, as: UTF8.self)
        return (
          Way(.spelling, [String(decoding: candidate.term, as: UTF8.self)], weight: 0.6, word: text), text
        )
      }
    }
  }

  /// What begins with the last word as it stands, where its stem is another word: розов is the розовый of
  /// somebody who types on, and not only the роза of «роз».
  private func addBeginning(_ last: Int, _ words: inout QueryWords) throws(IndexError) {
    let word = words.words[last]
    guard word.traits.isSubset(of: [.cyrillic]), word.primary.count == 1, word.folded.count >= 8,
      word.primary[0].utf8.count < word.folded.count, try self.index.has(word.folded.span)
    else { return }
    let text = String(decoding: word.folded, as: UTF8.self)
    words.add([Way(.prefix, [text], weight: 0.9, word: text)], to: last)
  }

  /// Two words of the query as one of the index, or one as two.
  private func compounds(
    _ words: QueryWords, _ index: Int, analyzer: inout Analyzer
  ) throws(IndexError) -> [(way: Way, word: String)] {
    let word = words.words[index]
    for first in [index, index - 1] {
      let ways = try modelInTwoWords(words, first, isWhole: false)
      if !ways.isEmpty { return ways }
    }
    guard !word.traits.contains(.digit) else { return [] }
    for neighbour in [index + 1, index - 1] where words.words.indices.contains(neighbour) {
      let other = words.words[neighbour]
      guard !other.traits.contains(.digit), !other.traits.contains(.hyphen) else { continue }
      let whole = neighbour > index ? word.folded + other.folded : other.folded + word.folded
      let term = try analyzer.stem(whole)
      if try self.index.has(term.span) {
        let text = String(decoding: whole, as: UTF8.self)
        return [(Way(.together, [String(decoding: term, as: UTF8.self)], weight: 0.9), text)]
      }
    }
    let letters = Array(String(decoding: word.folded, as: UTF8.self).unicodeScalars)
    guard (5...32).contains(letters.count) else { return [] }
    var best: (way: Way, word: String, least: Int)?
    for cut in 2...(letters.count - 2) {
      let halves = [letters[..<cut], letters[cut...]].map { half in
        String(String.UnicodeScalarView(half))
      }
      var (terms, least) = ([String](), Int.max)
      for half in halves {
        let term = try analyzer.stem(Array(half.utf8))
        let frequency = try self.index.naming { () throws(Damage) in
          try self.index.documentFrequency(of: term.span)
        }
        least = min(least, frequency)
        terms.append(String(decoding: term, as: UTF8.self))
      }
      guard least > 0, least > best?.least ?? 0 else { continue }
      best = (Way(.apart, terms, weight: 0.9), halves.joined(separator: " "), least)
    }
    return best.map { [($0.way, $0.word)] } ?? []
  }

  /// In a query that is transliterated, known words may be so too: dom is also дом.
  private func addSounds(_ words: inout QueryWords, _ known: [Bool]) throws(IndexError) {
    let spelling = Spelling(self.index)
    for index in known.indices where known[index] {
      let word = words.words[index]
      guard word.traits.isSubset(of: [.latin]) else { continue }
      let candidates = try self.index.naming { () throws(Damage) in try spelling.sounding(word.folded) }
      let terms = candidates.map { String(decoding: $0.term, as: UTF8.self) }
      words.add(terms.map { Way(.sound, [$0], weight: 0.9) }, to: index)
    }
  }
}

// MARK: - Synonyms and categories

extension QueryReader {
  /// Adds the marks of synonyms to words and runs of words, and to what words may have been meant to be.
  func addSynonyms(_ words: inout QueryWords, _ answer: inout Answer) throws(IndexError) {
    guard !synonyms.isEmpty else { return }
    let list = words.words
    for start in list.indices {
      for way in list[start].slot.ways where way.reading.isGuess && way.terms.count == 1 {
        let weight = 0.8 * way.weight
        words.add(marks(of: Array(way.terms[0].utf8)).map { Way(.synonym, [$0], weight: weight) }, to: start)
      }
      var (key, terms) = ([UInt8](), 0)
      for end in start..<list.count {
        for term in list[end].primary {
          key += (key.isEmpty ? [] : [0x20]) + Array(term.utf8)
          terms += 1
        }
        guard terms <= SegmentLayout.synonymWords else { break }
        for mark in marks(of: key) {
          let weight = 0.8 / Double(end - start + 1)
          for index in start...end { words.add([Way(.synonym, [mark], weight: weight)], to: index) }
          answer.trace.append("\(String(decoding: key, as: UTF8.self)): synonyms")
        }
      }
    }
  }

  /// Adds the same measures in other units, where some document has them.
  func addMeasures(_ words: inout QueryWords) throws(IndexError) {
    for place in words.words.indices where words.words[place].traits.contains(.digit) {
      for way in words.words[place].slot.ways where way.reading == .joined {
        for (number, unit) in Units.equals(of: Array(way.terms[0].utf8))
        where try index.has((number + unit).span) {
          let terms = [number + unit, number, unit].map { String(decoding: $0, as: UTF8.self) }
          words.add([Way(.measure, terms, weight: 0.8, needed: 1)], to: place)
        }
      }
    }
  }

  /// The marks of the rules that a phrase asks for.
  func marks(of phrase: [UInt8]) -> [String] {
    synonyms.rules(of: phrase).map { String(decoding: SynonymTerms.mark($0), as: UTF8.self) }
  }

  /// What the query asks for, as the head of a category: the last such word in Latin letters, the first in others.
  ///
  /// - Parameter words: The query's words, corrected.
  /// - Returns: A slot that only adds, or `nil` when no category is a category of any word.
  /// - Throws: ``IndexError`` with code `damaged`.
  func head(of words: QueryWords) throws(IndexError) -> Slot? {
    let weight = index.ranking.boosts.category
    guard weight > 0, words.words.count < Query.maximumSlots else { return nil }
    var best: Slot?
    var isDecided = false
    for word in words.words where !isDecided {
      let isLatin = word.traits.isSubset(of: [.latin, .hyphen, .apostrophe, .digit])
      var ways: [Way] = []
      for way in word.slot.ways where way.reading != .pieces && way.reading != .brand {
        guard let term = way.terms.prefix(max(1, way.needed)).last else { continue }
        let head = "^" + term
        // Two words that mean one thing share the weight of its mark; the category has it whole.
        if try self.index.has(head.utf8.span) {
          ways.append(Way(.category, [head], weight: way.reading == .synonym ? 0.9 : way.weight))
        }
      }
      guard !ways.isEmpty else { continue }
      var slot = Slot(surface: word.slot.surface, weight: weight, ways: ways)
      slot.isBonus = true
      best = slot
      isDecided = !isLatin
    }
    return best
  }
}

extension QueryWords {
  /// Adds ways to a word, each once.
  mutating func add(_ ways: [Way], to index: Int) {
    var slot = words[index].slot
    for way in ways where !slot.ways.contains(where: { $0.terms == way.terms }) { slot.ways.append(way) }
    set(slot, at: index)
  }

  /// Says that a word was read another way than typed.
  mutating func mark(_ index: Int, _ reading: Reading) {
    var slot = words[index].slot
    for way in slot.ways.indices where slot.ways[way].reading == .typed { slot.ways[way].reading = reading }
    set(slot, at: index)
  }
}
