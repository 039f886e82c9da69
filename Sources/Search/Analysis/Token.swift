/// A word, a number or a model number, and where it stands.
public struct Token: Sendable, Hashable {
  /// What it is.
  public var kind: Kind
  /// Byte offsets into the UTF-8 of the text, marks included; not empty.
  public var range: Range<Int>
  /// Folded for comparison: small letters, ё as е, no diacritics on Latin letters; hyphens kept, a mark of
  /// inches as `"`.
  public var text: String

  /// Makes a token.
  ///
  /// - Parameters:
  ///   - kind: What it is.
  ///   - range: Byte offsets.
  ///   - text: Folded text.
  public init(kind: Kind, range: Range<Int>, text: String) {
    self.kind = kind
    self.range = range
    self.text = text
  }

  /// What the tokenizer tells apart.
  public enum Kind: Sendable, Hashable {
    /// Letters, perhaps joined by hyphens or apostrophes.
    case word(Script)
    /// Digits, perhaps with one decimal point: 128, 1.7.
    case number
    /// Digits together with letters or hyphens: RTX4060, SM-A155F, 128гб, 2024-2025.
    case model
  }

  /// The script of a word decides its stemmer.
  public enum Script: Sendable, Hashable {
    /// Only Latin letters.
    case latin
    /// Only Cyrillic letters, none of them Kazakh's own.
    case cyrillic
    /// Only Cyrillic letters, at least one of which Russian lacks.
    case kazakh
    /// Any other script, or several.
    case other
  }
}

/// What was seen in a token or a part of one.
struct Traits: OptionSet, Hashable {
  let rawValue: UInt16

  static let latin = Traits(rawValue: 1)
  static let cyrillic = Traits(rawValue: 2)
  static let kazakh = Traits(rawValue: 4)
  static let otherLetter = Traits(rawValue: 8)
  static let digit = Traits(rawValue: 16)
  static let hyphen = Traits(rawValue: 32)
  static let apostrophe = Traits(rawValue: 64)
  static let point = Traits(rawValue: 128)
  static let inchMark = Traits(rawValue: 256)

  /// The public name of these traits.
  var kind: Token.Kind {
    if contains(.digit) { return isSubset(of: [.digit, .point, .inchMark]) ? .number : .model }
    return .word(script)
  }

  /// The script of the letters; `other` where there are none.
  var script: Token.Script {
    switch intersection([.latin, .cyrillic, .kazakh, .otherLetter]) {
    case .latin: .latin
    case .cyrillic: .cyrillic
    case .kazakh, [.cyrillic, .kazakh]: .kazakh
    default: .other
    }
  }
}
