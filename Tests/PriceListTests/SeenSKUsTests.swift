import Model
import TestKit
import Testing

@testable import PriceList

/// Whether an SKU came before, from eight bytes each.
@Suite struct SeenSKUsTests {
  @Test func agreesWithASetOverSKUsThatShareTheirBeginnings() throws {
    var random = SeededGenerator(seed: 3)
    let stems = ["", "A", "1234567", "12345678", "123456789012345", "1234567890123456", "Ә-бөлшек-12345678"]
    var (seen, known) = (SeenSKUs(), Set<SKU>())
    for _ in 0..<20_000 {
      let sku = try #require(
        SKU(
          (stems.randomElement(using: &random) ?? "") + String(Int.random(in: 0..<2000, using: &random))))
      #expect(seen.insert(sku) == known.insert(sku).inserted)
    }
    #expect(seen.count == 20_000 && known.count > 5_000)
  }

  @Test(arguments: [
    ["1", "2", "2"], ["2", "1", "2"], ["a", "b", "c", "a"], ["12345678", "123456780", "12345678"],
    ["1234567890123456a", "1234567890123456b", "1234567890123456a"],
  ])
  func findsTheOneThatCameBefore(texts: [String]) throws {
    var seen = SeenSKUs()
    let answers = try texts.map { seen.insert(try #require(SKU($0))) }
    #expect(answers == texts.indices.map { $0 < texts.count - 1 })
  }
}
