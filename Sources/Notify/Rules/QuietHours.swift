public import Model

/// Hours in which nobody is written to, on the clock of Almaty.
public struct QuietHours: Sendable, Hashable {
  /// First quiet minute of the day, 0 to 1439.
  public let from: Int
  /// First minute that is not quiet any more, 0 to 1439.
  public let to: Int

  /// From 21:00 to 09:00.
  public static let standard = QuietHours(fromMinute: 21 * 60, toMinute: 9 * 60)

  /// No quiet hours at all.
  public static let none = QuietHours(fromMinute: 0, toMinute: 0)

  private init(fromMinute: Int, toMinute: Int) {
    from = fromMinute
    to = toMinute
  }

  /// Reads two times of day.
  ///
  /// Gives `nil` unless both are `HH:MM`. Equal times mean no quiet hours; `from` after `to` spans midnight.
  ///
  /// - Parameters:
  ///   - from: Like `21:00`.
  ///   - to: Like `09:00`.
  public init?(from: String, to: String) {
    guard let first = Self.minute(from), let last = Self.minute(to) else { return nil }
    self.init(fromMinute: first, toMinute: last)
  }

  /// Whether a moment is quiet.
  ///
  /// - Parameter instant: Any moment.
  /// - Returns: `true` from the first quiet minute on, `false` from the minute at which it ends.
  public func isQuiet(at instant: Instant) -> Bool {
    let minute = Self.localMinute(of: instant)
    if from == to { return false }
    return from < to ? (from..<to).contains(minute) : minute >= from || minute < to
  }

  /// The first moment at or after another that is not quiet.
  ///
  /// - Parameter instant: Any moment.
  /// - Returns: The same moment when it is not quiet, else the end of the quiet hours around it.
  public func end(after instant: Instant) -> Instant {
    var end = instant
    // Minute by minute, at most a day of them: right across every change of the clock.
    while isQuiet(at: end) { end = Instant(milliseconds: (end.milliseconds / 60_000 + 1) * 60_000) }
    return end
  }

  private static func localMinute(of instant: Instant) -> Int {
    let local = instant.milliseconds + Int64(AlmatyTime.offsetMinutes(at: instant)) * 60_000
    let day = Day(of: instant).number
    return Int((local - Int64(day) * 86_400_000) / 60_000)
  }

  private static func minute(_ text: String) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2,
      parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
      let hour = Int(parts[0]), let minute = Int(parts[1]), hour < 24, minute < 60
    else { return nil }
    return hour * 60 + minute
  }
}
