internal import Store

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
    while let ampersand = rest.utf8.firstIndex(of: 0x26) {
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
  /// Works on bytes: a description is read for every page, and looking at letters one by one costs ten times as much.
  ///
  /// - Parameter markup: HTML as a card's description has it; plain text passes through.
  /// - Returns: The text, or `nil` when nothing is left.
  static func plain(_ markup: String) -> String? {
    let bytes = markup.utf8.span
    var lines = PlainLines(capacity: bytes.count)
    var start = 0
    var position = 0
    while let open = ByteSearch.first(0x3C, in: bytes, from: position) {
      position = open + 1
      guard position < bytes.count, isTagStart(bytes[position]) else { continue }
      lines.append(bytes.extracting(start..<open))
      guard let close = ByteSearch.first(0x3E, in: bytes, from: position) else {
        start = bytes.count
        break
      }
      let name = tagName(bytes.extracting(position..<close))
      position = close + 1
      if name == "script" || name == "style" {
        position = afterEnd(of: name, in: bytes, from: position)
      } else if blocks.contains(name) {
        lines.end()
      }
      start = position
    }
    lines.append(bytes.extracting(start..<bytes.count))
    return lines.text
  }

  /// A card's running text without the telephones and addresses of people: a catalog may be published.
  ///
  /// - Parameter markup: HTML as a card's description has it.
  /// - Returns: The text, or `nil` when nothing is left.
  static func description(_ markup: String) -> String? {
    plain(markup).map { text in
      Redaction.mayHoldContacts(text.utf8)
        ? String(decoding: Redaction.withoutContacts(Array(text.utf8)), as: UTF8.self) : text
    }
  }

  private static func isTagStart(_ byte: UInt8) -> Bool {
    byte == 0x2F || byte == 0x21 || isLetter(byte)
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

  /// The name of a start or end tag in small letters; empty for a comment.
  private static func tagName(_ tag: Span<UInt8>) -> String {
    var (name, index) = ([UInt8](), 0)
    while index < tag.count, tag[index] == 0x2F { index += 1 }
    while index < tag.count, isLetter(tag[index]) || tag[index].isDigit {
      name.append(isLetter(tag[index]) ? tag[index] | 0x20 : tag[index])
      index += 1
    }
    return String(decoding: name, as: UTF8.self)
  }

  /// Behind the end tag of an element whose content is no text, or the end of all.
  private static func afterEnd(of name: String, in bytes: Span<UInt8>, from start: Int) -> Int {
    var position = start
    while let open = ByteSearch.first(0x3C, in: bytes, from: position) {
      position = open + 1
      guard position < bytes.count, bytes[position] == 0x2F else { continue }
      guard tagName(bytes.extracting(position..<bytes.count)) == name else { continue }
      return ByteSearch.first(0x3E, in: bytes, from: position).map { $0 + 1 } ?? bytes.count
    }
    return bytes.count
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

/// Lines of words with one blank between them, put together from pieces of text.
private struct PlainLines {
  private var bytes: [UInt8] = []
  private var blank = Blank.none

  /// What stands between the last word and the next one.
  private enum Blank { case none, word, line }

  init(capacity: Int) { bytes.reserveCapacity(capacity) }

  /// The lines; `nil` when there is no word.
  var text: String? { bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self) }

  /// Ends the line.
  mutating func end() { blank = .line }

  /// Appends text whose references are still to be decoded.
  mutating func append(_ text: Span<UInt8>) {
    guard ByteSearch.first(0x26, in: text, from: 0) != nil else { return appendDecoded(text) }
    var written: [UInt8] = []
    written.reserveCapacity(text.count)
    for index in text.indices { written.append(text[index]) }
    appendDecoded(MarkupText.decoded(String(decoding: written, as: UTF8.self)).utf8.span)
  }

  private mutating func appendDecoded(_ text: Span<UInt8>) {
    var index = 0
    while index < text.count {
      let byte = text[index]
      let (kind, length) = byte > 0x20 && byte < 0xC2 ? (Blank.none, 1) : Self.blank(text, index)
      switch kind {
      case .none:
        if blank != .none, !bytes.isEmpty { bytes.append(blank == .line ? 0x0A : 0x20) }
        blank = .none
        for place in index..<index + length { bytes.append(text[place]) }
      case .word: if blank == .none { blank = .word }
      case .line: blank = .line
      }
      index += length
    }
  }

  /// Whether a blank or a line end of Unicode stands at a place, and how long it or the letter there is.
  private static func blank(_ text: Span<UInt8>, _ index: Int) -> (Blank, Int) {
    let byte = text[index]
    let second = index + 1 < text.count ? text[index + 1] : 0
    let third = index + 2 < text.count ? text[index + 2] : 0
    switch (byte, second, third) {
    case (0x0A...0x0D, _, _): return (.line, 1)
    case (0x09, _, _), (0x20, _, _): return (.word, 1)
    case (0xC2, 0x85, _): return (.line, 2)
    case (0xC2, 0xA0, _): return (.word, 2)
    case (0xE2, 0x80, 0xA8...0xA9): return (.line, 3)
    case (0xE1, 0x9A, 0x80), (0xE2, 0x80, 0x80...0x8A), (0xE2, 0x80, 0xAF), (0xE2, 0x81, 0x9F),
      (0xE3, 0x80, 0x80):
      return (.word, 3)
    default: return (.none, 1)
    }
  }
}
