import FoundationEssentials
import Store
import SystemPackage
import TestKit
import Testing

/// One changed bit in any file that the programs wrote is found by `verify`, and the file is named.
@Suite struct VerifyTests {
  @Test func findsAFlippedBitInEveryFileOfAShop() async throws {
    try await SimulatorProcess.with { simulator in
      let (bench, _) = try await Workbench.small(simulator, offers: 3)
      #expect(try await bench.catalog("nightly", "--now", Workbench.midnight).exit == 0)
      // A second night, so that a journal of the first lies beside.
      #expect(try await bench.catalog("nightly", "--now", "2026-11-23T21:00:00Z").exit == 0)
      let clean = try await bench.catalog("verify")
      #expect(clean.exit == 0, "\(clean.out)")
      let folders = [bench.shop.output, bench.shop.catalog]
      var files = 0
      for folder in folders {
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder.string).sorted() {
          let path = folder.pushing(FilePath(name))
          var isFolder = false
          guard FileManager.default.fileExists(atPath: path.string, isDirectory: &isFolder), !isFolder else {
            continue
          }
          let good = try AtomicFile.read(path)
          // Hand-written answers have no digest, and the lock file is empty.
          if name.hasPrefix("knowledge/") || good.isEmpty { continue }
          // Numbers for a monitor, which both programs write anew with every run.
          if name == "metrics.prom" { continue }
          files += 1
          var bad = good
          bad[good.count / 2] ^= 0x01
          // In place, as a failing disk would do it.
          try Data(bad).write(to: URL(filePath: path.string))
          let found = try await bench.catalog("verify")
          #expect(found.exit == 1, "\(name): \(found.exit ?? -1)")
          #expect(
            (found.out + found.err).contains(path.lastComponent?.string ?? "?"),
            "\(name) is not named: \(found.out)")
          try Data(good).write(to: URL(filePath: path.string))
        }
      }
      #expect(files > 25, "\(files) files were looked at")
      let again = try await bench.catalog("verify")
      #expect(again.exit == 0, "\(again.out)")
    }
  }
}
