import Testing

@testable import Model

@Suite struct CatalogEntryTests {
  @Test func standsAsItWasPut() throws {
    let offer = Offer(
      sku: try #require(SKU("1")), model: "x", brand: nil, availabilities: [],
      pricing: .everywhere(try #require(Tenge(1))))
    var entry = CatalogEntry(offer: offer)
    #expect(entry.standing == .offered)
    for (year, month, day) in [(1, 1, 1), (1970, 1, 1), (2026, 11, 23), (9999, 12, 31)] {
      let since = try #require(Day(year: year, month: month, day: day))
      entry.standing = .withdrawn(since: since)
      #expect(entry.standing == .withdrawn(since: since))
      #expect(entry != CatalogEntry(offer: offer))
    }
    entry.standing = .offered
    #expect(entry == CatalogEntry(offer: offer))
  }

  /// Two lists of them are most of the memory that a night of a million offers takes.
  @Test func staysSmall() { #expect(MemoryLayout<CatalogEntry>.stride <= 96) }
}
