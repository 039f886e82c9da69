import Model
import XML

/// Says why a file is no price list at all, as precisely as its bytes allow.
enum Refusal {
  /// What the beginning of a file says without parsing; `nil` when it may be XML.
  static func finding(beginningOf bytes: [UInt8], source: String) -> Finding? {
    func other(_ what: String) -> Finding {
      LintRule.otherFormat.finding(
        Place(source, line: 1, column: 1), "the file is \(what), not Kaspi's price list")
    }
    if bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) { return other("an Excel table or another ZIP archive") }
    if bytes.starts(with: [0x1F, 0x8B]) { return other("compressed with gzip") }
    if bytes.starts(with: Array("%PDF".utf8)) { return other("a PDF document") }
    // UTF-16 begins with a mark or has zeros; the parser knows more about it.
    if bytes.prefix(4).contains(where: { $0 == 0 || $0 >= 0xFE }) { return nil }
    var position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    var place = Place(source, line: 1, column: 1)
    while position < bytes.count, Blank.isXML(bytes[position]) {
      if bytes[position] == 0x0A {
        place = Place(source, line: (place.line ?? 1) + 1, column: 1)
      } else {
        place.column = (place.column ?? 1) + 1
      }
      position += 1
    }
    let head = bytes[position...].prefix(64)
    guard let first = head.first else { return nil }
    let word = String(decoding: head, as: UTF8.self).lowercased()
    if ["<!doctype html", "<html", "<head", "<body"].contains(where: word.hasPrefix) {
      return LintRule.htmlPage.finding(place, "the file is a web page, not a price list")
    }
    if word.hasPrefix("<<<<<<<") { return nil }
    if first == 0x7B || first == 0x5B { return other("JSON") }
    if first != 0x3C { return other("text that does not begin with a tag") }
    return nil
  }

  /// What a root element says that is not Kaspi's; `nil` when offers may be below it.
  static func finding(root: String, place: Place) -> Finding? {
    switch root.lowercased() {
    case "html":
      LintRule.htmlPage.finding(place, "the file is a web page, not a price list")
    case "yml_catalog":
      LintRule.otherFormat.finding(place, "the file is a YML feed (yml_catalog), not Kaspi's price list")
    case "rss", "feed", "rdf":
      LintRule.otherFormat.finding(place, "the file is an RSS or Atom feed (\(root)), not Kaspi's price list")
    case "urlset", "sitemapindex":
      LintRule.otherFormat.finding(place, "the file is a site map, not Kaspi's price list")
    default: nil
    }
  }

  /// What a parser's error means for a seller.
  static func finding(_ error: XMLError, in bytes: [UInt8], source: String) -> Finding {
    let place = Place(source, line: error.line ?? 1, column: error.column ?? 1)
    if let marker = conflictMarker(in: bytes) {
      return LintRule.mergeConflict.finding(
        Place(source, line: marker, column: 1), "the file holds an unresolved merge conflict")
    }
    switch error.code {
    case .empty: return LintRule.emptyDocument.finding(place, "the file holds no element")
    case .cut: return LintRule.cutFile.finding(place, error.message)
    case .encoding: return LintRule.badEncoding.finding(place, error.message)
    case .documentType: return LintRule.documentType.finding(place, error.message)
    case .forbiddenCharacter: return LintRule.controlCharacter.finding(place, error.message)
    case .tooLarge: return LintRule.tooLarge.finding(place, error.message)
    case .tooDeep: return LintRule.tooDeep.finding(place, error.message)
    case .unreadable, .invalidQuery: return LintRule.unreadable.finding(place, error.message)
    case .malformed: break
    }
    if let quote = curlyQuote(in: bytes, source: source) {
      return LintRule.curlyQuotes.finding(quote, "a typographic quote begins an attribute's value")
    }
    if let blank = noBreakSpace(in: bytes, line: error.line ?? 1, source: source) {
      return LintRule.noBreakSpace.finding(blank, "a no-break blank stands inside a tag: \(error.message)")
    }
    return LintRule.notWellFormed.finding(place, "not well-formed: \(error.message)")
  }

  /// Line of the first conflict marker.
  private static func conflictMarker(in bytes: [UInt8]) -> Int? {
    var line = 1
    var isLineStart = true
    for (index, byte) in bytes.enumerated() {
      if isLineStart, byte == 0x3C || byte == 0x3E {
        let mark = bytes[index...].prefix(8)
        if mark.count == 8, mark.prefix(7).allSatisfy({ $0 == byte }), mark.last == 0x20 { return line }
      }
      isLineStart = byte == 0x0A
      if isLineStart { line += 1 }
    }
    return nil
  }

  private static func curlyQuote(in bytes: [UInt8], source: String) -> Place? {
    for (number, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      guard line.contains(0xE2) || line.contains(0xC2) else { continue }
      let scalars = Array(String(decoding: line, as: UTF8.self).unicodeScalars)
      for (column, scalar) in scalars.enumerated().dropFirst() {
        if "“”„‟‘’«»″".unicodeScalars.contains(scalar), scalars[column - 1] == "=" {
          return Place(source, line: number + 1, column: column + 1)
        }
      }
    }
    return nil
  }

  /// A no-break blank inside a tag on the line of the error, or the line before.
  private static func noBreakSpace(in bytes: [UInt8], line: Int, source: String) -> Place? {
    let lines = bytes.split(separator: 0x0A, maxSplits: line, omittingEmptySubsequences: false)
    for number in [line - 1, line].filter({ (1...lines.count).contains($0) }) {
      var isInside = false
      for (column, scalar) in String(decoding: lines[number - 1], as: UTF8.self).unicodeScalars.enumerated() {
        if scalar == "<" { isInside = true }
        if scalar == ">" { isInside = false }
        if isInside, scalar == "\u{A0}" { return Place(source, line: number, column: column + 1) }
      }
    }
    return nil
  }
}
