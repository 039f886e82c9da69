import ArgumentParser
import CatalogFormat
import Console
import HTTP
import Model
import PriceList
import Store

/// `lint`.
struct LintCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "lint", abstract: "Judge price lists: any seller's, from files or addresses.",
    discussion: "Exit 0 without errors, 65 with errors, 1 when a file cannot be read.")

  @OptionGroup var common: CommonOptions

  @Argument(help: "Files or http addresses.")
  var files: [String]

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    let terminal = context.terminal
    var reports: [JSONValue] = []
    var errors = 0
    for name in files {
      let report = Linter.lint(try await Self.read(name, context), source: name)
      errors += report.errors
      for finding in report.findings where !common.quiet || finding.severity == .error {
        let sku = finding.sku.map { " (SKU \($0))" } ?? ""
        terminal.say(
          "\(finding.place): \(finding.severity.rawValue): \(finding.message)\(sku) [\(finding.rule)]")
      }
      let offers = report.counts.map { "\($0.offerElements) offers, " } ?? ""
      if !common.quiet {
        terminal.say(
          "\(name): \(offers)\(report.errors) errors, \(report.warnings) warnings, \(report.notes) notes")
      }
      reports.append(Self.document(report))
    }
    terminal.document(["format": 1, "files": .array(reports), "errors": .integer(errors)])
    return errors == 0 ? .done : .badInput
  }

  static func read(_ name: String, _ context: CommandContext) async throws -> [UInt8] {
    guard name.hasPrefix("http://") || name.hasPrefix("https://") else {
      return try AtomicFile.read(context.path(name))
    }
    let client = CurlClient()
    do throws(HTTPError) {
      let response = try await client.send(
        HTTPRequest("GET", name, maximumBytes: 512 << 20, maximumRedirects: 5))
      await client.close()
      guard response.status == 200 else {
        throw HTTPError(
          code: .badAnswer, mayHaveReachedServer: true, url: name,
          message: "the server answered \(response.status)")
      }
      return response.body
    } catch {
      await client.close()
      throw error
    }
  }

  private static func document(_ report: LintReport) -> JSONValue {
    var members: [String: JSONValue] = [
      "source": .string(report.source), "errors": .integer(report.errors),
      "warnings": .integer(report.warnings),
      "notes": .integer(report.notes),
      "findings": .array(report.findings.map { CrawlRecordJSON.value(of: $0) }),
    ]
    if let counts = report.counts {
      members["offers"] = .integer(counts.offerElements)
      members["unique_skus"] = .integer(counts.uniqueSKUs)
      members["price_sum"] = .integer(counts.integerPriceSum)
    }
    return .object(members)
  }
}

/// `explain`.
struct ExplainCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Say what a rule of the linter means; without a name, list all rules.")

  @OptionGroup var common: CommonOptions

  @Argument(help: "The rule's name, as it stands in brackets behind a finding.")
  var rule: String?

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    guard let rule else {
      for rule in LintRule.all {
        context.terminal.say("\(rule.id)  \(rule.severity.rawValue)  \(rule.title)")
      }
      context.terminal.document(["format": 1, "rules": .array(LintRule.all.map(Self.document))])
      return .done
    }
    guard let found = LintRule.named(rule) else {
      throw CommandError(
        .usage, what: "no rule is called '\(rule)'", place: "explain",
        remedy: "kaspi-catalog explain lists all rules.")
    }
    context.terminal.say("\(found.id): \(found.title) (\(found.severity.rawValue))\n")
    context.terminal.say(found.explanation)
    context.terminal.say("What to do: \(found.hint)")
    if let failing = found.failing { context.terminal.say("\nBreaks it:\n\n\(failing)") }
    context.terminal.say("\nKeeps it:\n\n\(found.passing)")
    context.terminal.document(["format": 1, "rules": [Self.document(found)]])
    return .done
  }

  private static func document(_ rule: LintRule) -> JSONValue {
    [
      "id": .string(rule.id), "severity": .string(rule.severity.rawValue), "title": .string(rule.title),
      "explanation": .string(rule.explanation), "hint": .string(rule.hint),
    ]
  }
}
