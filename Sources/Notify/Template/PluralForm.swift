/// The form of a noun behind a number, by the rules that Unicode publishes for whole numbers.
public enum PluralForm: String, Sendable, Hashable, CaseIterable {
  /// 1 товар, 21 товар; 1 item.
  case one
  /// 2 товара, 33 товара.
  case few
  /// 5 товаров, 11 товаров.
  case many
  /// Everything else where a language has no finer forms.
  case other

  /// The form for a number.
  ///
  /// - Parameters:
  ///   - number: A whole number; its sign does not count.
  ///   - locale: The language.
  /// - Returns: `one`, `few` or `many` in Russian; `one` or `other` in Kazakh and English.
  /// - SeeAlso: Unicode CLDR, Language Plural Rules, cardinal.
  public static func of(_ number: Int, in locale: MessageLocale) -> PluralForm {
    let size = number.magnitude
    switch locale {
    case .kazakh, .english: return size == 1 ? .one : .other
    case .russian:
      switch (size % 10, size % 100) {
      case (_, 11...14): return .many
      case (1, _): return .one
      case (2...4, _): return .few
      default: return .many
      }
    }
  }
}
