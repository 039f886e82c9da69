import Model

extension LintRule {
  /// Rules about titles and brands.
  static let texts: [LintRule] = [doubleEncoded, replacementCharacter, controlInText, outerBlanks]

  private static func title(_ text: String) -> String { Example.offer(model: "<model>\(text)</model>") }

  static let doubleEncoded = LintRule(
    "double-encoded", .warning, "A text was encoded twice",
    "Cyrillic letters became pairs like Ð§ or Р§: UTF-8 was read in another encoding and written again.",
    hint: "Read the source as UTF-8 in the program that exports.",
    failing: title("Ð§Ð°Ð¹Ð½Ð¸Ðº"), passing: title("Ресивер Сони «Р» – СССР"))

  static let replacementCharacter = LintRule(
    "replacement-character", .warning, "A letter was lost",
    "U+FFFD stands where a program could not read a letter.", hint: "Correct the text at its source.",
    failing: title("Чай\u{FFFD}ник"))

  static let controlInText = LintRule(
    "control-in-text", .warning, "Control characters in a text",
    "Tabs, line breaks or invisible controls inside a title; XML carries them, pages show them oddly.",
    hint: "Remove them in the accounting program.", failing: title("Чай\u{85}ник"))

  static let outerBlanks = LintRule(
    "outer-blanks", .note, "Blanks at the beginning or end of a text",
    "Kept as written.", hint: "Remove them in the accounting program.", failing: title(" Чайник"))
}
