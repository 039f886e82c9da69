import ArgumentParser
import Model
import PriceList
import Publish
import Store

/// The linter's findings in SARIF 2.1.0, as code hosts and editors read them.
enum Sarif {
  /// The whole log.
  ///
  /// - Parameter reports: One a file, with what a baseline knows of its findings.
  /// - Returns: A log with one run.
  static func document(_ reports: [(report: LintReport, known: [Bool])]) -> JSONValue {
    let rules = LintRule.all
    let numbers = Dictionary(uniqueKeysWithValues: rules.enumerated().map { ($0.element.id, $0.offset) })
    let results = reports.flatMap { report, known in
      zip(report.findings, known).map { finding, isKnown in result(finding, isKnown: isKnown, numbers) }
    }
    let driver: [String: JSONValue] = [
      "name": "kaspi-catalog", "version": .string(KaspiCatalog.configuration.version),
      "rules": .array(rules.map(rule)),
    ]
    let artifacts = reports.map { report -> JSONValue in
      let location: [String: JSONValue] = ["uri": .string(address(of: report.report.source))]
      return .object(["location": .object(location)])
    }
    let run: [String: JSONValue] = [
      "tool": .object(["driver": .object(driver)]), "columnKind": "unicodeCodePoints",
      "artifacts": .array(artifacts), "results": .array(results),
    ]
    return .object([
      "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
      "runs": .array([.object(run)]),
    ])
  }

  private static func rule(_ rule: LintRule) -> JSONValue {
    [
      "id": .string(rule.id), "shortDescription": ["text": .string(rule.title)],
      "fullDescription": ["text": .string(rule.explanation)], "help": ["text": .string(rule.hint)],
      "defaultConfiguration": ["level": .string(rule.severity.rawValue)],
    ]
  }

  private static func result(_ finding: Finding, isKnown: Bool, _ numbers: [String: Int]) -> JSONValue {
    var region: [String: JSONValue] = [:]
    if let line = finding.place.line { region["startLine"] = .integer(max(1, line)) }
    if let column = finding.place.column { region["startColumn"] = .integer(max(1, column)) }
    var place: [String: JSONValue] = [
      "artifactLocation": .object(["uri": .string(address(of: finding.place.source))])
    ]
    if !region.isEmpty { place["region"] = .object(region) }
    let print = Digest.sha256(Array("\(finding.rule)\n\(finding.sku ?? "")".utf8))
    var members: [String: JSONValue] = [
      "ruleId": .string(finding.rule), "level": .string(finding.severity.rawValue),
      "message": .object(["text": .string(finding.message)]),
      "locations": .array([.object(["physicalLocation": .object(place)])]),
      "partialFingerprints": .object(["ruleAndOffer/v1": .string(print)]),
      "baselineState": isKnown ? "unchanged" : "new",
    ]
    if let number = numbers[finding.rule] { members["ruleIndex"] = .integer(number) }
    return .object(members)
  }

  /// A path as a URI reference: what may not stand there is percent-encoded.
  static func address(of source: String) -> String {
    if source.hasPrefix("http://") || source.hasPrefix("https://") { return source }
    let path = source.split(separator: "/", omittingEmptySubsequences: false).map { part in
      Channel.encoded(String(part))
    }.joined(separator: "/")
    return path.hasPrefix("/") ? "file://" + path : path
  }
}
