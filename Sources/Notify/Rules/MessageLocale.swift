/// A language of messages.
public enum MessageLocale: String, Sendable, Hashable, CaseIterable {
  /// Russian.
  case russian = "ru"
  /// Kazakh.
  case kazakh = "kk"
  /// English.
  case english = "en"

  /// The language of one message: the rule's, else the order's own, else the one that the person has written
  /// to us in, else the shop's.
  ///
  /// Kazakh letters in a name decide nothing: people are not their alphabet. A language without a template is
  /// passed over, except the rule's and the shop's, whose templates must be there.
  ///
  /// - Parameters:
  ///   - rule: What the rule says, or `nil`.
  ///   - order: What the order says, as on the wire, or `nil`.
  ///   - person: What the person wrote in, or `nil`.
  ///   - shop: The shop's language.
  ///   - hasTemplate: Whether there is a text in a language.
  /// - Returns: The language.
  public static func chosen(
    rule: MessageLocale?, order: String? = nil, person: MessageLocale? = nil, shop: MessageLocale,
    hasTemplate: (MessageLocale) -> Bool = { _ in true }
  ) -> MessageLocale {
    if let rule { return rule }
    let wishes = [order.flatMap(MessageLocale.init(wire:)), person].compactMap(\.self)
    return wishes.first(where: hasTemplate) ?? shop
  }

  /// Reads a language tag of the wire, like `ru`, `kk-KZ` or Kaspi's `kz`.
  init?(wire: String) {
    switch wire.lowercased().prefix(2) {
    case "ru": self = .russian
    case "kk", "kz": self = .kazakh
    case "en": self = .english
    default: return nil
    }
  }
}
