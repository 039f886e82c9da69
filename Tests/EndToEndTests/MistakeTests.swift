import Store
import SystemPackage
import TestKit
import Testing

/// Mistakes that a shop's own feed makes over night, served by the simulator: the old bytes stay, the rule is named,
/// the night ends with 4, and the next good night goes on as if nothing had been.
@Suite struct MistakeTests {
  /// What the feed says instead, and the rule that stops it.
  private static let mistakes: [(name: String, find: String, with: String, rule: String)] = [
    ("a lost digit", "0</price>", "</price>", "price-level-drop"),
    ("a doubled digit", "0</price>", "00</price>", "price-level-rise"),
    ("prices of another city", "cityId=\"750000000\"", "cityId=\"470000000\"", "wrong-city"),
    ("a part that vanished", "sku=\"1312", "sku=\"9912", "missing"),
    ("one SKU for many", "sku=\"13120", "sku=\"1\" was=\"13120", "duplicates"),
    ("prices below zero", "<price>", "<price>-", "held-back"),
    ("nothing available", "available=\"yes\"", "available=\"no\"", "stock-collapse"),
    ("stock in dozens", "stockCount=\"", "stockCount=\"0", "none"),
  ]

  @Test func keepsTheOldBytesAndNamesTheRule() async throws {
    try await SimulatorProcess.with { simulator in
      let bench = try Workbench(simulator)
      let first = try await bench.catalog("nightly", "--now", Workbench.midnight)
      #expect(first.exit == 0, "\(first.out)\(first.err)")
      let good = try bench.state(of: bench.shop.catalog, bench.shop.feeds, bench.shop.versions)
      for (number, mistake) in Self.mistakes.enumerated() {
        try await simulator.control("DELETE", "/faults")
        try await simulator.fault([
          "surface": "feeds", "kind": "rewrite", "find": .string(mistake.find), "with": .string(mistake.with),
          "times": "always",
        ])
        let night = try await bench.catalog(
          "nightly", "--now", "2026-11-2\(3 + number % 6)T21:00:00Z", "--json")
        if mistake.rule == "none" {
          #expect(night.exit == 0, "\(mistake.name): \(night.out)\(night.err)")
        } else {
          #expect(night.exit == 4, "\(mistake.name): \(night.out)\(night.err)")
          let named = try night.json()["shops"]?[0]?["objections"]?.array?.compactMap(\.string) ?? []
          #expect(named.contains(mistake.rule), "\(mistake.name): \(named)")
        }
        #expect(
          try bench.state(of: bench.shop.catalog, bench.shop.feeds, bench.shop.versions) == good,
          "\(mistake.name)")
      }
      try await simulator.control("DELETE", "/faults")
      let next = try await bench.catalog("nightly", "--now", "2026-11-29T21:00:00Z")
      #expect(next.exit == 0 && next.out.contains("nothing changed"), "\(next.out)\(next.err)")
    }
  }
}
