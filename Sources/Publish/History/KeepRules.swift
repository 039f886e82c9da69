public import Model

/// Which versions are kept when old ones are thinned out.
///
/// Each rule keeps the newest version of each of its last periods that have one, in Almaty time; what no rule keeps
/// may go. The version that is out and pinned ones are kept whatever the rules say.
public struct KeepRules: Sendable, Equatable {
  /// The newest versions.
  public var last = 0
  /// Days.
  public var daily = 0
  /// Weeks from Monday.
  public var weekly = 0
  /// Months.
  public var monthly = 0
  /// Years.
  public var yearly = 0
  /// Everything younger than this against the newest version, or `nil`.
  public var within: Duration?

  /// No rule yet.
  public init() {}

  /// Whether no rule is set: then nothing would be kept but pins, which nobody means.
  public var isEmpty: Bool { last + daily + weekly + monthly + yearly == 0 && within == nil }

  /// What becomes of a version, and why.
  public struct Verdict: Sendable, Equatable {
    /// The version.
    public var version: Int
    /// When it was made.
    public var created: Instant
    /// Rules that keep it; empty when it goes.
    public var reasons: [String]
  }

  /// Judges versions.
  ///
  /// Pure.
  ///
  /// - Parameters:
  ///   - versions: Numbers and times, oldest first; the last one is out.
  ///   - pins: Versions that are pinned.
  /// - Returns: A verdict a version, oldest first.
  public func judge(_ versions: [(version: Int, created: Instant)], pins: Set<Int>) -> [Verdict] {
    var verdicts = versions.map { Verdict(version: $0.version, created: $0.created, reasons: []) }
    guard let newest = versions.last else { return [] }
    let rules: [(name: String, count: Int, period: (Instant) -> Int)] = [
      ("daily", daily, { Day(of: $0).number }),
      // 1970-01-01 was a Thursday.
      ("weekly", weekly, { Self.floored(Day(of: $0).number + 3, 7) }),
      ("monthly", monthly, { Day(of: $0).parts.year * 12 + Day(of: $0).parts.month }),
      ("yearly", yearly, { Day(of: $0).parts.year }),
    ]
    for index in verdicts.indices.reversed() {
      let verdict = verdicts[index]
      if verdict.version == newest.version { verdicts[index].reasons.append("head") }
      if pins.contains(verdict.version) { verdicts[index].reasons.append("pinned") }
      if index >= verdicts.count - last { verdicts[index].reasons.append("last") }
      if let within, newest.created.since(verdict.created) <= within {
        verdicts[index].reasons.append("within")
      }
    }
    for rule in rules where rule.count > 0 {
      var kept: Set<Int> = []
      for index in verdicts.indices.reversed() {
        let period = rule.period(verdicts[index].created)
        guard kept.count < rule.count, kept.insert(period).inserted else { continue }
        verdicts[index].reasons.append(rule.name)
      }
    }
    return verdicts
  }

  private static func floored(_ number: Int, _ divisor: Int) -> Int {
    number >= 0 ? number / divisor : (number - divisor + 1) / divisor
  }
}
