import Console
import Model
import PriceList
import Store
import SystemPackage

/// Findings that are known and accepted: how many of each rule an offer, or the file itself, has.
struct Baseline {
  /// The number of the format; a reader refuses any other.
  static let format = 1

  private var counts: [String: [String: Int]] = [:]

  /// Knows nothing yet.
  init() {}

  /// Everything in some reports.
  init(_ reports: [LintReport]) {
    for finding in reports.flatMap(\.findings) {
      counts[finding.rule, default: [:]][finding.sku ?? "", default: 0] += 1
    }
  }

  /// Reads a file.
  init(_ bytes: [UInt8], path: String) throws(CommandError) {
    let damaged = CommandError(
      .badInput, what: "this is no baseline of format \(Self.format)", place: path,
      remedy: "Write it anew: kaspi-catalog lint FILE --write-baseline \(path)")
    guard let value = try? JSONValue(parsing: bytes), value["format"]?.int == Self.format,
      let rules = value["findings"]?.object
    else { throw damaged }
    for (rule, offers) in rules {
      guard let offers = offers.object else { throw damaged }
      for (sku, count) in offers {
        guard let count = count.int else { throw damaged }
        counts[rule, default: [:]][sku] = count
      }
    }
  }

  /// The file.
  var document: [UInt8] {
    CanonicalJSON.document([
      "format": .integer(Self.format),
      "findings": .object(counts.mapValues { .object($0.mapValues { .integer($0) }) }),
    ])
  }

  /// Which findings are known: the first ones of each rule and offer, as many as were counted.
  mutating func take(_ findings: [Finding]) -> [Bool] {
    findings.map { finding in
      guard let left = counts[finding.rule]?[finding.sku ?? ""], left > 0 else { return false }
      counts[finding.rule]?[finding.sku ?? ""] = left - 1
      return true
    }
  }
}
