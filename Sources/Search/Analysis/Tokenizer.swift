/// Cuts text into words, numbers and model numbers.
///
/// One pass over UTF-8, bounded memory, no `String` on the way. A hyphen joins what stands close to it on both
/// sides, a point or comma joins two numbers unless a third follows (1.7 is one number, 192.168.1.1 is four). A sign of
/// multiplication joins measures (60×90 is 60x90), a mark of inches stays with its number.
/// A run of more than ``maximumBytes`` is read as several tokens, so that no text makes a token without end.
public struct Tokenizer: Sendable {
  /// Longest folded token, in bytes of UTF-8.
  public static let maximumBytes = 128

  /// The current token, folded: UTF-8 in the first ``length`` bytes.
  private var buffer = InlineArray<144, UInt8>(repeating: 0)
  private(set) var length = 0
  /// The same as an array of its own.
  var folded: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(length)
    for index in 0..<length { bytes.append(buffer[index]) }
    return bytes
  }
  /// Where the current token stands, in bytes.
  private(set) var range: Range<Int> = 0..<0
  /// What was seen in the current token.
  private(set) var traits: Traits = []
  private var position = 0

  /// Makes a tokenizer.
  public init() {}

  /// All tokens of a text.
  ///
  /// - Parameter text: Any text.
  /// - Returns: Tokens in the order of the text; empty for a text without letters and digits.
  public static func tokens(in text: String) -> [Token] {
    var tokenizer = Tokenizer()
    var tokens: [Token] = []
    let bytes = text.utf8.span
    while tokenizer.next(in: bytes) {
      let folded = String(decoding: tokenizer.folded, as: UTF8.self)
      tokens.append(Token(kind: tokenizer.traits.kind, range: tokenizer.range, text: folded))
    }
    return tokens
  }

  /// Lends the current token, folded; valid UTF-8.
  ///
  /// - Parameter body: Handed its bytes.
  /// - Returns: What `body` returns.
  @inline(__always)
  func withFolded<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
    body(buffer.span.extracting(0..<length))
  }

  /// Appends a byte; a token is cut long before the buffer ends.
  @inline(__always)
  private mutating func append(_ byte: UInt8) {
    buffer[length] = byte
    length += 1
  }

  /// Appends the folded form of a letter that is none of the common ones.
  private mutating func appendFolded(_ scalar: UInt32) {
    var bytes: [UInt8] = []
    Folding.append(scalar, to: &bytes)
    // A letter has at most three in small letters; the buffer has room for them behind the longest token.
    for byte in bytes.prefix(16) { append(byte) }
  }

  private mutating func appendMark(_ scalar: UInt32) {
    var bytes = folded
    Folding.appendMark(scalar, to: &bytes)
    for (index, byte) in bytes.enumerated() { buffer[index] = byte }
  }

  /// Takes the letters and digits that nearly all texts are made of, as far as they go.
  ///
  /// Latin without marks, Russian, ASCII digits. Gives the class of the last one, or `nil` when there is none.
  @inline(__always)
  private mutating func takeCommon(_ text: Span<UInt8>, _ canTakePoint: inout Bool) -> ScalarClass? {
    var last: ScalarClass?
    while position < text.count, length + 8 <= Self.maximumBytes {
      let byte = text[position]
      switch byte {
      case 0x61...0x7A:
        append(byte)
        traits.insert(.latin)
        canTakePoint = false
        last = .latin
      case 0x41...0x5A:
        append(byte + 0x20)
        traits.insert(.latin)
        canTakePoint = false
        last = .latin
      case 0x30...0x39:
        append(byte)
        traits.insert(.digit)
        last = .digit
      case 0xD0, 0xD1:
        guard position + 1 < text.count else { return last }
        switch (byte, text[position + 1]) {
        case (0xD0, 0x90...0x9F):  // А to П
          append(0xD0)
          append(text[position + 1] + 0x20)
        case (0xD0, 0xA0...0xAF):  // Р to Я
          append(0xD1)
          append(text[position + 1] - 0x20)
        case (0xD0, 0xB0...0xBF), (0xD1, 0x80...0x8F):  // а to я
          append(byte)
          append(text[position + 1])
        case (0xD1, 0x91), (0xD0, 0x81):  // ё
          append(0xD0)
          append(0xB5)
        default: return last
        }
        traits.insert(.cyrillic)
        canTakePoint = false
        last = .cyrillic
        position += 1
      default: return last
      }
      position += 1
    }
    return last
  }

  /// Goes back to the start; the next text may be another one.
  mutating func restart() { position = 0 }

  /// Moves to the next token.
  ///
  /// - Parameter text: The same bytes from one ``restart()`` to the next.
  /// - Returns: `false` at the end of the text.
  mutating func next(in text: Span<UInt8>) -> Bool {
    guard skipGap(in: text) else { return false }
    let start = position
    var end = position
    length = 0
    traits = []
    // The number that the token may still be: digits since the start or the last hyphen, no point so far.
    var canTakePoint = !followsPoint(start, in: text)
    var previous = ScalarClass.gap
    token: while position < text.count, length + 8 <= Self.maximumBytes {
      if let last = takeCommon(text, &canTakePoint) {
        previous = last
        end = position
        continue token
      }
      let (scalar, width) = Self.scalar(at: position, in: text)
      let kind = ScalarClass(scalar)
      switch kind {
      case .latin: traits.insert(.latin)
      case .cyrillic: traits.insert(.cyrillic)
      case .kazakh: traits.insert(.kazakh)
      case .otherLetter: traits.insert(.otherLetter)
      case .digit: traits.insert(.digit)
      case .mark:
        appendMark(scalar)
        position += width
        end = position
        continue token
      case .ignorable:
        position += width
        continue token
      case .hyphen:
        guard previous.isSolid, classAt(position + width, in: text).isSolid else { break token }
        append(0x2D)
        traits.insert(.hyphen)
        canTakePoint = true
      case .apostrophe:
        if previous.isDigit, traits.isSubset(of: [.digit, .point]), position + 1 < text.count,
          text[position] == 0x27, text[position + 1] == 0x27
        {
          append(0x22)
          traits.insert(.inchMark)
          position += 2
          end = position
          break token
        }
        guard previous.isLetter, classAt(position + width, in: text).isLetter else { break token }
        append(0x27)
        traits.insert(.apostrophe)
      case .point:
        guard canTakePoint, previous.isDigit, isLastFraction(position + 1, in: text) else { break token }
        append(0x2E)
        traits.insert(.point)
        canTakePoint = false
      case .gap:
        guard previous.isDigit else { break token }
        if let width = Self.times(scalar, width), classAt(position + width, in: text).isDigit {
          append(0x78)
          traits.insert(.latin)
          (canTakePoint, previous) = (true, .latin)
          position += width
          end = position
          continue token
        }
        if traits.isSubset(of: [.digit, .point]), let width = inchMark(in: text) {
          append(0x22)
          traits.insert(.inchMark)
          position += width
          end = position
        }
        break token
      }
      if kind.isSolid { appendFolded(scalar) }
      if kind.isLetter { canTakePoint = false }
      previous = kind
      position += width
      end = position
    }
    range = start..<end
    return true
  }

  /// The width of a sign between two measures: 60×90, 60*90.
  private static func times(_ scalar: UInt32, _ width: Int) -> Int? {
    scalar == 0xD7 || scalar == 0x2A ? width : nil
  }

  /// The width of a mark of inches at this place: ″, ” or a typewriter's quotation mark.
  private func inchMark(in text: Span<UInt8>) -> Int? {
    let (scalar, width) = Self.scalar(at: position, in: text)
    switch scalar {
    case 0x22, 0x2033, 0x201D: return width
    default: return nil
    }
  }

  /// Moves to the first letter or digit.
  private mutating func skipGap(in text: Span<UInt8>) -> Bool {
    while position < text.count {
      switch text[position] {
      case 0x61...0x7A, 0x41...0x5A, 0x30...0x39: return true
      case 0...0x7F:
        position += 1
        continue
      default: break
      }
      let (scalar, width) = Self.scalar(at: position, in: text)
      if ScalarClass(scalar).isSolid { return true }
      position += width
    }
    return false
  }

  private func classAt(_ position: Int, in text: Span<UInt8>) -> ScalarClass {
    position < text.count ? ScalarClass(Self.scalar(at: position, in: text).scalar) : .gap
  }

  /// Whether a number already stands before this place, behind a point.
  private func followsPoint(_ start: Int, in text: Span<UInt8>) -> Bool {
    start >= 2 && (text[start - 1] == 0x2E || text[start - 1] == 0x2C) && text[start - 2].isDigit
  }

  /// Whether digits stand here and no further point with digits follows them.
  private func isLastFraction(_ start: Int, in text: Span<UInt8>) -> Bool {
    var place = start
    while place < text.count, text[place].isDigit { place += 1 }
    guard place > start else { return false }
    guard place + 1 < text.count, text[place] == 0x2E || text[place] == 0x2C else { return true }
    return !text[place + 1].isDigit
  }

  /// One scalar of UTF-8; a byte that cannot be read counts as a gap of one byte.
  static func scalar(at position: Int, in text: Span<UInt8>) -> (scalar: UInt32, width: Int) {
    let first = text[position]
    if first < 0x80 { return (UInt32(first), 1) }
    let width =
      switch first {
      case 0xC2...0xDF: 2
      case 0xE0...0xEF: 3
      case 0xF0...0xF4: 4
      default: 0
      }
    guard width > 0, position + width <= text.count else { return (0xFFFF, 1) }
    var scalar = UInt32(first) & (0xFF >> UInt32(width + 1))
    for offset in 1..<width {
      let byte = text[position + offset]
      guard byte & 0xC0 == 0x80 else { return (0xFFFF, 1) }
      scalar = scalar << 6 | UInt32(byte & 0x3F)
    }
    return (scalar, width)
  }
}

extension ScalarClass {
  fileprivate var isDigit: Bool {
    if case .digit = self { true } else { false }
  }

  fileprivate var isLetter: Bool { isSolid && !isDigit }
}

extension UInt8 {
  /// Whether it is an ASCII digit.
  var isDigit: Bool { (0x30...0x39).contains(self) }
}
