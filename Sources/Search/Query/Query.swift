/// What somebody looks for, word by word.
///
/// Any text is a query: one without letters and digits has no slots and finds nothing.
public struct Query: Sendable, Hashable {
  /// Most slots; what follows them in the text is not looked at.
  public static let maximumSlots = 64

  /// The text as typed.
  public let text: String
  /// One a word, in the order of the text, at most ``maximumSlots``.
  public internal(set) var slots: [Slot]
  /// Whether the text had more words.
  public internal(set) var isCut: Bool

  /// Reads a query as it stands: no corrections, no synonyms; ``QueryReader`` does the rest.
  ///
  /// - Parameters:
  ///   - text: As typed.
  ///   - analyzer: The analyzer to use, for many queries in a row.
  /// - Throws: ``IndexError`` with code `failed` when memory ran out.
  public init(_ text: String, analyzer: inout Analyzer) throws(IndexError) {
    self.text = text
    var words = QueryWords()
    try words.append(text, analyzer: &analyzer)
    (slots, isCut) = (words.words.map(\.slot), words.isCut)
  }

  /// Reads one query.
  ///
  /// - Parameter text: As typed.
  /// - Throws: ``IndexError`` with code `failed` when a stemmer cannot be opened.
  public init(_ text: String) throws(IndexError) {
    var analyzer = try Analyzer()
    try self.init(text, analyzer: &analyzer)
  }

  /// Puts a query together.
  init(_ text: String, slots: [Slot], isCut: Bool) {
    (self.text, self.slots, self.isCut) = (text, slots, isCut)
  }
}

/// One word of a query and everything that counts as having it.
///
/// A document scores what the best of the ways gives.
public struct Slot: Sendable, Hashable {
  /// The word as typed, folded.
  public var surface: String
  /// How much the word counts against the others; little for words like "для".
  public var weight: Double
  /// What counts as having it, the plainest first.
  public var ways: [Way]
  /// Whether it only adds to the score: a document without it lacks nothing.
  public var isBonus = false

  /// Makes a slot.
  ///
  /// - Parameters:
  ///   - surface: The word as typed.
  ///   - weight: How much it counts.
  ///   - ways: What counts as having it.
  public init(surface: String, weight: Double = 1, ways: [Way]) {
    (self.surface, self.weight, self.ways) = (surface, weight, ways)
  }
}

/// One way to have a word: terms that are looked up and added.
public struct Way: Sendable, Hashable {
  /// Where it comes from.
  public var reading: Reading
  /// What is looked up.
  public var terms: [String]
  /// What the sum is multiplied with.
  public var weight: Double
  /// How many of the first terms make the word complete.
  public var needed: Int
  /// The word that is meant, as it stands in texts.
  public var word: String

  /// Makes a way.
  ///
  /// - Parameters:
  ///   - reading: Where it comes from.
  ///   - terms: What is looked up.
  ///   - weight: What the sum is multiplied with.
  ///   - needed: How many of the first terms make the word complete; all when left out.
  ///   - word: The word that is meant; none when left out.
  public init(
    _ reading: Reading, _ terms: [String], weight: Double = 1, needed: Int? = nil, word: String = ""
  ) {
    (self.reading, self.terms, self.weight, self.needed) = (reading, terms, weight, needed ?? terms.count)
    self.word = word
  }
}

/// How a word of a query was read.
public enum Reading: String, Sendable, Hashable, CaseIterable {
  /// As it stands.
  case typed
  /// The parts of a compound, or a number and its unit, as one word.
  case joined
  /// Letters and digits of a model number apart.
  case pieces
  /// A Kazakh word in Russian letters.
  case letters
  /// A brand as it is written, not its stem.
  case brand
  /// The same measure in another unit: 1000 ГБ for 1 ТБ.
  case measure
  /// Another word that means the same, from the file of synonyms.
  case synonym
  /// What the same keys give on another keyboard.
  case layout
  /// The same sound in the other script.
  case sound
  /// A word of the index that is a slip or two away.
  case spelling
  /// Words that begin like this.
  case prefix
  /// Two words of the query as one.
  case together
  /// One word of the query as two.
  case apart
  /// What the document's category is a category of.
  case category

  /// Whether the word itself was not found and another one is taken for it.
  ///
  /// How rare such a word is says nothing about what was meant: all that are taken for one word count as rare as
  /// the most frequent of them.
  var isGuess: Bool {
    switch self {
    case .sound, .spelling, .prefix: true
    case .typed, .joined, .pieces, .letters, .brand, .measure, .synonym, .layout, .together, .apart,
      .category:
      false
    }
  }
}

/// The words of a query while they are read.
struct QueryWords {
  /// A word with what reading it needs.
  struct Word {
    /// Folded, as the tokenizer left it; number and unit joined by a blank.
    var folded: [UInt8]
    let traits: Traits
    /// Primary terms.
    let primary: [String]
    var slot: Slot
  }

  private(set) var words: [Word] = []
  private(set) var isCut = false
  private var surfaces: Set<String> = []

  /// Appends the words of a text.
  ///
  /// - Parameters:
  ///   - text: Any text.
  ///   - analyzer: Gives the terms.
  /// - Throws: ``IndexError`` with code `failed` when memory ran out.
  mutating func append(_ text: String, analyzer: inout Analyzer) throws(IndexError) {
    var (tokenizer, forms, joiner) = (Tokenizer(), TermForms(), MeasureJoiner())
    let bytes = text.utf8.span
    while tokenizer.next(in: bytes) {
      let folded = tokenizer.folded
      forms.removeAll()
      try analyzer.appendForms(of: folded, to: &forms)
      if let measure = joiner.join(folded, tokenizer.traits, tokenizer.range), let number = words.last,
        number.traits.isSubset(of: [.digit, .point])
      {
        join(measure, with: folded, forms.text(0))
        continue
      }
      let surface = String(decoding: folded, as: UTF8.self)
      guard surfaces.insert(surface).inserted else { continue }
      guard words.count < Query.maximumSlots else {
        isCut = true
        return
      }
      words.append(
        Word(
          folded: folded, traits: tokenizer.traits, primary: (0..<forms.primaryCount).map(forms.text),
          slot: Self.slot(surface, forms)))
    }
  }

  /// Replaces the slot of a word.
  mutating func set(_ slot: Slot, at index: Int) { words[index].slot = slot }

  /// Makes one word of the last number and its unit.
  private mutating func join(_ measure: [UInt8], with unit: [UInt8], _ term: String) {
    var word = words.removeLast()
    word.folded += [0x20] + unit
    let terms = word.primary + [term]
    word.slot = Slot(
      surface: String(decoding: word.folded, as: UTF8.self),
      ways: [
        Way(.typed, terms, word: word.slot.surface),
        Way(
          .joined, [String(decoding: measure, as: UTF8.self)] + terms, weight: Self.joinedWeight, needed: 1),
      ])
    words.append(Word(folded: word.folded, traits: word.traits, primary: terms, slot: word.slot))
  }

  private static func slot(_ surface: String, _ forms: TermForms) -> Slot {
    let primary = (0..<forms.primaryCount).map(forms.text)
    var ways: [Way] = []
    var pieces: [String] = []
    for index in forms.primaryCount..<max(forms.primaryCount, forms.count) {
      let term = forms.text(index)
      switch forms.roles[index] {
      case .primary: break
      case .joined: ways.append(Way(.joined, [term] + primary, weight: Self.joinedWeight, needed: 1))
      case .piece: pieces.append(term)
      case .other: ways.append(Way(.letters, [term], weight: 0.9))
      }
    }
    // A document that has the whole number has its pieces too, and must not score less than one that has only them.
    ways.insert(Way(.typed, primary + pieces, needed: primary.count, word: surface), at: 0)
    if !pieces.isEmpty {
      ways.append(Way(.pieces, pieces + primary.filter { !isCut($0, pieces) }, weight: 0.9))
    }
    if primary.count == 1, primary[0] != surface, !surface.utf8.contains(where: \.isDigit) {
      ways.append(Way(.brand, ["=" + surface], weight: 1.1))
    }
    return Slot(surface: surface, weight: weakWords.contains(surface) ? 0.3 : 1, ways: ways)
  }

  /// Whether a part of a word is there in pieces: 15pro as 15 and pro; the iphone of iphone-15pro is not.
  private static func isCut(_ part: String, _ pieces: [String]) -> Bool {
    zip(pieces, pieces.dropFirst()).contains { part == $0 + $1 || part.hasPrefix($0 + "x" + $1) }
      || pieces.contains { part.hasSuffix("x" + $0) }
  }

  private static let joinedWeight = 0.85

  /// Words that say little about what is looked for.
  static let weakWords: Set<String> = Set(
    """
    и в во на с со к ко от до за из по под над для у о об без при или а но не что как the a an of for with and \
    or in on to by from at is are және мен үшін де да ушін купить цена недорого
    """.split(separator: " ").map(String.init))
}
