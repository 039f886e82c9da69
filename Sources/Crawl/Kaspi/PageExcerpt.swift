internal import Store

/// The part of a page that its visible facts stand in: a quarter of it, which is read in a quarter of the time.
///
/// Scripts, styles and comments go, because the same words in them are no markup; then everything before the first and
/// behind the last element of the classes that are read.
enum PageExcerpt {
  /// Names of the classes that ``MarkupReading`` looks for, or how they begin: what stands before their two strokes and behind.
  private static let marks: [(before: [UInt8], behind: [UInt8])] = [
    ("item", "sku"), ("item", "heading"), ("item", "price-once"), ("item", "out-of-stock"),
    ("item", "slider-pic"), ("breadcrumbs", "item"), ("specifications-list", ""),
  ].map { (Array($0.0.utf8), Array($0.1.utf8)) }
  private static let strokes = BytePattern("__")
  private static let listEnd = BytePattern("</dl")

  /// What begins a part that holds no markup, behind its `<`, and what ends it.
  private static let silent: [(start: [UInt8], end: BytePattern)] = [
    (Array("script".utf8), BytePattern("</script")), (Array("style".utf8), BytePattern("</style")),
    (Array("!--".utf8), BytePattern("-->")),
  ]

  /// Cuts a page.
  ///
  /// - Parameter page: HTML.
  /// - Returns: Markup that holds every element of the classes whole; the page without its silent parts where it
  ///   cannot be said where they end.
  static func of(_ page: [UInt8]) -> [UInt8] {
    let markup = withoutSilentParts(page)
    var first = strokes.first(in: markup, 0..<markup.count)
    while let place = first, !isMark(markup, place) {
      first = strokes.first(in: markup, (place + 2)..<markup.count)
    }
    guard let first else { return markup }
    var last = first
    // From the end: what stands between the first and the last is never looked at.
    var end = markup.count
    while let place = strokes.last(in: markup, (first + 2)..<end) {
      end = place + 1
      guard isMark(markup, place) else { continue }
      last = place
      break
    }
    let start = markup[..<first].lastIndex(of: 0x3C) ?? 0
    // The last of them is a characteristic, whose text ends with its list; behind anything else all is kept.
    return Array(markup[start..<(listEnd.first(in: markup, last..<markup.count) ?? markup.count)])
  }

  /// Whether two strokes at a place belong to the name of such a class.
  private static func isMark(_ markup: [UInt8], _ place: Int) -> Bool {
    marks.contains { mark in
      markup[..<place].suffix(mark.before.count).elementsEqual(mark.before)
        && markup[(place + 2)...].starts(with: mark.behind)
    }
  }

  private static func withoutSilentParts(_ page: [UInt8]) -> [UInt8] {
    var kept: [UInt8] = []
    kept.reserveCapacity(page.count)
    var (position, start) = (0, 0)
    while let tag = ByteSearch.first(0x3C, in: page, position..<page.count) {
      position = tag + 1
      // Nearly every tag is another one, which its first letter tells.
      guard position < page.count, page[position] == 0x73 || page[position] == 0x21,
        let part = silent.first(where: { page[position...].starts(with: $0.start) })
      else { continue }
      kept += page[start..<tag]
      guard let end = part.end.first(in: page, (position + part.start.count)..<page.count) else {
        return kept
      }
      position = (ByteSearch.first(0x3E, in: page, end..<page.count) ?? page.count - 1) + 1
      start = position
    }
    return kept + page[start...]
  }
}
