/// A moment, to the millisecond.
///
/// Kaspi's API counts in epoch milliseconds; reports print UTC, messages print Almaty time.
public struct Instant: Sendable, Hashable, Comparable {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  public var milliseconds: Int64

  /// Makes a moment.
  ///
  /// - Parameter milliseconds: Since 1970-01-01T00:00:00Z.
  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// Reads ISO 8601: a date, `T` or a blank, a time, and `Z` or an offset.
  ///
  /// Gives `nil` for anything else, also for a date that no calendar has.
  ///
  /// A bare date is Almaty's midnight.
  ///
  /// - Parameter text: Like `2026-11-23T21:00:00+05:00`, `2026-11-23T16:00Z` or `2026-11-23`.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    func number(_ range: Range<Int>) -> Int? {
      guard range.upperBound <= bytes.count else { return nil }
      var value = 0
      for byte in bytes[range] {
        guard (0x30...0x39).contains(byte) else { return nil }
        value = value * 10 + Int(byte - 0x30)
      }
      return value
    }
    guard bytes.count >= 10, bytes[4] == 0x2D, bytes[7] == 0x2D, let year = number(0..<4),
      let month = number(5..<7), let dayOfMonth = number(8..<10),
      let day = Day(year: year, month: month, day: dayOfMonth)
    else { return nil }
    if bytes.count == 10 {
      self = day.start
      return
    }
    guard bytes.count >= 17, bytes[10] == 0x54 || bytes[10] == 0x20, bytes[13] == 0x3A,
      let hour = number(11..<13), let minute = number(14..<16), hour < 24, minute < 60
    else { return nil }
    var position = 16
    var milliseconds: Int64 = 0
    if bytes[position] == 0x3A {
      guard let second = number(17..<19), second < 60 else { return nil }
      milliseconds = Int64(second) * 1000
      position = 19
      if position < bytes.count, bytes[position] == 0x2E {
        var scale: Int64 = 100
        position += 1
        let first = position
        while position < bytes.count, (0x30...0x39).contains(bytes[position]) {
          milliseconds += Int64(bytes[position] - 0x30) * scale
          scale /= 10
          position += 1
        }
        guard position > first else { return nil }
      }
    }
    var offsetMinutes = 0
    switch bytes.count - position {
    case 1 where bytes[position] == 0x5A: break
    case 6 where bytes[position] == 0x2B || bytes[position] == 0x2D:
      guard bytes[position + 3] == 0x3A, let hours = number(position + 1..<position + 3),
        let minutes = number(position + 4..<position + 6), hours < 24, minutes < 60
      else { return nil }
      offsetMinutes = (bytes[position] == 0x2B ? 1 : -1) * (hours * 60 + minutes)
    default: return nil
    }
    let seconds = Int64(day.number) * 86_400 + Int64(hour * 3600 + (minute - offsetMinutes) * 60)
    self.init(milliseconds: seconds * 1000 + milliseconds)
  }

  /// Earlier first.
  public static func < (left: Instant, right: Instant) -> Bool { left.milliseconds < right.milliseconds }

  /// The moment some time later, or earlier for a negative duration.
  ///
  /// - Parameter duration: Rounded down to milliseconds.
  /// - Returns: The other moment.
  public func advanced(by duration: Duration) -> Instant {
    let (seconds, attoseconds) = duration.components
    return Instant(milliseconds: milliseconds + seconds * 1000 + attoseconds / 1_000_000_000_000_000)
  }

  /// Time from another moment to this one; negative when the other is later.
  ///
  /// - Parameter other: The moment to count from.
  /// - Returns: The difference.
  public func since(_ other: Instant) -> Duration { .milliseconds(milliseconds - other.milliseconds) }
}

extension Instant: CustomStringConvertible {
  /// UTC, to the second or, where there are any, to the millisecond: `2026-11-23T16:00:00Z`.
  public var description: String { iso(offsetMinutes: 0) }

  /// Almaty time with its offset: `2026-11-23T21:00:00+05:00`.
  public var almaty: String { iso(offsetMinutes: AlmatyTime.offsetMinutes(at: self)) }

  private func iso(offsetMinutes: Int) -> String {
    let local = milliseconds + Int64(offsetMinutes) * 60_000
    let dayNumber = Int(local.flooredQuotient(by: 86_400_000))
    let rest = Int(local - Int64(dayNumber) * 86_400_000)
    let (seconds, fraction) = (rest / 1000, rest % 1000)
    // Digit by digit: a catalog has a moment with every offer.
    var text: [UInt8] = []
    text.reserveCapacity(32)
    Day(number: dayNumber).append(to: &text)
    text.append(UInt8(ascii: "T"))
    text.append(seconds / 3600, digits: 2)
    text.append(UInt8(ascii: ":"))
    text.append(seconds / 60 % 60, digits: 2)
    text.append(UInt8(ascii: ":"))
    text.append(seconds % 60, digits: 2)
    if fraction > 0 {
      text.append(UInt8(ascii: "."))
      text.append(fraction, digits: 3)
    }
    if offsetMinutes == 0 {
      text.append(UInt8(ascii: "Z"))
    } else {
      text.append(UInt8(ascii: offsetMinutes < 0 ? "-" : "+"))
      text.append(abs(offsetMinutes) / 60, digits: 2)
      text.append(UInt8(ascii: ":"))
      text.append(abs(offsetMinutes) % 60, digits: 2)
    }
    return String(decoding: text, as: UTF8.self)
  }
}

/// A calendar day in Almaty.
public struct Day: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// Days since 1970-01-01.
  public let number: Int

  /// Makes a day.
  ///
  /// - Parameter number: Days since 1970-01-01.
  public init(number: Int) { self.number = number }

  /// Makes a day of the Gregorian calendar.
  ///
  /// Gives `nil` for a day that the calendar does not have.
  ///
  /// - Parameters:
  ///   - year: 1 to 9999.
  ///   - month: 1 to 12.
  ///   - day: 1 to the month's last.
  public init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1 else { return nil }
    // Days from civil, proleptic Gregorian; years start in March so that the leap day is last.
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    let result = Day(number: era * 146_097 + dayOfEra - 719_468)
    guard result.parts == (year, month, day) else { return nil }
    self = result
  }

  /// Reads `2026-11-23`.
  ///
  /// Gives `nil` for anything else.
  ///
  /// - Parameter text: Ten characters.
  public init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard text.utf8.count == 10, parts.count == 3, let year = Int(parts[0]), let month = Int(parts[1]),
      let day = Int(parts[2])
    else { return nil }
    self.init(year: year, month: month, day: day)
  }

  /// The Almaty day of a moment.
  ///
  /// - Parameter instant: Any moment.
  public init(of instant: Instant) {
    let local = instant.milliseconds + Int64(AlmatyTime.offsetMinutes(at: instant)) * 60_000
    self.init(number: Int(local.flooredQuotient(by: 86_400_000)))
  }

  /// Year, month and day of the Gregorian calendar.
  public var parts: (year: Int, month: Int, day: Int) {
    let shifted = number + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * month + 2) / 5 + 1
    let civil = month < 10 ? month + 3 : month - 9
    return (yearOfEra + era * 400 + (civil <= 2 ? 1 : 0), civil, day)
  }

  /// Midnight in Almaty.
  public var start: Instant {
    let utc = Instant(milliseconds: Int64(number) * 86_400_000)
    return Instant(milliseconds: utc.milliseconds - Int64(AlmatyTime.offsetMinutes(at: utc)) * 60_000)
  }

  /// Earlier first.
  public static func < (left: Day, right: Day) -> Bool { left.number < right.number }

  /// `2026-11-23`.
  public var description: String {
    var text: [UInt8] = []
    append(to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  fileprivate func append(to text: inout [UInt8]) {
    let (year, month, day) = parts
    if (0...9999).contains(year) {
      text.append(year, digits: 4)
    } else {
      text += "\(year)".utf8
    }
    text.append(UInt8(ascii: "-"))
    text.append(month, digits: 2)
    text.append(UInt8(ascii: "-"))
    text.append(day, digits: 2)
  }
}

/// The clock of the whole country.
public enum AlmatyTime {
  /// Minutes east of UTC at a moment: 300 since 2024-03-01 00:00 (+06:00), 360 before.
  ///
  /// Kazakhstan has one zone since that day. The earlier offset is Almaty's; western regions had +05:00.
  ///
  /// - Parameter instant: Any moment since 2004; earlier ones had summer time, which no order here has seen.
  /// - Returns: 300 or 360.
  public static func offsetMinutes(at instant: Instant) -> Int {
    instant.milliseconds >= changeOf2024 ? 300 : 360
  }

  /// 2024-02-29T18:00:00Z, when clocks in Almaty showed midnight and went back an hour.
  static let changeOf2024: Int64 = 1_709_229_600_000
}

extension Int64 {
  func flooredQuotient(by divisor: Int64) -> Int64 {
    let quotient = self / divisor
    return self % divisor < 0 ? quotient - 1 : quotient
  }
}

extension [UInt8] {
  /// Appends the last digits of a number that is not negative, zeros before it.
  fileprivate mutating func append(_ number: Int, digits: Int) {
    var unit = 1
    for _ in 1..<digits { unit *= 10 }
    while unit > 0 {
      append(UInt8(ascii: "0") + UInt8(number / unit % 10))
      unit /= 10
    }
  }
}
