/// A sequence of bytes to look for, prepared once.
///
/// Horspool's search: on a mismatch the window moves by the distance of its last byte from the pattern's end,
/// so a page is mostly jumped over.
struct BytePattern: Sendable {
  /// What is looked for; at least one byte.
  let bytes: [UInt8]
  private let shifts: [Int]

  /// Prepares a pattern.
  ///
  /// - Parameter text: At least one byte of UTF-8.
  init(_ text: StaticString) {
    let pattern = Array("\(text)".utf8)
    precondition(!pattern.isEmpty, "an empty pattern is everywhere")
    var shifts = [Int](repeating: pattern.count, count: 256)
    for (index, byte) in pattern.dropLast().enumerated() { shifts[Int(byte)] = pattern.count - 1 - index }
    bytes = pattern
    self.shifts = shifts
  }

  /// The first occurrence that lies in a range.
  ///
  /// - Parameters:
  ///   - haystack: Where to look.
  ///   - range: Bounds; cut to the haystack.
  /// - Returns: Index of the first byte, or `nil`.
  func first(in haystack: [UInt8], _ range: Range<Int>) -> Int? {
    let end = min(range.upperBound, haystack.count)
    let last = bytes.count - 1
    var start = max(0, range.lowerBound)
    while start + last < end {
      let tail = haystack[start + last]
      if tail == bytes[last] {
        var index = 0
        while index < last, haystack[start + index] == bytes[index] { index += 1 }
        if index == last { return start }
      }
      start += shifts[Int(tail)]
    }
    return nil
  }
}

/// Byte classes of HTML and JSON.
extension UInt8 {
  /// Blank, tab, line feed, form feed, carriage return.
  var isMarkupBlank: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
  /// `0` to `9`.
  var isDigit: Bool { (0x30...0x39).contains(self) }
  /// A letter, a digit, `_` or `$`: part of a name in a script.
  var isWordByte: Bool {
    isDigit || (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) || self == 0x5F || self == 0x24
  }
}

extension [UInt8] {
  /// The first index from `start` whose byte is not blank; the count when there is none.
  func skippingBlanks(from start: Int) -> Int {
    var index = start
    while index < count, self[index].isMarkupBlank { index += 1 }
    return index
  }
}
