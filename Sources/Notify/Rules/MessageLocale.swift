/// A language of messages.
public enum MessageLocale: String, Sendable, Hashable, CaseIterable {
  /// Russian.
  case russian = "ru"
  /// Kazakh.
  case kazakh = "kk"
  /// English.
  case english = "en"

  /// The language of one message: the rule's, else the shop's.
  ///
  /// Kazakh letters in a name decide nothing: people are not their alphabet.
  ///
  /// - Parameters:
  ///   - rule: What the rule says, or `nil`.
  ///   - shop: The shop's language.
  /// - Returns: The language.
  public static func chosen(rule: MessageLocale?, shop: MessageLocale) -> MessageLocale { rule ?? shop }
}
