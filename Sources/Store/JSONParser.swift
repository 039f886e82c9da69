extension JSONValue {
  /// Reads one JSON document, strictly as RFC 8259 has it.
  ///
  /// Refused: anything but blanks behind the document, a byte order mark, invalid UTF-8, lone surrogates,
  /// control characters in strings, two members of one name, and numbers beyond `Double`. A whole number
  /// beyond 64 bits becomes the nearest `decimal`.
  ///
  /// - Parameters:
  ///   - bytes: The whole document in UTF-8.
  ///   - maximumDepth: Most lists and objects inside each other.
  /// - Throws: ``JSONError`` with line and column of the first byte that does not fit.
  public init(parsing bytes: [UInt8], maximumDepth: Int = 128) throws(JSONError) {
    var parser = JSONParser(bytes: bytes[...], maximumDepth: maximumDepth)
    self = try parser.document()
  }

  /// Reads one JSON document out of a larger buffer.
  ///
  /// - Parameters:
  ///   - bytes: The document; lines and columns count from its start.
  ///   - maximumDepth: Most lists and objects inside each other.
  /// - Throws: ``JSONError`` with line and column.
  public init(parsing bytes: ArraySlice<UInt8>, maximumDepth: Int = 128) throws(JSONError) {
    var parser = JSONParser(bytes: bytes, maximumDepth: maximumDepth)
    self = try parser.document()
  }
}

/// One pass over bytes; places are counted only when something is wrong.
private struct JSONParser {
  let bytes: ArraySlice<UInt8>
  let maximumDepth: Int
  var position: Int

  init(bytes: ArraySlice<UInt8>, maximumDepth: Int) {
    self.bytes = bytes
    self.maximumDepth = maximumDepth
    position = bytes.startIndex
  }

  mutating func document() throws(JSONError) -> JSONValue {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw error("a byte order mark; JSON has none") }
    let value = try value(depth: 0)
    skipBlanks()
    if position < bytes.endIndex { throw error("something behind the end of the document") }
    return value
  }

  private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
    skipBlanks()
    guard let byte = peek else { throw error("the document ends where a value is expected") }
    switch byte {
    case 0x7B: return try object(depth: depth)
    case 0x5B: return try array(depth: depth)
    case 0x22: return .string(try string())
    case 0x2D, 0x30...0x39: return try number()
    case 0x74: return try word("true", .bool(true))
    case 0x66: return try word("false", .bool(false))
    case 0x6E: return try word("null", .null)
    default: throw error("no value begins like this")
    }
  }

  private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
    try descend(depth)
    var members: [String: JSONValue] = [:]
    skipBlanks()
    if take(0x7D) { return .object(members) }
    while true {
      skipBlanks()
      guard peek == 0x22 else { throw error("a member's name in quotes is expected") }
      let start = position
      let name = try string()
      skipBlanks()
      guard take(0x3A) else { throw error("a colon is expected behind a member's name") }
      let value = try value(depth: depth + 1)
      if members.updateValue(value, forKey: name) != nil {
        position = start
        throw error("a second member named \(name.debugDescription)")
      }
      skipBlanks()
      if take(0x2C) { continue }
      if take(0x7D) { return .object(members) }
      throw error("a comma or the end of the object is expected")
    }
  }

  private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
    try descend(depth)
    var elements: [JSONValue] = []
    skipBlanks()
    if take(0x5D) { return .array(elements) }
    while true {
      elements.append(try value(depth: depth + 1))
      skipBlanks()
      if take(0x2C) { continue }
      if take(0x5D) { return .array(elements) }
      throw error("a comma or the end of the array is expected")
    }
  }

  private mutating func descend(_ depth: Int) throws(JSONError) {
    guard depth < maximumDepth else { throw error("more than \(maximumDepth) levels deep") }
    position += 1
  }

  private mutating func word(_ text: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
    let letters = Array("\(text)".utf8)
    guard bytes[position...].starts(with: letters) else { throw error("no value begins like this") }
    position += letters.count
    return value
  }

  private mutating func number() throws(JSONError) -> JSONValue {
    let start = position
    let isNegative = take(0x2D)
    var magnitude = 0
    var fits = true
    guard let first = peek, (0x30...0x39).contains(first) else { throw error("a digit is expected") }
    let firstDigit = position
    while let byte = peek, (0x30...0x39).contains(byte) {
      let digit = Int(byte - 0x30)
      // Counted below zero, where one number more fits.
      let (product, overflowed) = magnitude.multipliedReportingOverflow(by: 10)
      let (sum, overflowedAgain) = product.subtractingReportingOverflow(digit)
      fits = fits && !overflowed && !overflowedAgain
      magnitude = sum
      position += 1
    }
    if first == 0x30, position - firstDigit > 1 {
      position = firstDigit
      throw error("a number with a leading zero")
    }
    var isWhole = true
    if take(0x2E) {
      isWhole = false
      try digits()
    }
    if let byte = peek, byte == 0x65 || byte == 0x45 {
      isWhole = false
      position += 1
      if let sign = peek, sign == 0x2B || sign == 0x2D { position += 1 }
      try digits()
    }
    if isWhole, fits, isNegative || magnitude != .min {
      // `-0` keeps its sign only as a decimal.
      if !(isNegative && magnitude == 0) { return .integer(isNegative ? magnitude : -magnitude) }
    }
    guard let number = Double(String(decoding: bytes[start..<position], as: UTF8.self)), number.isFinite
    else {
      position = start
      throw error("a number too large to keep")
    }
    return .decimal(number)
  }

  private mutating func digits() throws(JSONError) {
    guard let byte = peek, (0x30...0x39).contains(byte) else { throw error("a digit is expected") }
    while let byte = peek, (0x30...0x39).contains(byte) { position += 1 }
  }

  private mutating func string() throws(JSONError) -> String {
    position += 1
    let start = position
    while position < bytes.endIndex {
      let byte = bytes[position]
      if byte == 0x22 {
        let text = try checked(bytes[start..<position], from: start)
        position += 1
        return text
      }
      if byte == 0x5C { return try escapedString(from: start) }
      if byte < 0x20 { throw error("a control character inside a string; write it as an escape") }
      position += 1
    }
    throw error("the document ends inside a string")
  }

  /// Goes on from the first backslash of a string.
  private mutating func escapedString(from start: Int) throws(JSONError) -> String {
    var text = Array(bytes[start..<position])
    var clean = start
    var pieces = ""
    while position < bytes.endIndex {
      let byte = bytes[position]
      if byte == 0x22 {
        pieces += try checked(text[...], from: clean)
        position += 1
        return pieces
      }
      if byte < 0x20 { throw error("a control character inside a string; write it as an escape") }
      if byte != 0x5C {
        text.append(byte)
        position += 1
        continue
      }
      pieces += try checked(text[...], from: clean)
      text.removeAll(keepingCapacity: true)
      pieces.unicodeScalars.append(try escape())
      clean = position
    }
    throw error("the document ends inside a string")
  }

  private mutating func escape() throws(JSONError) -> Unicode.Scalar {
    let start = position
    position += 1
    guard let byte = peek else { throw error("the document ends inside a string") }
    position += 1
    switch byte {
    case 0x22: return "\""
    case 0x5C: return "\\"
    case 0x2F: return "/"
    case 0x62: return "\u{8}"
    case 0x66: return "\u{C}"
    case 0x6E: return "\n"
    case 0x72: return "\r"
    case 0x74: return "\t"
    case 0x75: break
    default:
      position = start
      throw error("an escape that JSON does not have")
    }
    let first = try fourDigits()
    if let scalar = Unicode.Scalar(first) { return scalar }
    // Not a scalar, so half of a surrogate pair.
    if first < 0xDC00, take(0x5C), take(0x75) {
      let second = try fourDigits()
      if (0xDC00...0xDFFF).contains(second),
        let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
      {
        return scalar
      }
    }
    position = start
    throw error("half of a surrogate pair")
  }

  private mutating func fourDigits() throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek else { throw error("the document ends inside a string") }
      let digit: UInt8
      switch byte {
      case 0x30...0x39: digit = byte - 0x30
      case 0x41...0x46: digit = byte - 0x41 + 10
      case 0x61...0x66: digit = byte - 0x61 + 10
      default: throw error("four hexadecimal digits are expected")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }

  private func checked(_ piece: ArraySlice<UInt8>, from start: Int) throws(JSONError) -> String {
    if let text = String(validating: piece, as: UTF8.self) { return text }
    var decoder = UTF8()
    var iterator = piece.makeIterator()
    var place = start
    while case .scalarValue(let scalar) = decoder.decode(&iterator) { place += UTF8.width(scalar) }
    throw error("bytes that are not UTF-8", at: place)
  }

  private var peek: UInt8? { position < bytes.endIndex ? bytes[position] : nil }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard peek == byte else { return false }
    position += 1
    return true
  }

  private mutating func skipBlanks() {
    while position < bytes.endIndex {
      switch bytes[position] {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      default: return
      }
    }
  }

  private func error(_ message: String, at place: Int? = nil) -> JSONError {
    let place = place ?? position
    var (line, column) = (1, 1)
    for byte in bytes[bytes.startIndex..<place] {
      if byte == 0x0A {
        (line, column) = (line + 1, 1)
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    return JSONError(line: line, column: column, message: message)
  }
}
