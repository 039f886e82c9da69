/// Reads Markdown line by line.
struct KnowledgeParser {
  /// From the front matter or the first heading of level 1.
  private(set) var title: String?
  /// From the front matter.
  private(set) var language: String?
  private(set) var passages: [KnowledgeDocument.Passage] = []
  private(set) var links: [KnowledgeDocument.Link] = []

  private var headings: [(level: Int, text: String)] = []
  private var anchors: [String: Int] = [:]
  private var anchor = ""
  private var parts = 0
  private var paragraphs: [(text: String, line: Int)] = []
  private var paragraph = ""
  private var paragraphLine = 0
  private var isInFence = false
  private var isInComment = false

  /// Reads a whole file; call once.
  ///
  /// - Parameter markdown: The file's text, with any line ends.
  mutating func read(_ markdown: String) {
    var lines = Self.lines(of: markdown)
    let body = readFrontMatter(lines)
    if body > 0 { lines.removeFirst(body) }
    for (offset, line) in lines.enumerated() { read(line, number: body + offset + 1) }
    endSection()
  }

  /// Longest link that is looked for, in characters: bounds the cost of a line of nothing but brackets.
  private static let reach = 600

  private static func lines(of text: String) -> [String] {
    text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated().map { index, line in
      var line = line.last == 0x0D ? line.dropLast() : line
      if index == 0, line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
      return String(decoding: line, as: UTF8.self)
    }
  }

  /// Gives the number of lines that the front matter takes.
  private mutating func readFrontMatter(_ lines: [String]) -> Int {
    guard lines.first == "---", let end = lines.dropFirst().firstIndex(of: "---") else { return 0 }
    for line in lines[1..<end] {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { continue }
      let value = Self.trimmed(parts[1], of: " \t\"'")
      switch Self.trimmed(parts[0], of: " \t") {
      case "title" where !value.isEmpty: title = value
      case "language" where !value.isEmpty: language = value
      default: break
      }
    }
    return end + 1
  }

  private mutating func read(_ raw: String, number: Int) {
    let line = withoutComments(raw)
    let text = Self.trimmed(line[...], of: " \t")
    if text.hasPrefix("```") || text.hasPrefix("~~~") {
      isInFence.toggle()
      return endParagraph()
    }
    if isInFence { return take(text, number: number) }
    if text.isEmpty { return endParagraph() }
    if let heading = Self.heading(text) { return start(heading, number: number) }
    // A ruler or the line under a table's head holds no words.
    guard text.contains(where: { !"-=*_|: ".contains($0) }) else { return }
    let content = Self.withoutMarker(text)
    if content.count < text.count { endParagraph() }
    take(plain(content, number: number), number: number)
  }

  private mutating func take(_ text: String, number: Int) {
    guard !text.isEmpty else { return }
    if paragraph.isEmpty { paragraphLine = number }
    paragraph += paragraph.isEmpty ? text : " " + text
  }

  private mutating func endParagraph() {
    guard !paragraph.isEmpty else { return }
    let rest = paragraphs.reduce(0) { $0 + $1.text.utf8.count + 1 }
    if !paragraphs.isEmpty, rest + paragraph.utf8.count > KnowledgeDocument.passageBytes { endPassage() }
    paragraphs.append((paragraph, paragraphLine))
    paragraph = ""
  }

  private mutating func endPassage() {
    guard let first = paragraphs.first else { return }
    parts += 1
    passages.append(
      KnowledgeDocument.Passage(
        anchor: parts == 1 ? anchor : "\(anchor)~\(parts)", headings: headings.map(\.text),
        text: paragraphs.map(\.text).joined(separator: "\n"), line: first.line))
    paragraphs = []
  }

  private mutating func endSection() {
    endParagraph()
    endPassage()
    parts = 0
  }

  private mutating func start(_ heading: (level: Int, text: String), number: Int) {
    endSection()
    let text = plain(heading.text, number: number)
    headings.removeAll { $0.level >= heading.level }
    headings.append((heading.level, text))
    if heading.level == 1, title == nil, !text.isEmpty { title = text }
    let words = Tokenizer.tokens(in: text).map(\.text).joined(separator: "-")
    let base = words.isEmpty ? "section" : words
    // A heading may also be written like the name of a repeated one.
    repeat {
      anchors[base, default: 0] += 1
      let count = anchors[base] ?? 1
      anchor = count == 1 ? base : "\(base)-\(count)"
    } while anchor != base && anchors[anchor] != nil
    if anchor != base { anchors[anchor] = 1 }
  }

  /// Level and text of a heading like `## Text ##`.
  private static func heading(_ text: String) -> (level: Int, text: String)? {
    let level = text.prefix { $0 == "#" }.count
    guard (1...6).contains(level) else { return nil }
    let rest = text.dropFirst(level)
    guard rest.first == " " || rest.first == "\t" else { return nil }
    return (level, trimmed(rest, of: " \t#"))
  }

  /// A line without the marker of its list or quotation.
  private static func withoutMarker(_ text: String) -> String {
    var rest = text[...]
    while rest.first == ">" { rest = rest.dropFirst().drop { $0 == " " } }
    if let first = rest.first, "-*+".contains(first), rest.dropFirst().first == " " {
      rest = rest.dropFirst(2)
    } else {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      let behind = rest.dropFirst(digits.count)
      if (1...9).contains(digits.count), let mark = behind.first, mark == "." || mark == ")",
        behind.dropFirst().first == " "
      {
        rest = behind.dropFirst(2)
      }
    }
    return trimmed(rest, of: " \t|")
  }

  /// Takes the characters of a comment out, also of one over several lines.
  private mutating func withoutComments(_ line: String) -> String {
    guard isInComment || line.contains("<!--") else { return line }
    var output = ""
    var rest = line[...]
    while !rest.isEmpty {
      if isInComment {
        guard let end = Self.place(of: "-->", in: rest) else { return output }
        rest = rest[end.upperBound...]
        isInComment = false
      } else if let start = Self.place(of: "<!--", in: rest) {
        output += rest[..<start.lowerBound]
        rest = rest[start.upperBound...]
        isInComment = true
      } else {
        output += rest
        break
      }
    }
    return output
  }

  /// Text without emphasis, code marks and links; the targets of links are kept.
  private mutating func plain(_ text: String, number: Int) -> String {
    var output = ""
    var rest = text[...]
    while let character = rest.first {
      if character == "!", rest.dropFirst().first == "[" {
        rest = rest.dropFirst()
      } else if character == "[", let link = Self.link(rest) {
        links.append(KnowledgeDocument.Link(target: link.target, line: number))
        output += link.text
        rest = link.rest
      } else if character == "<", let end = rest.prefix(Self.reach).firstIndex(of: ">"),
        rest[..<end].contains("://")
      {
        let target = String(rest[..<end].dropFirst())
        links.append(KnowledgeDocument.Link(target: target, line: number))
        output += target
        rest = rest[end...].dropFirst()
      } else {
        rest = rest.dropFirst()
        if character == "|" { output += " " } else if !"*`".contains(character) { output.append(character) }
      }
    }
    return Self.trimmed(output[...], of: " \t")
  }

  /// `[text](target)` at the start of a text.
  private static func link(_ text: Substring) -> (text: String, target: String, rest: Substring)? {
    let reach = text.prefix(Self.reach)
    guard let close = reach.firstIndex(of: "]") else { return nil }
    let behind = reach[close...].dropFirst()
    guard behind.first == "(", let end = behind.firstIndex(of: ")") else { return nil }
    let inner = behind[..<end].dropFirst()
    let target = inner.split(separator: " ").first.map(String.init) ?? ""
    let label = reach[..<close].dropFirst().filter { !"*`".contains($0) }
    return (String(label), target, text[end...].dropFirst())
  }

  private static func place(of mark: String, in text: Substring) -> Range<String.Index>? {
    var start = text.startIndex
    while start < text.endIndex {
      if text[start...].hasPrefix(mark) { return start..<text.index(start, offsetBy: mark.count) }
      start = text.index(after: start)
    }
    return nil
  }

  private static func trimmed(_ text: Substring, of marks: String) -> String {
    var rest = text.drop { marks.contains($0) }
    while let last = rest.last, marks.contains(last) { rest.removeLast() }
    return String(rest)
  }
}
