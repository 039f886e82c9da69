/// One tag of a template.
struct TemplateTag: Sendable, Equatable {
  enum Kind: Sendable, Equatable { case variable, section, inverted, end, comment }
  var kind: Kind
  /// Between the braces, without marks and blanks: `name` or `filter(name)`.
  var text: String
  var line: Int
  var column: Int

  /// The name without its filter, and the filter; `nil` for anything that is not `name` or `filter(name)`.
  var parts: (name: String, filter: String?)? {
    func isName(_ text: some StringProtocol) -> Bool {
      !text.isEmpty && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x5F }
    }
    if isName(text) { return (text, nil) }
    let pieces = text.split(separator: "(", omittingEmptySubsequences: false)
    guard pieces.count == 2, pieces[1].last == ")", isName(pieces[0]), isName(pieces[1].dropLast()) else {
      return nil
    }
    return (String(pieces[1].dropLast()), String(pieces[0]))
  }
}

/// Finds the tags of a template and holds them against the names that its event declares.
///
/// The engine behind prints nothing for a name it does not know. So nothing reaches it that was not checked here.
struct TemplateScanner {
  var file: String
  var names: [TemplateVariable]

  /// Every mistake of a text, in order of place.
  func problems(in text: String) -> [TemplateError] {
    let (tags, broken) = Self.tags(in: text, file: file)
    var problems = broken
    var open: [(tag: TemplateTag, scope: [TemplateVariable], guarded: String?)] = []
    for tag in tags where tag.kind != .comment {
      guard let (name, filter) = tag.parts else {
        problems.append(
          error(.syntax, tag, "'\(tag.text)' is no name.", "Write {{name}} or {{filter(name)}}."))
        continue
      }
      if tag.kind == .end {
        guard let last = open.popLast() else {
          problems.append(
            error(.syntax, tag, "'\(tag.text)' ends a section that was not begun.", "Remove it."))
          continue
        }
        if last.tag.text != tag.text {
          problems.append(
            error(
              .syntax, tag, "'\(tag.text)' ends the section '\(last.tag.text)' of line \(last.tag.line).",
              "Write {{/\(last.tag.text)}}."))
        }
        continue
      }
      let scopes = open.map(\.scope) + [names]
      guard let variable = Self.find(name, inner: open.reversed().map(\.scope), outer: names) else {
        let known = Set(scopes.flatMap { $0.map(\.name) }).sorted()
        let near = known.min { (Self.distance($0, name), $0) < (Self.distance($1, name), $1) }
        let guess = near.flatMap { Self.distance($0, name) <= max(2, name.count / 3) ? $0 : nil }
        problems.append(
          error(
            .unknownName, tag, "This event has no '\(name)'.",
            guess.map { "Did you mean '\($0)'?" } ?? "Known: \(known.joined(separator: ", "))."))
        // Opened all the same, so that one wrong name is one complaint.
        if tag.kind != .variable { open.append((tag, [], name)) }
        continue
      }
      if let filter, !variable.kind.filters.contains(filter) {
        let filters = variable.kind.filters
        problems.append(
          error(
            .unknownFilter, tag, "'\(name)' has no filter '\(filter)'.",
            "Write {{\(name)}}." + (filters.isEmpty ? "" : " Known: \(filters.joined(separator: ", ")).")))
        if tag.kind != .variable { open.append((tag, [], name)) }
        continue
      }
      if tag.kind == .variable {
        problems += problemsOfUse(
          tag, variable, filter, isGuarded: open.contains { $0.guarded == name })
      } else {
        var scope: [TemplateVariable] = []
        if tag.kind == .section, case .list(let inner) = variable.kind { scope = inner }
        let guards = tag.kind == .section
        open.append((tag, scope, guards ? name : nil))
      }
    }
    for section in open.reversed() {
      problems.append(
        error(
          .syntax, section.tag, "The section '\(section.tag.text)' does not end.",
          "Add {{/\(section.tag.text)}}."))
    }
    return problems.sorted { ($0.line ?? 0, $0.column ?? 0) < ($1.line ?? 0, $1.column ?? 0) }
  }

  private func problemsOfUse(
    _ tag: TemplateTag, _ variable: TemplateVariable, _ filter: String?, isGuarded: Bool
  ) -> [TemplateError] {
    let name = variable.name
    let isQuestion = filter.map { PluralForm(rawValue: $0) != nil } ?? false
    switch variable.kind {
    case .flag, .list:
      return [error(.syntax, tag, "'\(name)' has no text.", "Write {{#\(name)}}…{{/\(name)}}.")]
    case .text, .money, .day, .count:
      if isQuestion {
        return [
          error(.syntax, tag, "'\(tag.text)' is a question.", "Write {{#\(tag.text)}}…{{/\(tag.text)}}.")
        ]
      }
      guard variable.isAlwaysThere || isGuarded else {
        let advice = name == "first_name" ? " Or use {{buyer}}." : ""
        return [
          error(
            .unguarded, tag, "Some orders have no '\(name)'.",
            "Write {{#\(name)}}…{{\(tag.text)}}…{{/\(name)}}." + advice)
        ]
      }
      return []
    }
  }

  private func error(
    _ code: TemplateError.Code, _ tag: TemplateTag, _ message: String, _ hint: String
  ) -> TemplateError {
    TemplateError(code: code, file: file, line: tag.line, column: tag.column, message: message, hint: hint)
  }

  private static func find(
    _ name: String, inner: [[TemplateVariable]], outer: [TemplateVariable]
  ) -> TemplateVariable? {
    for scope in inner + [outer] {
      if let found = scope.first(where: { $0.name == name }) { return found }
    }
    return nil
  }

  /// Cuts a text into tags; only the kinds that messages may have.
  static func tags(in text: String, file: String) -> (tags: [TemplateTag], broken: [TemplateError]) {
    let scalars = Array(text.unicodeScalars)
    var (tags, broken): ([TemplateTag], [TemplateError]) = ([], [])
    var (line, column, position) = (1, 1, 0)
    func isPair(_ at: Int, _ mark: Unicode.Scalar) -> Bool {
      at + 1 < scalars.count && scalars[at] == mark && scalars[at + 1] == mark
    }
    func advance() {
      if scalars[position] == "\n" {
        line += 1
        column = 1
      } else {
        column += 1
      }
      position += 1
    }
    while position < scalars.count {
      if isPair(position, "}") {
        broken.append(
          TemplateError(
            code: .syntax, file: file, line: line, column: column, message: "'}}' ends no tag.",
            hint: "Write {{ in front of the name."))
        advance()
        advance()
        continue
      }
      guard isPair(position, "{") else {
        advance()
        continue
      }
      let place = (line: line, column: column)
      var end = position + 2
      while end < scalars.count, !isPair(end, "}"), !isPair(end, "{") { end += 1 }
      guard isPair(end, "}") else {
        broken.append(
          TemplateError(
            code: .syntax, file: file, line: place.line, column: place.column,
            message: "The tag does not end.",
            hint: "Write }} behind the name."))
        advance()
        advance()
        while position < scalars.count, isPair(position, "{") { advance() }
        continue
      }
      let inside = String(String.UnicodeScalarView(scalars[position + 2..<end]))
      if let (kind, rest) = kind(of: inside) {
        tags.append(TemplateTag(kind: kind, text: rest, line: place.line, column: place.column))
      } else {
        broken.append(
          TemplateError(
            code: .syntax, file: file, line: place.line, column: place.column,
            message: "Messages have no tags of the kind '{{\(inside.prefix(1))…}}'.",
            hint: "Use {{name}}, {{#name}}…{{/name}}, {{^name}}…{{/name}} or {{! comment}}."))
      }
      while position < end + 2 { advance() }
    }
    return (tags, broken)
  }

  private static func kind(of inside: String) -> (TemplateTag.Kind, String)? {
    let text = inside.trimmed
    guard let mark = text.unicodeScalars.first else { return (.variable, "") }
    let rest = String(text.unicodeScalars.dropFirst()).trimmed
    return switch mark {
    case "#": (.section, rest)
    case "^": (.inverted, rest)
    case "/": (.end, rest)
    case "!": (.comment, rest)
    case "{", "&", ">", "<", "$", "=", "%": nil
    default: (.variable, text)
    }
  }

  /// Edits from one word to another, for guesses.
  static func distance(_ left: String, _ right: String) -> Int {
    let (left, right) = (Array(left.utf8), Array(right.utf8))
    var row = Array(0...right.count)
    for (index, byte) in left.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for (column, other) in right.enumerated() {
        let edit = diagonal + (byte == other ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(edit, diagonal + 1, row[column] + 1)
      }
    }
    return row[right.count]
  }
}

extension String {
  /// Without blanks and line ends around it.
  var trimmed: String {
    let scalars = unicodeScalars
    guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
      let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
    else { return "" }
    return String(scalars[first...last])
  }
}
