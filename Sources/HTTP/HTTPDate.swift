/// The date of HTTP headers: `Sun, 06 Nov 1994 08:49:37 GMT`.
public enum HTTPDate {
  /// Reads the one form that servers must write.
  ///
  /// - Parameter text: 29 characters; the name of the day is not compared with the date.
  /// - Returns: Seconds since 1970-01-01T00:00:00Z, or `nil` for anything else.
  /// - SeeAlso: RFC 9110, section 5.6.7.
  public static func seconds(_ text: String) -> Int64? {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    guard text.utf8.count == 29, words.count == 6, words[0].utf8.count == 4, words[0].hasSuffix(","),
      words[5] == "GMT", let day = number(words[1], 1...31),
      let month = months.firstIndex(of: String(words[2])).map({ $0 + 1 }),
      let year = number(words[3], 1...9999)
    else { return nil }
    let time = words[4].split(separator: ":", omittingEmptySubsequences: false)
    guard time.count == 3, let hour = number(time[0], 0...23), let minute = number(time[1], 0...59),
      let second = number(time[2], 0...60)
    else { return nil }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard day <= lengths[month - 1] else { return nil }
    let before = year - 1
    let days =
      before * 365 + before / 4 - before / 100 + before / 400 + lengths[..<(month - 1)].reduce(0, +) + day - 1
    return Int64(days - 719_162) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
  }

  private static func number(_ text: Substring, _ range: ClosedRange<Int>) -> Int? {
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text),
      range.contains(number)
    else { return nil }
    return number
  }
}
