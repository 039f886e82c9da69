/// Facts for an assistant: what the catalog and the seller's answers say about a question, within a budget.
public struct ContextWriter: Sendable {
  /// A fact with where it comes from.
  public struct Fact: Sendable, Hashable {
    /// Product or passage.
    public let kind: SearchDocument.Kind
    /// `SKU@version`, or the passage's place and the version.
    public let citation: String
    /// One or more lines.
    public let text: String
    /// About how many tokens text and citation take.
    public let tokens: Int
  }

  /// Chooses facts.
  ///
  /// Hits are taken best first while they fit; a passage that does not fit is cut at a sentence. Then they are
  /// put in a stable order, products by SKU before passages by place, so that a prompt's beginning stays the same
  /// while the same facts are chosen.
  ///
  /// - Parameters:
  ///   - hits: Best first.
  ///   - version: Of the catalog.
  ///   - tokens: The budget; see ``tokens(_:)``.
  /// - Returns: Facts whose tokens together do not pass the budget.
  public static func facts(_ hits: [Hit], version: Int, tokens: Int) -> [Fact] {
    var (facts, left) = ([Fact](), tokens)
    for hit in hits {
      let citation = "\(hit.sku)@\(version)"
      var text = Self.text(hit)
      if Self.tokens(citation + text) + 2 > left, hit.kind == .knowledge {
        let room = (left - 2) * 4 - citation.utf8.count
        text = cut(text, toBytes: room)
      }
      let size = Self.tokens(citation + text) + 2
      guard size <= left, !text.isEmpty else { continue }
      left -= size
      facts.append(Fact(kind: hit.kind, citation: citation, text: text, tokens: size))
    }
    return facts.sorted {
      $0.kind != $1.kind
        ? $0.kind == .product : $0.citation.utf8.lexicographicallyPrecedes($1.citation.utf8)
    }
  }

  /// About how many tokens a text takes: a quarter of its bytes, rounded up.
  ///
  /// - Parameter text: Any text.
  /// - Returns: Two Cyrillic letters or four Latin ones a token, which is more than today's models count.
  public static func tokens(_ text: String) -> Int { (text.utf8.count + 3) / 4 }

  private static func text(_ hit: Hit) -> String {
    guard hit.kind == .product else { return "\(hit.title): \(hit.document.text ?? "")" }
    var parts = [hit.title]
    if let brand = hit.document.brand { parts.append(brand) }
    if let category = hit.document.category { parts.append(category) }
    parts.append(hit.price.map { "\($0) ₸" } ?? "цена не указана")
    parts.append(
      hit.isAvailable ? hit.stock.map { "в наличии \($0) шт." } ?? "в наличии" : "нет в наличии")
    return parts.joined(separator: " | ")
  }

  /// The text up to the last sentence or word that fits.
  private static func cut(_ text: String, toBytes room: Int) -> String {
    guard room > 40 else { return "" }
    var end = text.startIndex
    var sentence: String.Index?
    var bytes = 0
    for index in text.indices {
      bytes += text[index].utf8.count
      if bytes > room { break }
      if ".!?\n".contains(text[index]) { sentence = text.index(after: index) }
      if text[index].isWhitespace { end = index }
    }
    return String(text[..<(sentence ?? end)])
  }
}
