/// One answer to a query.
public struct Hit: Sendable, Hashable {
  /// The document's number in the segment.
  public let number: Int
  /// What is shown of it.
  public let document: StoredDocument
  /// How well it fits; comparable within one query only.
  public internal(set) var score: Double
  /// The words of the query that it has, as typed and folded, in the query's order.
  public let matched: [String]
  /// What the score was multiplied with for title and category, by name; empty before that.
  public internal(set) var boosts: [Boost] = []

  /// A share that was added to or taken from the score.
  public struct Boost: Sendable, Hashable {
    /// What for.
    public let name: String
    /// The share, below 0 for a loss.
    public let share: Double
  }

  /// Whether it is a product or a passage.
  public var kind: SearchDocument.Kind { document.kind }
  /// The SKU, or the passage's place.
  public var sku: String { document.sku }
  /// The title.
  public var title: String { document.title }
  /// Whole tenge, or `nil`.
  public var price: Int? { document.price }
  /// Pieces in all stores, or `nil` when no count is kept.
  public var stock: Int? { document.stock }
  /// Whether a buyer can order it now; a hit that cannot be ordered keeps its rank and is marked by this.
  public var isAvailable: Bool { document.isAvailable }
}

/// Where the score of one document for one query comes from, before title and category are looked at.
public struct Explanation: Sendable, Hashable {
  /// The SKU, or the passage's place.
  public let sku: String
  /// The sum over ``words``, times what is lost for missing words.
  public let score: Double
  /// The share of the query's words that it has, weighed by how telling they are.
  public let coverage: Double
  /// One entry for each word of the query that the document has, in the query's order.
  public let words: [WordPart]

  /// What one word adds.
  public struct WordPart: Sendable, Hashable {
    /// The word as typed.
    public let surface: String
    /// How the word was read, in the way that scored best.
    public let reading: Reading
    /// What it adds.
    public let score: Double
    /// The terms of that way that the document has.
    public let terms: [TermPart]
  }

  /// What one term adds.
  public struct TermPart: Sendable, Hashable {
    /// The term.
    public let term: String
    /// Documents that have it.
    public let documentFrequency: Int
    /// How telling it is, in natural logarithms.
    public let rarity: Double
    /// Its weighted frequency in the document: the sum over ``fields``.
    public let frequency: Double
    /// What it adds.
    public let score: Double
    /// One entry for each field that has it.
    public let fields: [FieldPart]
  }

  /// What one field adds to a term's frequency.
  public struct FieldPart: Sendable, Hashable {
    /// The field.
    public let field: Field
    /// Occurrences.
    public let count: Int
    /// The field's length in this document, in terms.
    public let length: Int
    /// What it adds to the frequency.
    public let frequency: Double
    /// Its share of the term's score.
    public let score: Double
  }
}
