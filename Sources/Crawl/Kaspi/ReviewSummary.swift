public import Model
internal import Store

/// The figures of a reviews answer.
///
/// Nothing else is read: the answer also holds names of people and numbers of their orders.
public struct ReviewSummary: Sendable, Hashable {
  /// Stars and their number; `nil` when nobody rated.
  public var rating: Rating?

  /// Reads an answer of the reviews interface.
  ///
  /// - Parameters:
  ///   - bytes: The body.
  ///   - source: Where it comes from, without secrets.
  /// - Throws: ``PageError`` when the answer has no summary; its text never quotes the answer.
  public init(_ bytes: [UInt8], source: String) throws(PageError) {
    let answer: JSONNode
    do {
      answer = try JSONAnswer.object(bytes, source: source)
    } catch {
      // The parser's words might quote the answer, and the answer holds names.
      throw PageError(code: error.code, source: source, detail: "the answer is no readable JSON")
    }
    guard let summary = answer["summary"], summary["global"] != nil || summary["statistic"] != nil else {
      throw PageError(code: .damaged, source: source, detail: "the answer has no summary of ratings")
    }
    let all = answer["groupSummary"]?.array?.first { $0["id"]?.string == "ALL" }?["total"]?.int
    let counts = summary["statistic"]?.array?.compactMap { $0["count"]?.int }
    rating = CardFields.rating(
      stars: summary["global"]?.double, count: all ?? counts.map { $0.reduce(0, +) })
  }
}
