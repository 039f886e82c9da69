import TestKit
import Testing

@testable import Store

@Suite struct ByteSearchTests {
  @Test func findsTheFirstOccurrenceWithinItsBounds() {
    let search = ByteSearch("BACKEND.")
    let text = Array("xBACKEND BACKEND. BACKEND.".utf8)
    #expect(search.first(in: text, 0..<text.count) == 9)
    #expect(search.first(in: text, 10..<text.count) == 18)
    #expect(search.first(in: text, 0..<16) == nil, "it must lie in the bounds as a whole")
    #expect(search.first(in: text, 0..<17) == 9)
    #expect(search.first(in: [], 0..<0) == nil && search.first(in: text, 20..<500) == nil)
  }

  @Test func agreesWithAPlainSearch() {
    var generator = SeededGenerator(seed: 5)
    for pattern in [ByteSearch("<a"), ByteSearch("aba"), ByteSearch("b")] {
      for _ in 0..<500 {
        let text = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
          [0x61, 0x62, 0x3C].randomElement(using: &generator) ?? UInt8(0x61)
        }
        let lower = Int.random(in: 0...text.count, using: &generator)
        let upper = Int.random(in: lower...text.count, using: &generator)
        #expect(
          pattern.first(in: text, lower..<upper)
            == text[lower..<upper].firstRange(of: pattern.bytes)?.lowerBound)
        let all = (lower..<max(lower, upper - pattern.bytes.count + 1)).filter {
          text[$0...].starts(with: pattern.bytes)
        }
        #expect(pattern.last(in: text, lower..<upper) == all.last)
      }
    }
  }
}
