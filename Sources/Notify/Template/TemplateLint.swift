public import Model

/// What is allowed in a template and still unwise.
public enum TemplateLint {
  /// Looks at every text of a set.
  ///
  /// - Parameters:
  ///   - sources: Files by name and content; unreadable ones are for ``TemplateSet`` to refuse.
  ///   - rules: The rules; what sends should exist in every language that the shop uses.
  /// - Returns: By file and place.
  public static func findings(_ sources: [TemplateSource], rules: [NotificationRule]) -> [Finding] {
    var findings: [Finding] = []
    for source in sources.sorted(by: { $0.name < $1.name }) {
      guard let (event, locale, _) = TemplateSet.parts(of: source.name) else { continue }
      let place = Place("templates/\(source.name)")
      func find(_ rule: String, _ message: String, _ hint: String, line: Int? = nil) {
        findings.append(
          Finding(
            rule: rule, severity: .warning, place: Place(place.source, line: line, column: nil),
            message: message, hint: hint))
      }
      let text = source.text
      if !text.contains("{{#first_contact}}") {
        find(
          "no-opt-out", "The first message to a person does not say how to get no more.",
          "Add {{#first_contact}}…СТОП…{{/first_contact}}.")
      }
      if !text.contains("{{shop_name}}") {
        find("no-sender", "The text does not say who writes.", "Use {{shop_name}}.")
      }
      if !event.isTimed || event == .reviewRequest, !text.contains("{{order_code}}") {
        find(
          "no-order", "The text does not name the order; engines without ids know a message by it.",
          "Use {{order_code}}.")
      }
      for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
        let small = line.lowercased()
        if small.contains("http://") {
          find("plain-link", "An http link looks like spam.", "Use https.", line: index + 1)
        }
        if let short = shorteners.first(where: { small.contains($0) }) {
          find(
            "short-link", "Shortened links (\(short)) get accounts blocked.", "Use the full address.",
            line: index + 1)
        }
        if small.contains("rating=") {
          find(
            "preset-stars", "A review link with stars set breaks the rules of reviews.",
            "Use {{review_link}}.", line: index + 1)
        }
        if line.contains("!!") {
          find("shouting", "Several exclamation marks look like spam.", "Use one.", line: index + 1)
        }
        let words = MessageLength.plainWords(line)
        if words.count(where: { $0.count > 3 && $0 == $0.uppercased() && $0 != $0.lowercased() }) > 2 {
          find("capitals", "Whole words in capitals look like spam.", "Write small letters.", line: index + 1)
        }
        if let mark = MessageLength.unpairedMark(line) {
          find(
            "unpaired-mark", "WhatsApp shows a single '\(mark)' as it is.", "Close it, or take it away.",
            line: index + 1)
        }
      }
      if let mistake = wrongLanguage(MessageLength.plainWords(text), locale) {
        find("wrong-language", mistake, "Check that the file has the right name.")
      }
    }
    let names = Set(sources.map(\.name))
    for rule in rules where rule.isSent {
      for locale in MessageLocale.allCases {
        let file = MessageTemplate.fileName(event: rule.event, locale: locale)
        if names.contains(file) || rule.locale != nil { continue }
        findings.append(
          Finding(
            rule: "no-translation", severity: .warning, place: Place("templates/\(file)"),
            message: "Buyers whose order is in this language get the shop's.", hint: "Add the file."))
      }
    }
    return findings
  }

  private static let shorteners = ["bit.ly", "goo.gl", "t.co/", "clck.ru", "tinyurl", "cutt.ly", "is.gd"]

  private static func wrongLanguage(_ words: [String], _ locale: MessageLocale) -> String? {
    let scalars = words.joined().lowercased().unicodeScalars
    let hasCyrillic = scalars.contains { ("а"..."я").contains($0) }
    let hasKazakh = scalars.contains { "әғқңөұүһі".unicodeScalars.contains($0) }
    return switch locale {
    case .english: hasCyrillic ? "An English text with Cyrillic letters." : nil
    case .russian:
      hasKazakh ? "A Russian text with Kazakh letters." : hasCyrillic ? nil : "No Russian letters."
    case .kazakh: hasKazakh ? nil : "A Kazakh text without Kazakh letters."
    }
  }
}

/// How long a message is to the person who reads it.
public enum MessageLength {
  /// Characters as WhatsApp shows them: a family of emoji is one, marks that only format are none.
  ///
  /// - Parameter text: The message.
  /// - Returns: What a reader would count.
  public static func shown(_ text: String) -> Int {
    text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).reduce(-1) { sum, bytes in
      let line = Substring(bytes)
      return sum + 1 + line.count - formatting(line)
    }
  }

  /// Marks of one line that come in pairs around words and are not shown.
  private static func formatting(_ line: Substring) -> Int {
    // Few lines have any, and looking for pairs is slow.
    guard line.utf8.contains(where: { $0 == 0x2A || $0 == 0x5F || $0 == 0x7E }) else { return 0 }
    return marks.reduce(0) { sum, mark in sum + pairs(line, mark).paired }
  }

  /// The first mark of a line that formats nothing because it stands alone; `nil` when there is none.
  static func unpairedMark(_ line: Substring) -> Character? {
    // Names of variables hold underlines, and links may.
    let words = line.split(separator: " ").filter { !$0.contains("{{") && !$0.contains("://") }
    let plain = Substring(words.joined(separator: " "))
    return marks.first { pairs(plain, $0).single }
  }

  private static let marks: [Character] = ["*", "_", "~"]

  /// Marks that open in front of a word and close behind one.
  private static func pairs(_ line: Substring, _ mark: Character) -> (paired: Int, single: Bool) {
    let characters = Array(line)
    var open: Int?
    var paired = 0
    for (index, character) in characters.enumerated() where character == mark {
      let before = index > 0 ? characters[index - 1] : " "
      let after = index + 1 < characters.count ? characters[index + 1] : " "
      if let start = open, index > start + 1, !before.isWhitespace, !after.isLetter, !after.isNumber {
        paired += 2
        open = nil
      } else if open == nil, !before.isLetter, !before.isNumber, !after.isWhitespace {
        open = index
      }
    }
    return (paired, open != nil)
  }

  /// The words of a template, without its tags and links.
  static func plainWords(_ text: some StringProtocol) -> [String] {
    var plain = ""
    var rest = Substring(text)
    while let start = rest.firstRange(of: "{{") {
      plain += rest[..<start.lowerBound] + " "
      guard let end = rest[start.upperBound...].firstRange(of: "}}") else { break }
      rest = rest[end.upperBound...]
    }
    plain += rest
    return plain.split { !$0.isLetter }.map(String.init)
  }
}
