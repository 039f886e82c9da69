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
    discussion:
      "Exit 0 without errors, 65 with errors or when a file cannot be read, 75 when an address does not answer."
  )

  @OptionGroup var common: CommonOptions

  @Argument(help: "Files or http addresses.")
  var files: [String]

  @Option(help: "text, json or sarif (SARIF 2.1.0).")
  var format: LintFormat = .text

  @Option(help: "A file of known findings; only others count.")
  var baseline: String?

  @Option(help: "Write all present findings as a baseline.")
  var writeBaseline: String?

  @Option(help: "Write a corrected copy of the one file given: what can be put right in one way only.")
  var fix: String?

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    if let fix { return try await Self.fix(files, to: fix, context) }
    let terminal = context.terminal
    var known = Baseline()
    if let baseline {
      known = try Baseline(
        try context.input(context.path(baseline), maximumBytes: 64 << 20), path: baseline)
    }
    var reports: [(report: LintReport, known: [Bool])] = []
    for name in files {
      let report = Linter.lint(try await Self.read(name, context), source: name)
      reports.append((report, known.take(report.findings)))
    }
    let errors = reports.reduce(0) { $0 + Self.count(.error, $1) }
    switch common.json ? .json : format {
    case .text: for report in reports { say(report, terminal) }
    case .json:
      terminal.raw(
        CanonicalJSON.document([
          "format": 1, "files": .array(reports.map(Self.document)), "errors": .integer(errors),
        ]))
    case .sarif: terminal.raw(CanonicalJSON.document(Sarif.document(reports)))
    }
    if let writeBaseline {
      try AtomicFile.write(Baseline(reports.map(\.report)).document, to: context.path(writeBaseline))
      terminal.remark("\(writeBaseline): every finding of today is known from now on")
      return .done
    }
    return errors == 0 ? .done : .badInput
  }

  private func say(_ item: (report: LintReport, known: [Bool]), _ terminal: Terminal) {
    let report = item.report
    for (finding, isKnown) in zip(report.findings, item.known)
    where !isKnown && (!common.quiet || finding.severity == .error) {
      let sku = finding.sku.map { " (SKU \($0))" } ?? ""
      terminal.say(
        "\(finding.place): \(finding.severity.rawValue): \(finding.message)\(sku) [\(finding.rule)]")
    }
    guard !common.quiet else { return }
    let offers = report.counts.map { "\($0.offerElements) offers, " } ?? ""
    let hidden = item.known.count { $0 }
    terminal.say(
      "\(report.source): \(offers)\(Self.count(.error, item)) errors, \(Self.count(.warning, item)) warnings, "
        + "\(Self.count(.note, item)) notes" + (hidden > 0 ? ", \(hidden) known" : ""))
  }

  /// Findings of a severity that no baseline knows, those beyond the shown ones among them.
  private static func count(
    _ severity: Finding.Severity, _ item: (report: LintReport, known: [Bool])
  ) -> Int {
    let all =
      switch severity {
      case .error: item.report.errors
      case .warning: item.report.warnings
      case .note: item.report.notes
      }
    return all - zip(item.report.findings, item.known).count { $0.severity == severity && $1 }
  }

  private static func fix(_ files: [String], to target: String, _ context: CommandContext) async throws
    -> ExitStatus
  {
    guard files.count == 1, let name = files.first, context.path(name) != context.path(target) else {
      throw CommandError(
        .usage, what: "a corrected copy is made of one file, beside it", place: "--fix",
        remedy: "kaspi-catalog lint FILE --fix COPY")
    }
    let fix = try PriceListFixer.fix(try await read(name, context), source: name)
    try AtomicFile.write(fix.bytes, to: context.path(target))
    let terminal = context.terminal
    terminal.say("\(target): mended \(fix.mended.isEmpty ? "nothing" : fix.mended.joined(separator: ", "))")
    for held in fix.heldBack {
      terminal.say(
        "  not in the copy: \(held.sku.isEmpty ? "an offer" : held.sku): \(held.message) [\(held.rule)]")
      terminal.say("    at: \(held.place)")
    }
    terminal.document([
      "format": 1, "source": .string(name), "copy": .string(target),
      "mended": .array(fix.mended.map { .string($0) }),
      "held_back": .array(
        fix.heldBack.map {
          [
            "sku": .string($0.sku), "rule": .string($0.rule), "at": .string($0.place.description),
            "message": .string($0.message),
          ]
        }),
    ])
    return fix.heldBack.isEmpty ? .done : .badInput
  }

  static func read(_ name: String, _ context: CommandContext) async throws -> [UInt8] {
    guard name.hasPrefix("http://") || name.hasPrefix("https://") else {
      return try context.input(context.path(name))
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

  private static func document(_ item: (report: LintReport, known: [Bool])) -> JSONValue {
    let report = item.report
    let new = zip(report.findings, item.known).filter { !$1 }.map(\.0)
    var members: [String: JSONValue] = [
      "source": .string(report.source), "errors": .integer(count(.error, item)),
      "warnings": .integer(count(.warning, item)), "notes": .integer(count(.note, item)),
      "known": .integer(item.known.count { $0 }),
      "findings": .array(new.map { CrawlRecordJSON.value(of: $0) }),
    ]
    if let counts = report.counts {
      members["offers"] = .integer(counts.offerElements)
      members["unique_skus"] = .integer(counts.uniqueSKUs)
      members["price_sum"] = .integer(counts.integerPriceSum)
    }
    return .object(members)
  }
}

/// The forms in which findings are printed.
enum LintFormat: String, CaseIterable, ExpressibleByArgument {
  case text, json, sarif
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
    var members: [String: JSONValue] = [
      "id": .string(rule.id), "severity": .string(rule.severity.rawValue), "title": .string(rule.title),
      "explanation": .string(rule.explanation), "hint": .string(rule.hint),
      "beyond_schema": .bool(rule.goesBeyondSchema), "passing": .string(rule.passing),
    ]
    if let failing = rule.failing { members["failing"] = .string(failing) }
    return .object(members)
  }
}
