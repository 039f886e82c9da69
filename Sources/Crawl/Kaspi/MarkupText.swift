/// Text out of markup.
enum MarkupText {
  /// Decodes character references once: `&amp;quot;` becomes `&quot;`, not `"`.
  ///
  /// Unknown names and numbers that are no character stay as written.
  ///
  /// - Parameter text: Text with references.
  /// - Returns: The text that a reader sees.
  static func decoded(_ text: String) -> String {
    guard text.utf8.contains(0x26) else { return text }
    var result = ""
    var rest = text[...]
    while let ampersand = rest.firstIndex(of: "&") {
      result += rest[..<ampersand]
      rest = rest[ampersand...]
      let candidate = rest.dropFirst().prefix(12)
      if let semicolon = candidate.firstIndex(of: ";"),
        let character = character(rest[rest.index(after: ampersand)..<semicolon])
      {
        result.unicodeScalars.append(character)
        rest = rest[rest.index(after: semicolon)...]
      } else {
        result += "&"
        rest = rest.dropFirst()
      }
    }
    return result + rest
  }

  /// Running text: tags dropped, references decoded once, blanks collapsed, blocks on lines of their own.
  ///
  /// - Parameter markup: HTML as a card's description has it; plain text passes through.
  /// - Returns: The text, or `nil` when nothing is left.
  static func plain(_ markup: String) -> String? {
    var lines: [String] = [""]
    var rest = markup.unicodeScalars[...]
    func flush(_ text: Substring.UnicodeScalarView) {
      lines[lines.count - 1] += decoded(String(text))
    }
    while let open = rest.firstIndex(of: "<") {
      let after = rest.index(after: open)
      guard after < rest.endIndex, isTagStart(rest[after]) else {
        flush(rest[...open])
        rest = rest[after...]
        continue
      }
      flush(rest[..<open])
      guard let close = rest[after...].firstIndex(of: ">") else {
        rest = rest[rest.endIndex...]
        break
      }
      let name = tagName(rest[after..<close])
      rest = rest[rest.index(after: close)...]
      if name == "script" || name == "style" {
        rest = afterEnd(of: name, in: rest)
      } else if blocks.contains(name) {
        lines.append("")
      }
    }
    flush(rest)
    let kept = lines.flatMap { $0.split(whereSeparator: \.isNewline) }
      .map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
      .filter { !$0.isEmpty }
    return kept.isEmpty ? nil : kept.joined(separator: "\n")
  }

  private static func isTagStart(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "/" || scalar == "!" || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
  }

  private static func tagName(_ tag: Substring.UnicodeScalarView) -> String {
    let name = tag.drop { $0 == "/" }.prefix {
      ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
    }
    return String(name).lowercased()
  }

  private static func afterEnd(
    of name: String, in text: Substring.UnicodeScalarView
  ) -> Substring.UnicodeScalarView {
    var rest = text
    while let open = rest.firstIndex(of: "<") {
      rest = rest[rest.index(after: open)...]
      guard rest.first == "/" else { continue }
      if tagName(rest.prefix(name.count + 1)) == name {
        guard let close = rest.firstIndex(of: ">") else { break }
        return rest[rest.index(after: close)...]
      }
    }
    return text[text.endIndex...]
  }

  private static let blocks: Set<String> = [
    "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figure", "footer", "h1",
    "h2",
    "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre", "section", "table", "td", "th",
    "tr",
    "ul",
  ]

  private static func character(_ name: Substring) -> Unicode.Scalar? {
    guard name.first == "#" else { return named[String(name)] }
    let digits = name.dropFirst()
    let isHexadecimal = digits.first == "x" || digits.first == "X"
    let number = isHexadecimal ? digits.dropFirst() : digits
    guard !number.isEmpty, number.utf8.allSatisfy({ $0.isDigit || isHexadecimal && $0 > 0x40 }),
      let value = UInt32(number, radix: isHexadecimal ? 16 : 10), value >= 0x20 || value == 9 || value == 10
    else { return nil }
    return Unicode.Scalar(value)
  }

  /// The names that sellers' texts use; HTML has two thousand more.
  private static let named: [String: Unicode.Scalar] = [
    "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": "\u{A0}", "ensp": "\u{2002}",
    "emsp": "\u{2003}", "thinsp": "\u{2009}", "shy": "\u{AD}", "ndash": "–", "mdash": "—", "minus": "−",
    "hellip": "…", "bull": "•", "middot": "·", "laquo": "«", "raquo": "»", "lsquo": "‘", "rsquo": "’",
    "sbquo": "‚", "ldquo": "“", "rdquo": "”", "bdquo": "„", "lsaquo": "‹", "rsaquo": "›", "prime": "′",
    "Prime": "″", "deg": "°", "plusmn": "±", "times": "×", "divide": "÷", "frac12": "½", "frac14": "¼",
    "frac34": "¾", "sup1": "¹", "sup2": "²", "sup3": "³", "micro": "µ", "Oslash": "Ø", "oslash": "ø",
    "Omega": "Ω", "omega": "ω", "alpha": "α", "beta": "β", "copy": "©", "reg": "®", "trade": "™", "sect": "§",
    "para": "¶", "euro": "€", "pound": "£", "yen": "¥", "cent": "¢", "le": "≤", "ge": "≥", "ne": "≠",
    "asymp": "≈", "infin": "∞", "rarr": "→", "larr": "←", "uarr": "↑", "darr": "↓", "check": "✓",
    "szlig": "ß",
    "auml": "ä", "ouml": "ö", "uuml": "ü", "Auml": "Ä", "Ouml": "Ö", "Uuml": "Ü", "eacute": "é",
    "egrave": "è",
    "ntilde": "ñ", "ccedil": "ç", "numero": "№",
  ]
}
