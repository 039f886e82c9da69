/// Takes people out of a page before it is kept.
///
/// A product page shows its newest reviews with the names of their authors, and addresses of their pictures carry
/// order numbers. Nothing of that is a fact about the product.
enum PageRedaction {
  private static let reviews = BytePattern("<div id=\"reviews\"")
  private static let specifications = BytePattern("<div id=\"specifications\"")
  private static let author = BytePattern("reviews__author")
  private static let reviewText = BytePattern("reviews__review-text")
  private static let reviewImage = BytePattern("/img/p/r/")
  private static let bodyEnd = BytePattern("</body")
  private static let keys = [
    BytePattern("\"author\""), BytePattern("\"orderNumber\""), BytePattern("\"customerName\""),
    BytePattern("\"merchantName\""),
  ]
  private static let sellers = BytePattern("<table class=\"sellers-table__self\"")
  private static let tableEnd = BytePattern("</table")

  /// Removes the reviews of a page, and blanks whatever else looks like a reviewer.
  ///
  /// - Parameter page: A product page as it came.
  /// - Returns: The page without reviews; everything that ``ProductPage`` reads is still there.
  static func withoutPeople(_ page: [UInt8]) -> [UInt8] {
    var result = withoutReviews(page)
    blankSellers(in: &result)
    blankText(after: author, in: &result)
    blankText(after: reviewText, in: &result)
    for key in keys { blankStrings(after: key, in: &result) }
    blankReviewImages(in: &result)
    return result
  }

  /// Blanks the table of sellers: many a seller trades under a name of a person, and none of it is read.
  private static func blankSellers(in page: inout [UInt8]) {
    var position = 0
    while let start = sellers.first(in: page, position..<page.count) {
      let end = tableEnd.first(in: page, start..<page.count) ?? page.count
      var isTag = false
      for index in start..<end {
        if page[index] == 0x3C { isTag = true }
        if !isTag { page[index] = 0x20 }
        if page[index] == 0x3E { isTag = false }
      }
      position = max(end, start + 1)
    }
  }

  private static func withoutReviews(_ page: [UInt8]) -> [UInt8] {
    guard let start = reviews.first(in: page, 0..<page.count) else { return page }
    // A page whose reviews come last has nothing behind them that is read.
    guard
      let end = specifications.first(in: page, start..<page.count)
        ?? bodyEnd.first(in: page, start..<page.count)
    else { return Array(page[..<start]) }
    return page[..<start] + Array("<div id=\"reviews\" data-removed=\"people\"></div>".utf8) + page[end...]
  }

  /// Blanks the text of every element whose tag names a class.
  private static func blankText(after name: BytePattern, in page: inout [UInt8]) {
    var position = 0
    while let start = name.first(in: page, position..<page.count) {
      position = start + name.bytes.count
      guard let open = page[position...].firstIndex(of: 0x3E) else { return }
      var index = open + 1
      while index < page.count, page[index] != 0x3C {
        page[index] = 0x20
        index += 1
      }
      position = index
    }
  }

  /// Blanks the string value of every occurrence of a JSON key.
  private static func blankStrings(after key: BytePattern, in page: inout [UInt8]) {
    var position = 0
    while let start = key.first(in: page, position..<page.count) {
      position = start + key.bytes.count
      var index = page.skippingBlanks(from: position)
      guard index < page.count, page[index] == 0x3A else { continue }
      index = page.skippingBlanks(from: index + 1)
      guard index < page.count, page[index] == 0x22 else { continue }
      index += 1
      while index < page.count, page[index] != 0x22 {
        let isEscape = page[index] == 0x5C
        page[index] = 0x20
        if isEscape, index + 1 < page.count { page[index + 1] = 0x20 }
        index += isEscape ? 2 : 1
      }
      position = min(index, page.count)
    }
  }

  /// Blanks the rest of every review picture's address: its folder is an order number.
  private static func blankReviewImages(in page: inout [UInt8]) {
    var position = 0
    while let start = reviewImage.first(in: page, position..<page.count) {
      var index = start + reviewImage.bytes.count
      while index < page.count, page[index] != 0x22, page[index] != 0x27, page[index] != 0x3C,
        !page[index].isMarkupBlank
      {
        page[index] = 0x2D
        index += 1
      }
      position = index
    }
  }
}
