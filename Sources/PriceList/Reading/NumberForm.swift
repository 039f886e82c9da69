/// How a number is written, and what it says.
enum NumberForm: Equatable {
  /// Digits only; `nil` when they are too many.
  case plain(Int?)
  /// A plus sign or leading zeros: the schema takes it, people wonder.
  case odd(Int)
  /// A fraction of nothing but one or two zeros: `50300.00`.
  case zeroFraction(Int)
  /// Another decimal fraction, rounded down: `12.5`.
  case fraction(Int)
  /// Blanks between groups of three, or no-break blanks around: `50 300`.
  case spaced(Int)
  /// At least so much: `>100`.
  case atLeast(Int)
  /// A minus sign.
  case negative
  /// Nothing but blanks.
  case empty
  /// Anything else.
  case other

  /// Reads a number as sellers write it; what could mean two things is `other`.
  ///
  /// - Parameter text: Raw text of an element or attribute.
  init(_ text: String) {
    let trimmed = Blank.trimmed(text)
    if trimmed.isEmpty {
      self = .empty
      return
    }
    let bytes = Array(trimmed.utf8)
    if Self.isDigits(bytes[...]) {
      guard let value = Self.value(bytes[...]) else {
        self = .plain(nil)
        return
      }
      self = bytes.count > 1 && bytes[0] == 0x30 ? .odd(value) : .plain(value)
      return
    }
    let rest = bytes.dropFirst()
    switch bytes[0] {
    case 0x2B where Self.isDigits(rest):
      self = Self.value(rest).map(Self.odd) ?? .other
      return
    case 0x2D where Self.isDecimal(rest):
      self = .negative
      return
    case 0x3E where Self.isDigits(rest):
      self = Self.value(rest).map(Self.atLeast) ?? .other
      return
    default: break
    }
    if let decimal = Self.decimal(bytes[...]) {
      self = decimal
      return
    }
    self = Self.spaced(trimmed).map(Self.spaced) ?? .other
  }

  private static func isDigits(_ bytes: ArraySlice<UInt8>) -> Bool {
    !bytes.isEmpty && bytes.allSatisfy { (0x30...0x39).contains($0) }
  }

  private static func isDecimal(_ bytes: ArraySlice<UInt8>) -> Bool {
    isDigits(bytes) || decimal(bytes) != nil
  }

  private static func value(_ digits: ArraySlice<UInt8>) -> Int? {
    Int(String(decoding: digits, as: UTF8.self))
  }

  private static func decimal(_ bytes: ArraySlice<UInt8>) -> NumberForm? {
    guard let mark = bytes.firstIndex(where: { $0 == 0x2E || $0 == 0x2C }) else { return nil }
    let (whole, rest) = (bytes[..<mark], bytes[(mark + 1)...])
    // `.5` and `5.` are decimals of XML Schema; a comma has to stand between digits.
    let isPoint = bytes[mark] == 0x2E
    guard isPoint ? !(whole.isEmpty && rest.isEmpty) : !whole.isEmpty && !rest.isEmpty,
      whole.isEmpty || isDigits(whole), rest.isEmpty || isDigits(rest),
      let value = whole.isEmpty ? 0 : Self.value(whole)
    else { return nil }
    if (1...2).contains(rest.count), rest.allSatisfy({ $0 == 0x30 }), !whole.isEmpty {
      return .zeroFraction(value)
    }
    return isPoint ? .fraction(value) : nil
  }

  private static func spaced(_ text: String) -> Int? {
    let groups = text.unicodeScalars.split(whereSeparator: Blank.isAny).map { Array(String($0).utf8) }
    guard let first = groups.first, (1...3).contains(first.count) || groups.count == 1,
      groups.dropFirst().allSatisfy({ $0.count == 3 }), groups.allSatisfy({ isDigits($0[...]) })
    else { return nil }
    return value(groups.flatMap(\.self)[...])
  }
}
