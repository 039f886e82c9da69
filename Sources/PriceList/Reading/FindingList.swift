import Model

/// Collects findings, bounded by rule.
struct FindingList {
  static let limit = 10_000
  let source: String
  private(set) var findings: [Finding] = []
  private(set) var suppressed: [String: Int] = [:]
  private var counts: [String: Int] = [:]

  init(source: String) { self.source = source }

  func place(_ element: FeedElement) -> Place { Place(source, line: element.line, column: element.column) }

  mutating func add(
    _ rule: LintRule, _ place: Place, sku: String? = nil, severity: Finding.Severity? = nil, _ message: String
  ) {
    let count = counts[rule.id, default: 0]
    counts[rule.id] = count + 1
    guard count < Self.limit else {
      suppressed[rule.id, default: 0] += 1
      return
    }
    findings.append(rule.finding(place, sku: sku, severity: severity, message))
  }

  mutating func add(_ rule: LintRule, _ element: FeedElement, sku: String? = nil, _ message: String) {
    add(rule, place(element), sku: sku, message)
  }

  /// Findings by line, column and rule; equal ones in the order in which they were added.
  var sorted: [Finding] { Self.sorted(findings) }

  static func sorted(_ findings: [Finding]) -> [Finding] {
    func key(_ finding: Finding) -> (Int, Int, String) {
      (finding.place.line ?? 0, finding.place.column ?? 0, finding.rule)
    }
    return findings.enumerated().sorted {
      let (left, right) = (key($0.element), key($1.element))
      return left == right ? $0.offset < $1.offset : left < right
    }.map(\.element)
  }
}
