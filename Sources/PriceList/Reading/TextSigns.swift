/// Signs that a text was damaged on its way into the file.
enum TextSigns {
  /// Whether UTF-8 was read as Latin-1 or Windows-1251 and written as UTF-8 again: `Ð§Ð°Ð¹`, `Р§Р°Р№`.
  ///
  /// At least three such pairs, and most of the text has to consist of them: a single pair occurs in good
  /// text.
  static func isDoubleEncoded(_ text: String) -> Bool {
    var (pairs, singles) = (0, 0)
    var lead: Unicode.Scalar?
    for scalar in text.unicodeScalars where scalar.value > 0x7F {
      if let before = lead, isTail(scalar, after: before) {
        pairs += 1
        lead = nil
        continue
      }
      if lead != nil { singles += 1 }
      lead = isLead(scalar) ? scalar : nil
      if lead == nil { singles += 1 }
    }
    return pairs >= 3 && pairs > singles
  }

  /// `Ð Ñ` are the bytes D0 and D1 in Latin-1, `Р С` in Windows-1251: the first bytes of all Cyrillic
  /// letters.
  private static func isLead(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "\u{D0}" || scalar == "\u{D1}" || scalar == "Р" || scalar == "С"
  }

  private static func isTail(_ scalar: Unicode.Scalar, after lead: Unicode.Scalar) -> Bool {
    let punctuation = "‚„…†‡€‰‹‘’“”•–—™›"
    if punctuation.unicodeScalars.contains(scalar) || (0x80...0xBF).contains(scalar.value) { return true }
    if lead == "Р" || lead == "С" { return "ЂЃѓЉЊЌЋЏђљњќћџЎўЈҐЁЄЇІіґё№єјЅѕї".unicodeScalars.contains(scalar) }
    return "ŠŒŽšœžŸˆ˜ƒ".unicodeScalars.contains(scalar)
  }

  /// Whether a text holds U+FFFD, which stands where bytes could not be decoded.
  static func hasReplacement(_ text: String) -> Bool { text.unicodeScalars.contains("\u{FFFD}") }

  /// Whether a text holds control characters that XML lets through, line breaks and tabs among them.
  static func hasControls(_ text: String) -> Bool {
    text.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }
  }

  /// Whether Latin and Cyrillic letters stand in one code, where they look alike.
  static func mixesAlphabets(_ text: String) -> Bool {
    var (latin, cyrillic) = (false, false)
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x41...0x5A, 0x61...0x7A: latin = true
      case 0x400...0x52F: cyrillic = true
      default: break
      }
    }
    return latin && cyrillic
  }
}
