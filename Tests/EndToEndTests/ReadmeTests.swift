import ArgumentParser
import FoundationEssentials
import Testing

@testable import kaspi_catalog
@testable import kaspi_notifier

/// What the front page says is held against the programs.
@Suite struct ReadmeTests {
  private static func readme() throws -> String {
    String(
      decoding: try Data(contentsOf: URL(filePath: ArchitectureTests.root + "/README.md")), as: UTF8.self)
  }

  static let commands =
    KaspiCatalog.commands.map { ("kaspi-catalog", $0.configuration.commandName ?? "") }
    + KaspiNotifier.commands.map { ("kaspi-notifier", $0.configuration.commandName ?? "") }

  @Test(arguments: commands) func namesEveryCommand(program: String, command: String) throws {
    let rows = try Self.readme().split(separator: "\n").filter { $0.hasPrefix("| `\(program) ") }
    #expect(
      rows.contains { $0.contains("`\(command)`") || $0.contains("`\(program) \(command)`") },
      "README.md has no row for \(program) \(command)")
  }
}
