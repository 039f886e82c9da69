public import Model
import XML

/// What the linter says about a file.
public struct LintReport: Sendable, Hashable {
  /// The path or address that was given.
  public var source: String
  /// Sorted by line, column and rule; at most 10,000 a rule.
  public var findings: [Finding]
  /// Number of errors, those left out of ``findings`` among them.
  public var errors: Int
  /// Number of warnings, counted likewise.
  public var warnings: Int
  /// Number of notes, counted likewise.
  public var notes: Int
  /// What was counted, or `nil` for a file that could not be read.
  public var counts: PriceListReading.Counts?

  /// Whether Kaspi would take the file as it is, as far as anybody knows.
  public var isClean: Bool { errors == 0 }
}

/// Judges a price list by all rules.
public enum Linter {
  /// Judges a file; never fails, because what makes it unreadable is a finding too.
  ///
  /// A file without errors is valid by ``PriceListSchema``: where no rule speaks, the schema does.
  ///
  /// - Parameters:
  ///   - bytes: The whole file.
  ///   - source: A path or address without secrets.
  /// - Returns: Findings and their numbers.
  public static func lint(_ bytes: [UInt8], source: String) -> LintReport {
    if let counts = countsOfClean(bytes) {
      return LintReport(source: source, findings: [], errors: 0, warnings: 0, notes: 0, counts: counts)
    }
    let reading: PriceListReading
    do throws(PriceListError) {
      reading = try PriceListReader.read(bytes, source: source)
    } catch {
      return report(source, FindingList.sorted(error.findings), [:], nil)
    }
    let findings = reading.findings.map(asJudgement)
    if findings.contains(where: { $0.severity == .error }) {
      return report(source, findings, reading.suppressed, reading.counts)
    }
    let extra = schemaFindings(bytes, source: source)
    return report(source, FindingList.sorted(findings + extra), reading.suppressed, reading.counts)
  }

  /// What is counted in a file about which there is nothing to be said; `nil` for any other.
  ///
  /// What streams is valid by the schema, too; the fuzzed corpus of the tests sees to that.
  private static func countsOfClean(_ bytes: [UInt8]) -> PriceListReading.Counts? {
    guard bytes.count <= PriceListReader.mostBytes else { return nil }
    var place = 0
    // Memory throws nothing.
    let frame = try? PriceListReader.stream(
      {
        let end = min(bytes.count, place + 1 << 18)
        defer { place = end }
        return Array(bytes[place..<end])
      }, { _ in })
    guard let frame = frame.flatMap(\.self) else { return nil }
    return .init(offerElements: frame.offers, uniqueSKUs: frame.offers, integerPriceSum: frame.priceSum)
  }

  /// Reading may forgive what the file is still refused for.
  private static func asJudgement(_ finding: Finding) -> Finding {
    guard finding.rule == LintRule.duplicateSKU.id else { return finding }
    var finding = finding
    finding.severity = LintRule.duplicateSKU.severity
    return finding
  }

  private static func schemaFindings(_ bytes: [UInt8], source: String) -> [Finding] {
    do throws(XMLError) {
      return try PriceListSchema.validate(bytes, limit: 100).map {
        LintRule.schemaViolation.finding(Place(source, line: $0.line, column: $0.column), $0.message)
      }
    } catch {
      return [
        LintRule.schemaViolation.finding(
          Place(source, line: error.line ?? 1, column: error.column ?? 1), error.message)
      ]
    }
  }

  private static func report(
    _ source: String, _ findings: [Finding], _ suppressed: [String: Int], _ counts: PriceListReading.Counts?
  ) -> LintReport {
    func count(_ severity: Finding.Severity) -> Int {
      let hidden = suppressed.filter { LintRule.named($0.key)?.severity == severity }.values.reduce(0, +)
      return findings.count { $0.severity == severity } + hidden
    }
    return LintReport(
      source: source, findings: findings, errors: count(.error), warnings: count(.warning),
      notes: count(.note),
      counts: counts)
  }
}
