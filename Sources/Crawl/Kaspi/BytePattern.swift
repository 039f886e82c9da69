internal import Store

/// What pages and answers are searched for.
typealias BytePattern = ByteSearch

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
