public import Model

/// Words that mean the same to buyers, from a file that the seller edits.
///
/// A line is `ноутбук, лаптоп, laptop` (each finds all) or `сотка => телефон, смартфон` (what stands left finds what
/// stands right, not the other way round). A side may have several words. `#` begins a comment. A line that
/// cannot be read is a finding and changes nothing.
public struct Synonyms: Sendable, Hashable {
  /// Rules in the order of the file.
  public private(set) var rules: [Rule] = []
  /// Lines that could not be read.
  public private(set) var findings: [Finding] = []

  /// One line.
  public struct Rule: Sendable, Hashable {
    /// From 1.
    public let line: Int
    /// What buyers type.
    public let asked: [String]
    /// What stands in texts; the same as ``asked`` for words that mean each other.
    public let meant: [String]
    /// Whether each side finds the other.
    public let isTwoWay: Bool
  }

  /// No synonyms.
  public static let none = Synonyms(reading: "", source: "")

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - text: Its text.
  ///   - source: What findings name.
  public init(reading text: String, source: String) {
    for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let line = raw.prefix { $0 != "#" }
      if line.allSatisfy(\.isWhitespace) { continue }
      let sides = Self.sides(String(line)).map(Self.list)
      let place = Place(source, line: index + 1, column: nil)
      guard let asked = sides.first, sides.count <= 2, sides.allSatisfy({ !$0.isEmpty }),
        sides.count == 2 || asked.count >= 2
      else {
        findings.append(
          Finding(
            rule: "synonym-line", severity: .warning, place: place,
            message: "The line names nothing that could mean something else.",
            hint: "Write 'a, b, c' or 'a => b'."))
        continue
      }
      if let long = sides.joined().first(where: {
        $0.split(separator: " ").count > SegmentLayout.synonymWords
      }) {
        findings.append(
          Finding(
            rule: "synonym-words", severity: .warning, place: place,
            message: "'\(long)' has more than \(SegmentLayout.synonymWords) words.", hint: "Shorten it."))
        continue
      }
      rules.append(
        Rule(
          line: index + 1, asked: asked, meant: sides.count == 2 ? sides[1] : asked,
          isTwoWay: sides.count == 1))
    }
  }

  /// The sides of an arrow.
  private static func sides(_ line: String) -> [String] {
    var sides = [""]
    var rest = line[...]
    while let next = rest.first {
      if rest.hasPrefix("=>") {
        sides.append("")
        rest = rest.dropFirst(2)
      } else {
        sides[sides.count - 1].append(next)
        rest = rest.dropFirst()
      }
    }
    return sides
  }

  private static func list(_ side: String) -> [String] {
    side.split(separator: ",").map { entry in
      entry.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }.filter { !$0.isEmpty }
  }
}

/// Synonyms as terms: what a document is marked with and what a query asks for.
///
/// Each rule is a term of its own, `~` and its number, which no text can give. Documents that hold a meant
/// word have it, queries that hold an asked one ask for it, so several words on a side cost no more than one.
struct SynonymTerms {
  /// A word or several, as primary terms.
  struct Phrase: Hashable {
    let terms: [[UInt8]]
    let rule: Int
  }

  /// What marks a document.
  private(set) var meant: [Phrase] = []
  /// What is asked for.
  private(set) var asked: [Phrase] = []

  /// Brings rules to terms.
  ///
  /// - Parameters:
  ///   - synonyms: The rules.
  ///   - analyzer: Gives the terms.
  /// - Throws: ``IndexError`` with code `failed` when memory ran out.
  init(_ synonyms: Synonyms, analyzer: inout Analyzer) throws(IndexError) {
    for (number, rule) in synonyms.rules.enumerated() {
      for text in rule.meant {
        if let terms = try Self.terms(text, &analyzer) { meant.append(Phrase(terms: terms, rule: number)) }
      }
      for text in rule.asked {
        if let terms = try Self.terms(text, &analyzer) { asked.append(Phrase(terms: terms, rule: number)) }
      }
    }
  }

  private static func terms(_ text: String, _ analyzer: inout Analyzer) throws(IndexError) -> [[UInt8]]? {
    let terms = try analyzer.terms(in: text).filter { !$0.isExtra }.map { Array($0.text.utf8) }
    return terms.isEmpty ? nil : terms
  }

  /// The term of a rule.
  static func mark(_ rule: Int) -> [UInt8] { Array("~\(rule)".utf8) }

  /// What a segment keeps of the rules.
  ///
  /// Bytes behind each other, because every start of a search reads them.
  struct Asked: Sendable {
    /// Asked phrases, each with its terms joined by blanks.
    private var phrases = ByteTable()
    /// Their rules, phrase after phrase.
    private var rules: [Int] = []
    private var ruleEnds: [Int] = [0]
    /// Single terms that stand for a rule in texts.
    private var terms: [UInt8] = []
    private var meant: [(rule: Int, term: Range<Int>)] = []

    var isEmpty: Bool { phrases.count == 0 }

    /// The rules that a phrase asks for.
    func rules(of phrase: [UInt8]) -> ArraySlice<Int> {
      guard let number = phrases.number(of: phrase.span) else { return [] }
      return rules[ruleEnds[number]..<ruleEnds[number + 1]]
    }

    /// A word that rules ask for, taken for another one.
    struct Alike {
      /// Its term.
      let term: [UInt8]
      /// Slips between it and the term as typed; 0 for the same sound.
      let distance: Int
    }

    /// Words of rules that sound like a word, or are a slip away from it: nearest only.
    ///
    /// - Parameters:
    ///   - word: Folded letters, as typed.
    ///   - term: Its term.
    ///   - bySoundOnly: Whether slips are left out.
    /// - Returns: By bytes; nothing for words too short to judge.
    func alike(_ word: [UInt8], term: [UInt8], bySoundOnly: Bool) -> [Alike] {
      let letters = Letters(word)
      guard letters.count >= 4 else { return [] }
      let (sound, ownSound) = (Sound.skeleton(word), Sound.skeleton(term))
      let typed = String(decoding: term, as: UTF8.self).unicodeScalars.map(\.value)
      var found: [Alike] = []
      for number in 0..<phrases.count {
        let key = Array(phrases.bytes[phrases.starts[number]..<phrases.starts[number + 1]])
        guard !key.contains(0x20), !key.contains(where: \.isDigit) else { continue }
        let other = Sound.skeleton(key)
        if other.count >= 3, other == sound || other == ownSound {
          found.append(Alike(term: key, distance: 0))
        } else if !bySoundOnly, typed.count >= 4, Letters(key).isLatin == letters.isLatin,
          let slips = EditDistance.between(
            typed, String(decoding: key, as: UTF8.self).unicodeScalars.map(\.value),
            atMost: typed.count >= 8 ? 2 : 1)
        {
          found.append(Alike(term: key, distance: slips))
        }
      }
      guard let least = found.map(\.distance).min() else { return [] }
      return found.filter { $0.distance == least }.sorted { $0.term.lexicographicallyPrecedes($1.term) }
    }

    /// The single terms that stand for the rule of a mark; none for another term.
    func terms(alike mark: String) -> [String] {
      guard mark.first == "~", let rule = Int(mark.dropFirst()) else { return [] }
      return meant.filter { $0.rule == rule }.map { String(decoding: terms[$0.term], as: UTF8.self) }
    }

    /// Reads the section of a segment.
    ///
    /// - Parameter section: Its bytes, as ``SynonymTerms/section()`` wrote them.
    /// - Throws: ``Damage``.
    init(_ section: Span<UInt8>) throws(Damage) {
      if section.isEmpty { return }
      var place = 0
      func count() throws(Damage) -> Int {
        let count = try section.varint(&place)
        guard count <= UInt64(section.count) else { throw Damage("more synonyms than bytes") }
        return Int(count)
      }
      func text() throws(Damage) -> Range<Int> {
        let length = try count()
        guard length <= section.count - place else { throw Damage("a synonym that is cut") }
        place += length
        return place - length..<place
      }
      for _ in 0..<(try count()) {
        guard phrases.insert(section.extracting(try text())).isNew else {
          throw Damage("a synonym that comes twice")
        }
        for _ in 0..<(try count()) { rules.append(Int(truncatingIfNeeded: try section.varint(&place))) }
        ruleEnds.append(rules.count)
      }
      for _ in 0..<(try count()) {
        let rule = Int(truncatingIfNeeded: try section.varint(&place))
        let start = terms.count
        for index in try text() { terms.append(section[index]) }
        meant.append((rule, start..<terms.count))
      }
    }
  }

  /// The section of a segment: for each asked phrase, sorted, its terms joined by blanks and its rules; then each
  /// rule with its single meant terms.
  func section() -> [UInt8] {
    var rules: [[UInt8]: [Int]] = [:]
    for phrase in asked {
      rules[Array(phrase.terms.joined(separator: [0x20])), default: []].append(phrase.rule)
    }
    var bytes: [UInt8] = []
    bytes.appendVarint(UInt64(rules.count))
    for (key, numbers) in rules.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      bytes.appendVarint(UInt64(key.count))
      bytes += key
      let distinct = Set(numbers).sorted()
      bytes.appendVarint(UInt64(distinct.count))
      for number in distinct { bytes.appendVarint(UInt64(number)) }
    }
    let single = meant.filter { $0.terms.count == 1 }
    bytes.appendVarint(UInt64(single.count))
    for phrase in single {
      bytes.appendVarint(UInt64(phrase.rule))
      bytes.appendVarint(UInt64(phrase.terms[0].count))
      bytes += phrase.terms[0]
    }
    return bytes
  }
}

/// Finds the phrases of synonyms while a text goes by, as numbers of terms.
struct SynonymMatcher {
  /// For the first term of phrases: the other terms and the mark to set.
  private var phrases: [Int: [(rest: [Int], mark: Int)]] = [:]
  private var pending: [(rest: ArraySlice<Int>, mark: Int)] = []

  /// Whether there is anything to find.
  var isEmpty: Bool { phrases.isEmpty }

  /// Adds a phrase.
  ///
  /// - Parameters:
  ///   - terms: Numbers of its terms; not empty.
  ///   - mark: What ``see(_:_:)`` reports.
  mutating func add(_ terms: [Int], mark: Int) {
    phrases[terms[0], default: []].append((Array(terms.dropFirst()), mark))
  }

  /// Whether a phrase has begun and waits for its next term.
  var isWaiting: Bool { !pending.isEmpty }

  /// Forgets what began in another text.
  mutating func restart() { pending.removeAll(keepingCapacity: true) }

  /// Takes the next primary term.
  ///
  /// - Parameters:
  ///   - term: Its number.
  ///   - found: Called with the mark of each phrase that ends here.
  mutating func see(_ term: Int, _ found: (Int) -> Void) {
    if !pending.isEmpty {
      var going: [(rest: ArraySlice<Int>, mark: Int)] = []
      for (rest, mark) in pending where rest.first == term {
        if rest.count == 1 { found(mark) } else { going.append((rest.dropFirst(), mark)) }
      }
      pending = going
    }
    for (rest, mark) in phrases[term] ?? [] {
      if rest.isEmpty { found(mark) } else { pending.append((rest[...], mark)) }
    }
  }
}
