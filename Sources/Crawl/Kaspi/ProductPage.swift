internal import Model
internal import Store

/// The public page of a product: HTML in, card out.
///
/// Pure: no network, no clock, no files. Names of reviewers are never read.
public enum ProductPage {
  /// The number of this parser, written into provenance; raised when the same bytes give another card.
  public static let parserVersion = 2

  /// Reads a product page.
  ///
  /// The embedded state is the source; JSON-LD and meta tags are witnesses, whose disagreement is a finding;
  /// visible markup is read for the rating, and for everything else only when the embedded card, or that part of it,
  /// is missing. What no part of the page speaks of is unseen, which is not the same as empty.
  ///
  /// - Parameters:
  ///   - html: The page's bytes, UTF-8.
  ///   - source: Where they come from, for findings; without secrets.
  /// - Returns: The card, the page's city, and which part of the page gave which field.
  /// - Throws: ``PageError`` for anything that is not a whole, readable product page.
  public static func extract(html: [UInt8], source: String = "page") throws(PageError) -> ExtractedPage {
    let body = html.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(html.dropFirst(3)) : html
    try checkKind(body, source)
    let state = EmbeddedState(body)
    let meta = MetaTags(body)
    try checkIsProduct(body, state, meta, source)
    switch state.item {
    case .value(let item):
      return try StateReading(item: item, state: state, meta: meta, page: body, source: source).page()
    case .damaged(let offset, let cut, let reason):
      let place = "the embedded card at byte \(offset)"
      guard !cut else { throw PageError(code: .cut, source: source, detail: "\(place) has no end") }
      if String(validating: body, as: UTF8.self) == nil {
        throw PageError(code: .encoding, source: source, detail: "the page is not UTF-8")
      }
      var page: ExtractedPage
      do {
        page = try MarkupReading(page: body, state: state, meta: meta, source: source).extracted()
      } catch {
        throw PageError(code: .damaged, source: source, detail: "\(place) is not JSON: \(reason)")
      }
      page.findings.insert(
        Finding(
          rule: damagedState, severity: .warning, place: Place(source),
          message: "\(place) is not JSON (\(reason)); the visible markup was read instead",
          hint: "Some facts have no place in the markup; keep the page and report it."), at: 0)
      return page
    case .absent:
      var page = try MarkupReading(page: body, state: state, meta: meta, source: source).extracted()
      page.findings.insert(
        Finding(
          rule: "page-state-missing", severity: .warning, place: Place(source),
          message: "the page has no embedded card; the visible markup was read instead",
          hint: "Some facts have no place in the markup; keep the page and report it."), at: 0)
      return page
    }
  }

  /// The rule of a page whose embedded card is no JSON.
  static let damagedState = "page-state-damaged"

  private static let htmlEnd = BytePattern("</html")
  private static let htmlStart = BytePattern("<html")

  private static func checkKind(_ page: [UInt8], _ source: String) throws(PageError) {
    let start = page.skippingBlanks(from: 0)
    guard start < page.count else {
      throw PageError(code: .empty, source: source, detail: "the answer is empty")
    }
    switch page[start] {
    case 0x3C: break
    case 0x7B, 0x5B:
      throw PageError(code: .notHTML, source: source, detail: "JSON came where a page was expected")
    default: throw PageError(code: .notHTML, source: source, detail: "the answer is no HTML")
    }
    if page[start...].starts(with: Array("<?xml".utf8)) {
      throw PageError(code: .notHTML, source: source, detail: "XML came where a page was expected")
    }
  }

  private static func checkIsProduct(
    _ page: [UInt8], _ state: EmbeddedState, _ meta: MetaTags, _ source: String
  ) throws(PageError) {
    let tail = max(0, page.count - 4096)..<page.count
    let isCut =
      htmlStart.first(in: page, 0..<min(page.count, 4096)) != nil && htmlEnd.first(in: page, tail) == nil
    if case .absent = state.item, MarkupReading.heading.first(in: page, 0..<page.count) == nil {
      if isCut {
        throw PageError(code: .cut, source: source, detail: "the page ends before its product")
      }
      if !state.isShopPage, BlockPage.isLikely(page, title: meta.title) {
        throw PageError(
          code: .blocked, source: source, detail: "a page about access came instead of the product")
      }
      throw PageError(code: .notAProduct, source: source, detail: "the page shows no product")
    }
    if isCut {
      throw PageError(code: .cut, source: source, detail: "the page has no end")
    }
  }
}

/// The look of a page that refuses access.
enum BlockPage {
  /// Whether a short page speaks of access and not of goods.
  ///
  /// - Parameters:
  ///   - page: HTML.
  ///   - title: Its title, or `nil`.
  /// - Returns: Whether it is likely a refusal; the exact words of Kaspi's are not known.
  static func isLikely(_ page: [UInt8], title: String?) -> Bool {
    guard page.count < 64 << 10 else { return false }
    let text = ((title ?? "") + " " + String(decoding: page.prefix(16 << 10), as: UTF8.self)).lowercased()
    return words.contains { text.contains($0) }
  }

  private static let words = [
    "403", "forbidden", "access denied", "captcha", "too many requests", "429", "доступ ограничен",
    "доступ запрещ", "доступ заблокирован", "не робот", "just a moment", "blocked",
  ]
}
