import Store
import TestKit
import Testing

/// The linter as other programs call it.
@Suite struct LintTests {
  private static let dirty = """
    <kaspi_catalog xmlns="kaspiShopping"><company>Demo</company><merchantid>1</merchantid><offers>
    <offer sku="a"><model>Чайник</model><price>5.00</price></offer>
    <offer sku="b"><model>Чайник</model><price>0</price></offer>
    </offers></kaspi_catalog>

    """

  private func lint(_ folder: TemporaryFolder, _ arguments: String...) async throws -> ProgramRun {
    try await ProgramRun.of("kaspi-catalog", ["lint"] + arguments, in: folder.path)
  }

  @Test func speaksSarifWithEverythingThatItsSchemaRequires() async throws {
    let folder = try TemporaryFolder()
    try folder.write("мой файл.xml", Array(Self.dirty.utf8))
    let run = try await lint(folder, "мой файл.xml", "--format", "sarif")
    #expect(run.exit == 65)
    let log = try run.json()
    #expect(log["version"]?.string == "2.1.0")
    let only = try #require(log["runs"]?[0])
    let rules = try #require(only["tool"]?["driver"]?["rules"]?.array)
    #expect(only["tool"]?["driver"]?["name"]?.string == "kaspi-catalog")
    let results = try #require(only["results"]?.array)
    #expect(results.count >= 2)
    for result in results {
      let index = try #require(result["ruleIndex"]?.int)
      #expect(rules[index]["id"] == result["ruleId"])
      #expect(["none", "note", "warning", "error"].contains(result["level"]?.string))
      #expect(result["message"]?["text"]?.string?.isEmpty == false)
      let place = try #require(result["locations"]?[0]?["physicalLocation"])
      #expect(place["region"]?["startLine"]?.int ?? 0 >= 1)
      let address = try #require(place["artifactLocation"]?["uri"]?.string)
      #expect(address.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
    }
  }

  @Test func aBaselineHidesWhatIsKnownAndNothingElse() async throws {
    let folder = try TemporaryFolder()
    try folder.write("f.xml", Array(Self.dirty.utf8))
    #expect(try await lint(folder, "f.xml", "--write-baseline", "known.json", "--quiet").exit == 0)
    let same = try await lint(folder, "f.xml", "--baseline", "known.json")
    #expect(same.exit == 0 && same.out.contains("0 errors"), "\(same.out)")
    try folder.write(
      "f.xml", Array(Self.dirty.replacing("Чайник</model><price>0", with: "Ч</model><price>-1").utf8))
    let other = try await lint(folder, "f.xml", "--baseline", "known.json", "--json")
    #expect(other.exit == 65)
    #expect(
      try other.json()["files"]?[0]?["findings"]?.array?.contains { $0["rule"]?.string == "bad-price" }
        == true)
    try folder.write("known.json", Array("{}".utf8))
    #expect(try await lint(folder, "f.xml", "--baseline", "known.json").exit == 65)
  }

  @Test func aCorrectedCopyIsCleanAndTheOriginalStays() async throws {
    let folder = try TemporaryFolder()
    try folder.write("f.xml", Array(Self.dirty.utf8))
    let fix = try await lint(folder, "f.xml", "--fix", "copy.xml")
    #expect(fix.exit == 65 && fix.out.contains("not in the copy: b"), "\(fix.out)\(fix.err)")
    #expect(try await lint(folder, "copy.xml", "--quiet").exit == 0)
    #expect(try folder.read("f.xml") == Array(Self.dirty.utf8))
    #expect(try await lint(folder, "f.xml", "--fix", "f.xml").exit == 64)
  }
}
