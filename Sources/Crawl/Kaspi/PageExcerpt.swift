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

  /// What begins a part that holds no markup, and what ends it.
  private static let silent: [(start: BytePattern, end: BytePattern)] = [
    (BytePattern("<script"), BytePattern("</script")), (BytePattern("<style"), BytePattern("</style")),
    (BytePattern("<!--"), BytePattern("-->")),
  ]

  /// Cuts a page.
  ///
  /// - Parameter page: HTML.
  /// - Returns: Markup that holds every element of the classes whole; the page without its silent parts where it
  ///   cannot be said where they end.
  static func of(_ page: [UInt8]) -> [UInt8] {
    let markup = withoutSilentParts(page)
    var (first, last): (Int?, Int) = (nil, 0)
    var position = 0
    while let place = strokes.first(in: markup, position..<markup.count) {
      position = place + 2
      let isMark = marks.contains { mark in
        markup[..<place].suffix(mark.before.count).elementsEqual(mark.before)
          && markup[position...].starts(with: mark.behind)
      }
      guard isMark else { continue }
      first = first ?? place
      last = place
    }
    guard let first else { return markup }
    let start = markup[..<first].lastIndex(of: 0x3C) ?? 0
    // The last of them is a characteristic, whose text ends with its list; behind anything else all is kept.
    let end = listEnd.first(in: markup, last..<markup.count) ?? markup.count
    return Array(markup[start..<end])
  }

  private static func withoutSilentParts(_ page: [UInt8]) -> [UInt8] {
    var kept: [UInt8] = []
    kept.reserveCapacity(page.count)
    var position = 0
    var next = silent.map { $0.start.first(in: page, 0..<page.count) }
    while let (part, start) = next.enumerated().compactMap({ item in item.element.map { (item.offset, $0) } })
      .min(by: { $0.1 < $1.1 })
    {
      kept += page[position..<start]
      let inside = start + silent[part].start.bytes.count
      guard let end = silent[part].end.first(in: page, inside..<page.count) else { return kept }
      position = (ByteSearch.first(0x3E, in: page, end..<page.count) ?? page.count - 1) + 1
      for (index, place) in next.enumerated() where place.map({ $0 < position }) == true {
        next[index] = silent[index].start.first(in: page, position..<page.count)
      }
    }
    return kept + page[position...]
  }
}
