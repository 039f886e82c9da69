/// A query with what a person adds to it: phrases, exclusions and filters.
///
/// `"кожаный чехол"` stands so in title, brand, category or passage; `-чехол` is in no field at all;
/// `brand:Samsung`, `category:Чехлы`, `price:<50000`, `price:10000..20000` (or with a dash) and `instock` narrow
/// down; with a minus before them, as `-brand:Samsung`, they leave out. A filter's value with blanks stands in
/// quotation marks. A word with a colon that is no filter is a word.
public struct SearchRequest: Sendable, Hashable {
  /// What is looked for, without operators; the words of phrases are part of it.
  public private(set) var text = ""
  /// Folded words that must stand side by side.
  public private(set) var phrases: [[String]] = []
  /// Words that must not occur.
  public private(set) var excluded: [String] = []
  /// All must hold.
  public private(set) var filters: [Filter] = []

  /// A condition on what is kept of a document.
  public indirect enum Filter: Sendable, Hashable {
    /// The brand has these folded words.
    case brand([String])
    /// The category has these folded words, or words that begin like them.
    case category([String])
    /// The price lies in this range; a document without a price does not.
    case price(ClosedRange<Int>)
    /// Can be ordered now.
    case inStock
    /// Is of this kind.
    case kind(SearchDocument.Kind)
    /// Another condition does not hold.
    case not(Filter)
  }

  /// Takes a text as it is, without operators.
  ///
  /// - Parameter text: Any text.
  public init(plain text: String) { self.text = text }

  /// Reads operators.
  ///
  /// - Parameter text: As typed; an operator that makes no sense is part of the words.
  public init(_ text: String) {
    var rest = text[...]
    var words: [String] = []
    while let start = rest.firstIndex(where: { !$0.isWhitespace }) {
      rest = rest[start...]
      let piece = Self.takePiece(&rest)
      if !take(piece) { words.append(piece.text) }
    }
    self.text = words.joined(separator: " ")
    // Exclusions and filters alone ask for nothing that could be ranked: then the words count as words.
    if self.text.isEmpty, phrases.isEmpty, !excluded.isEmpty, filters.isEmpty {
      self.text = excluded.joined(separator: " ")
      excluded = []
    }
  }

  /// Most words that are kept out; further ones count as words.
  private static let maximumExcluded = 32

  /// Whether there is anything beside the words.
  public var isPlain: Bool { phrases.isEmpty && excluded.isEmpty && filters.isEmpty }

  private struct Piece {
    /// As typed.
    var text: String
    /// Before the colon, in small letters; empty without one.
    var name = ""
    /// Behind the colon or inside the marks.
    var value = ""
    var isQuoted = false
  }

  /// Takes what stands up to the next blank outside quotation marks.
  private static func takePiece(_ rest: inout Substring) -> Piece {
    let marks: [Character: Character] = ["\"": "\"", "«": "»", "“": "”"]
    if let first = rest.first, let close = marks[first], let end = rest.dropFirst().firstIndex(of: close) {
      let behind = rest.index(after: end)
      // Closing marks stand at the end of a word; 15" in the middle of a title is no phrase.
      if behind == rest.endIndex || rest[behind].isWhitespace {
        let inner = String(rest[rest.index(after: rest.startIndex)..<end])
        let piece = Piece(text: inner, value: inner, isQuoted: true)
        rest = rest[behind...]
        return piece
      }
    }
    let end = rest.firstIndex(where: \.isWhitespace) ?? rest.endIndex
    let word = rest[..<end]
    var piece = Piece(text: String(word))
    if let colon = word.firstIndex(of: ":"), colon > word.startIndex {
      piece.name = word[..<colon].lowercased()
      var value = rest[rest.index(after: colon)...]
      if let first = value.first, let close = marks[first], let last = value.dropFirst().firstIndex(of: close)
      {
        piece.value = String(value[value.index(after: value.startIndex)..<last])
        piece.text = String(rest[..<rest.index(after: last)])
        rest = rest[rest.index(after: last)...]
        return piece
      }
      value = value.prefix { !$0.isWhitespace }
      piece.value = String(value)
      // A blank behind the sign: price:< 50000.
      if priceNames.contains(piece.name.hasPrefix("-") ? String(piece.name.dropFirst()) : piece.name),
        ["", "<", ">", "<=", ">="].contains(piece.value)
      {
        let behind = rest[end...].drop(while: \.isWhitespace)
        let number = behind.prefix { !$0.isWhitespace }
        if range(piece.value + number) != nil {
          piece.value += number
          piece.text = String(rest[..<number.endIndex])
          rest = rest[number.endIndex...]
          return piece
        }
      }
    }
    rest = rest[end...]
    return piece
  }

  /// Takes an operator; `false` for words.
  private mutating func take(_ piece: Piece) -> Bool {
    if piece.isQuoted {
      let words = Self.folded(piece.value)
      if words.count > 1 { phrases.append(words) }
      return false
    }
    let isInverted = piece.text.hasPrefix("-")
    let (name, value) = (
      isInverted && !piece.name.isEmpty ? String(piece.name.dropFirst()) : piece.name, piece.value
    )
    if let filter = Self.filter(name, value) ?? (isInverted ? nil : Self.flag(piece.text)) {
      filters.append(isInverted ? .not(filter) : filter)
    } else if name.isEmpty, isInverted, excluded.count < Self.maximumExcluded,
      piece.text.dropFirst().first?.isLetter == true
    {
      if let flag = Self.flag(String(piece.text.dropFirst())) {
        filters.append(.not(flag))
      } else {
        excluded.append(String(piece.text.dropFirst()))
      }
    } else {
      return false
    }
    return true
  }

  /// The filter of a name and a value; `nil` where they make none.
  private static func filter(_ name: String, _ value: String) -> Filter? {
    let words = folded(value)
    return switch name {
    case "brand", "бренд": words.isEmpty ? nil : .brand(words)
    case "category", "категория", "санат": words.isEmpty ? nil : .category(words)
    case let name where priceNames.contains(name): range(value).map { .price($0) }
    case "kind", "вид": SearchDocument.Kind(rawValue: value.lowercased()).map { .kind($0) }
    default: nil
    }
  }

  /// The filter that is a word by itself.
  private static func flag(_ word: String) -> Filter? {
    ["instock", "вналичии"].contains(word.lowercased()) ? .inStock : nil
  }

  private static let priceNames: Set<String> = ["price", "цена", "баға"]

  /// `<50000`, `<=50000`, `>1000`, `>=1000`, `1000..5000`, `5000`.
  private static func range(_ text: String) -> ClosedRange<Int>? {
    func number(_ digits: Substring) -> Int? {
      let digits = digits.filter { $0 != "_" && $0 != "\u{A0}" }
      guard !digits.isEmpty, digits.utf8.allSatisfy(\.isDigit) else { return nil }
      return Int(digits)
    }
    let most = Int.max - 1
    if text.hasPrefix("<=") { return number(text.dropFirst(2)).map { 0...$0 } }
    if text.hasPrefix(">=") { return number(text.dropFirst(2)).map { $0...max($0, most) } }
    if text.hasPrefix("<") { return number(text.dropFirst()).flatMap { $0 > 0 ? 0...($0 - 1) : nil } }
    if text.hasPrefix(">") { return number(text.dropFirst()).flatMap { $0 < most ? ($0 + 1)...most : nil } }
    for sign in ["..", "-", "–"] {
      guard let dots = text.firstRange(of: sign) else { continue }
      guard let low = number(text[..<dots.lowerBound]), let high = number(text[dots.upperBound...]),
        low <= high
      else { return nil }
      return low...high
    }
    return number(text[...]).map { $0...$0 }
  }

  private static func folded(_ text: String) -> [String] { Tokenizer.tokens(in: text).map(\.text) }
}

extension SearchRequest {
  /// Whether a document may be a hit; exclusions are looked up elsewhere, because not all text is kept.
  ///
  /// - Parameter document: As it is kept.
  /// - Returns: Whether all filters hold and every phrase stands somewhere.
  func accepts(_ document: StoredDocument) -> Bool {
    filters.allSatisfy { $0.accepts(document) } && phrases.allSatisfy { Self.holds(document, $0) }
  }

  private static func holds(_ document: StoredDocument, _ phrase: [String]) -> Bool {
    [document.title, document.brand, document.category, document.text].contains { text in
      guard let text else { return false }
      let words = folded(text)
      guard words.count >= phrase.count else { return false }
      return (0...(words.count - phrase.count)).contains { words[$0..<($0 + phrase.count)] == phrase[...] }
    }
  }
}

extension SearchRequest.Filter {
  /// Whether a document fulfils it.
  func accepts(_ document: StoredDocument) -> Bool {
    switch self {
    case .brand(let words):
      let brand = Tokenizer.tokens(in: document.brand ?? "").map(\.text)
      return words.allSatisfy { word in brand.contains { $0 == word || Self.soundsAlike($0, word) } }
    case .category(let words):
      let category = Tokenizer.tokens(in: document.category ?? "").map(\.text)
      return words.allSatisfy { word in category.contains { $0.hasPrefix(word) } }
    case .price(let range): return document.price.map(range.contains) ?? false
    case .inStock: return document.isAvailable
    case .kind(let kind): return document.kind == kind
    case .not(let filter): return !filter.accepts(document)
    }
  }

  /// Whether a brand is the same in the other script: самсунг and Samsung.
  private static func soundsAlike(_ one: String, _ other: String) -> Bool {
    let (left, right) = (Array(one.utf8), Array(other.utf8))
    guard Letters(left).isLatin != Letters(right).isLatin else { return false }
    let sound = Sound.skeleton(left)
    return sound.count >= 3 && sound == Sound.skeleton(right)
  }
}
