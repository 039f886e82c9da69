/// What somebody looks for, as terms.
///
/// Any text is a query: one without letters and digits has no terms and finds nothing.
public struct Query: Sendable, Hashable {
  /// Most distinct terms; what follows them in the text is not looked at.
  public static let maximumTerms = 64

  /// The text as typed.
  public let text: String
  /// Distinct terms in the order of the text, at most ``maximumTerms``.
  public let terms: [QueryTerm]
  /// Whether the text had more terms.
  public let isCut: Bool

  /// Reads a query.
  ///
  /// - Parameters:
  ///   - text: As typed.
  ///   - analyzer: The analyzer to use, for many queries in a row.
  /// - Throws: ``IndexError`` with code `failed` when memory ran out.
  public init(_ text: String, analyzer: inout Analyzer) throws(IndexError) {
    self.text = text
    var places: [String: Int] = [:]
    var terms: [QueryTerm] = []
    var (tokenizer, forms, isCut) = (Tokenizer(), TermForms(), false)
    let bytes = text.utf8.span
    while !isCut, tokenizer.next(in: bytes) {
      forms.removeAll()
      try analyzer.appendForms(of: tokenizer.folded, tokenizer.traits, to: &forms)
      for term in forms.terms(at: 0, range: tokenizer.range) {
        let weight = term.isExtra ? QueryTerm.extraWeight : 1
        if let place = places[term.text] {
          terms[place].weight = max(terms[place].weight, weight)
        } else if terms.count == Self.maximumTerms {
          isCut = true
        } else {
          places[term.text] = terms.count
          let surface = String(decoding: tokenizer.folded, as: UTF8.self)
          terms.append(QueryTerm(text: term.text, surface: surface, weight: weight))
        }
      }
    }
    self.terms = terms
    self.isCut = isCut
  }

  /// Reads one query.
  ///
  /// - Parameter text: As typed.
  /// - Throws: ``IndexError`` with code `failed` when a stemmer cannot be opened.
  public init(_ text: String) throws(IndexError) {
    var analyzer = try Analyzer()
    try self.init(text, analyzer: &analyzer)
  }
}

/// One term of a query.
public struct QueryTerm: Sendable, Hashable {
  /// How much another spelling counts against the word as typed.
  public static let extraWeight = 0.5

  /// What is looked up.
  public let text: String
  /// The word it comes from, folded.
  public let surface: String
  /// How much it counts: 1 for a word as typed, ``extraWeight`` for another spelling of it.
  public internal(set) var weight: Double
}
