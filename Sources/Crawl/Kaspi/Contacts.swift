internal import Store

/// Telephones and e-mail addresses in running text.
extension Redaction {
  /// Blanks e-mail addresses and Kazakh phone numbers, wherever they stand, without moving anything.
  ///
  /// The second net behind the allow-lists, for bodies that are not JSON. A telephone is `+7`, or `8` or `7` before a
  /// code that begins with 7, and the rest of eleven digits with blanks, dashes and brackets between groups of them; a
  /// longer number is none, nor is a part of a word, a path or a number with a point.
  static func withoutContacts(_ body: [UInt8]) -> [UInt8] {
    var result = body
    blankMails(&result)
    blankPhones(&result)
    return result
  }

  /// Whether a text has what every contact has: an `@`, or eleven digits with little between them.
  static func mayHoldContacts(_ text: String.UTF8View) -> Bool {
    var (digits, others) = (0, 0)
    for byte in text {
      if byte.isDigit {
        (digits, others) = (digits + 1, 0)
        if digits == 11 { return true }
      } else if byte == 0x40 {
        return true
      } else if digits > 0 {
        others += 1
        if others > longestSeparator { (digits, others) = (0, 0) }
      }
    }
    return false
  }

  /// Bytes between two groups of a telephone's digits: `) ` and a dash in between is the longest that is written.
  private static let longestSeparator = 4

  private static func blankMails(_ bytes: inout [UInt8]) {
    func isName(_ byte: UInt8) -> Bool { byte.isWordByte || byte == 0x2E || byte == 0x2D || byte == 0x2B }
    var position = 0
    while let at = bytes[position...].firstIndex(of: 0x40) {
      var (start, end) = (at, at + 1)
      while start > 0, isName(bytes[start - 1]) { start -= 1 }
      while end < bytes.count, isName(bytes[end]) { end += 1 }
      if start < at, bytes[(at + 1)..<end].contains(0x2E) {
        for index in start..<end { bytes[index] = 0x78 }
      }
      position = end
    }
  }

  private static func blankPhones(_ bytes: inout [UInt8]) {
    var index = 0
    while index < bytes.count {
      guard bytes[index] == 0x37 || bytes[index] == 0x38, index == 0 || !bytes[index - 1].isDigit,
        let end = phoneEnd(bytes, index)
      else {
        index += 1
        continue
      }
      for place in (index + 1)..<end where bytes[place].isDigit { bytes[place] = 0x30 }
      index = end
    }
  }

  /// Behind the last digit of a telephone that begins at a digit; `nil` when none does.
  private static func phoneEnd(_ bytes: [UInt8], _ start: Int) -> Int? {
    let hasPlus = start > 0 && bytes[start - 1] == 0x2B
    guard bytes[start] == 0x37 || !hasPlus else { return nil }
    var (digits, group, separator, index) = (1, 1, 0, start + 1)
    var isSecondGroup = false
    while index < bytes.count, digits < 11 {
      let byte = bytes[index]
      if byte.isDigit {
        if separator > 0 {
          // A row of single digits is a table, not a telephone.
          if isSecondGroup, group == 1, !hasPlus { return nil }
          (isSecondGroup, group, separator) = (true, 0, 0)
        }
        if digits == 1, byte != 0x37, !hasPlus { return nil }
        digits += 1
        group += 1
      } else {
        let isSeparator =
          byte == 0x20 || byte == 0x28 || byte == 0x29 || byte == 0x2D || byte == 0xC2 || byte == 0xA0
        guard isSeparator, separator < longestSeparator else { return nil }
        separator += 1
      }
      index += 1
    }
    guard digits == 11 else { return nil }
    if hasPlus { return index }
    if group == 1 { return nil }
    let next = index < bytes.count ? bytes[index] : 0x20
    let before = start > 0 ? bytes[start - 1] : 0x20
    guard !next.isDigit, !next.isWordByte, !isJoint(before), !before.isWordByte else { return nil }
    // `2.8701…` and `…01.5` are numbers; a full stop behind a telephone ends a sentence.
    if next == 0x2E || next == 0x2C, index + 1 < bytes.count, bytes[index + 1].isDigit { return nil }
    // A bare number as a JSON value.
    if before == 0x3A, start > 1, bytes[start - 2] == 0x22 { return nil }
    return next == 0x2D || next == 0x2F ? nil : index
  }

  /// What joins a number to a word, a path or another number.
  private static func isJoint(_ byte: UInt8) -> Bool {
    byte == 0x2D || byte == 0x2F || byte == 0x2E || byte == 0x2C || byte == 0x5F
  }
}
