/// One answer to a query.
public struct Hit: Sendable, Hashable {
  /// The document's number in the segment.
  public let number: Int
  /// What is shown of it.
  public let document: StoredDocument
  /// How well it fits; comparable within one query only.
  public let score: Double
  /// The words of the query that it has, folded, in the query's order.
  public let matched: [String]

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

/// Where the score of one document for one query comes from.
public struct Explanation: Sendable, Hashable {
  /// The SKU, or the passage's place.
  public let sku: String
  /// The score: the sum over ``terms``.
  public let score: Double
  /// One entry for each term of the query that the document has, in the query's order.
  public let terms: [TermPart]

  /// What one term adds.
  public struct TermPart: Sendable, Hashable {
    /// The term.
    public let term: QueryTerm
    /// Documents that have it.
    public let documentFrequency: Int
    /// How telling it is, in natural logarithms.
    public let rarity: Double
    /// Its weighted frequency in the document: the sum over ``fields``.
    public let frequency: Double
    /// What it adds: `weight × rarity × saturated frequency`.
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
