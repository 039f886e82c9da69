import Model

/// Spellings of a moment.
enum Moment {
  /// `2026-11-22T21:00:00Z`, without the part below a second.
  static func utc(_ milliseconds: Int64) -> String {
    Instant(milliseconds: milliseconds / 1000 * 1000).description
  }

  /// `2026-11-23T02:00:00+05:00`, without the part below a second.
  static func almaty(_ milliseconds: Int64) -> String {
    Instant(milliseconds: milliseconds / 1000 * 1000).almaty
  }

  /// `23.11.2026` in Almaty.
  static func date(_ milliseconds: Int64) -> String {
    let parts = Day(of: Instant(milliseconds: milliseconds)).parts
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(two(parts.day)).\(two(parts.month)).\(parts.year)"
  }
}
