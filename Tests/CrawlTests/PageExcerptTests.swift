import TestKit
import Testing
import XML

@testable import Crawl

/// The part of a page that is parsed when there is no card.
@Suite struct PageExcerptTests {
  @Test(arguments: [
    (
      "<html><body><p>a</p><h1 class=\"item__heading\">T</h1><dl><dd class=\"specifications-list__spec-definition\">v</dd></dl><p>z</p>",
      "<h1 class=\"item__heading\">T</h1><dl><dd class=\"specifications-list__spec-definition\">v</dd>"
    ),
    // Words in scripts, styles and comments are no markup, and an end that is missing takes the rest with it.
    (
      "<script>'<b class=\"item__sku\">'</script><!-- item__sku --><h1 class=\"item__heading\">T</h1>",
      "<h1 class=\"item__heading\">T</h1>"
    ),
    ("<h1 class='item__heading'>T<script>item__sku", "<h1 class='item__heading'>T"),
    ("<p>item__other</p>", "<p>item__other</p>"), ("", ""), ("item__sku", "item__sku"),
    ("<style>x</style>y<script></script", "y"),
  ])
  func cuts(page: String, excerpt: String) {
    #expect(String(decoding: PageExcerpt.of(Array(page.utf8)), as: UTF8.self) == excerpt)
  }

  /// Reading the excerpt of a recorded page gives what reading the page gives, and is a fraction of it.
  @Test(.needsSampleData) func losesNothingOfRecordedPages() throws {
    let names = SampleData.files(in: "product-pages").filter { $0.hasSuffix(".html") }
    try #require(!names.isEmpty)
    for name in names {
      let page = try SampleData.bytes(name)
      let excerpt = PageExcerpt.of(page)
      let (whole, part) = (try facts(page), try facts(excerpt))
      #expect(whole == part, "\(name)")
      if whole.count > 20 { #expect(excerpt.count * 2 < page.count, "\(name): \(excerpt.count)") }
    }
  }

  private func facts(_ bytes: [UInt8]) throws -> [String] {
    let classes = [
      "item__sku", "item__heading", "item__price-once", "item__out-of-stock", "breadcrumbs__item",
      "item__slider-pic", "specifications-list__el", "specifications-list__header",
      "specifications-list__spec-term-text", "specifications-list__spec-definition",
    ]
    return try HTMLPage.matches(in: bytes, classes: classes).map { match in
      let attributes = match.element.attributes.map { "\($0.name)=\($0.value)" }
      return "\(match.name) \(match.element.name) \(attributes) \(match.element.text)"
    }
  }
}
