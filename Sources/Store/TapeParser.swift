/// One pass over the bytes of a document: checks it, and notes where its values stand.
///
/// Gives only whether the document is one; ``JSONValue`` has the words for why not.
struct TapeParser {
  private(set) var nodes: [JSONTape.Node] = []
  private let bytes: [UInt8]
  private let range: Range<Int>
  private let maximumDepth: Int
  private var position: Int

  init(bytes: [UInt8], range: Range<Int>, maximumDepth: Int, expected: Int? = nil) {
    self.bytes = bytes
    self.range = range
    self.maximumDepth = maximumDepth
    position = range.lowerBound
    nodes.reserveCapacity(expected ?? max(16, range.count / 12))
  }

  /// Reads the whole range.
  ///
  /// - Parameter span: The same bytes.
  /// - Returns: Whether it is one document of JSON in UTF-8.
  mutating func isDocument(_ span: Span<UInt8>) -> Bool {
    guard value(span, depth: 0) else { return false }
    skipBlanks(span)
    guard position == range.upperBound else { return false }
    // The place of the first wrong byte is of no use here: the whole document is refused.
    return (try? UTF8Span(validating: span.extracting(range))) != nil
  }

  /// Reads one value at the start of the range, whatever stands behind it.
  ///
  /// - Parameter span: The same bytes.
  /// - Returns: Where the value ends, or `nil` when it is none.
  mutating func prefixEnd(_ span: Span<UInt8>) -> Int? {
    guard value(span, depth: 0),
      (try? UTF8Span(validating: span.extracting(range.lowerBound..<position))) != nil
    else { return nil }
    return position
  }

  private mutating func value(_ span: Span<UInt8>, depth: Int) -> Bool {
    skipBlanks(span)
    guard position < range.upperBound else { return false }
    switch span[position] {
    case 0x7B: return object(span, depth: depth)
    case 0x5B: return array(span, depth: depth)
    case 0x22: return string(span)
    case 0x2D, 0x30...0x39: return number(span)
    case 0x74: return word(span, Self.yes, .yes)
    case 0x66: return word(span, Self.no, .no)
    case 0x6E: return word(span, Self.null, .null)
    default: return false
    }
  }

  private mutating func open(_ kind: JSONTape.Kind) -> Int {
    nodes.append(JSONTape.Node(start: UInt32(position), end: 0, next: 0, kind: kind))
    position += 1
    return nodes.count - 1
  }

  private mutating func close(_ index: Int) {
    position += 1
    nodes[index].end = UInt32(position)
    nodes[index].next = UInt32(nodes.count)
  }

  private mutating func object(_ span: Span<UInt8>, depth: Int) -> Bool {
    guard depth < maximumDepth else { return false }
    let index = open(.object)
    skipBlanks(span)
    if position < range.upperBound, span[position] == 0x7D {
      close(index)
      return true
    }
    while true {
      skipBlanks(span)
      guard position < range.upperBound, span[position] == 0x22, string(span) else { return false }
      skipBlanks(span)
      guard position < range.upperBound, span[position] == 0x3A else { return false }
      position += 1
      guard value(span, depth: depth + 1) else { return false }
      skipBlanks(span)
      guard position < range.upperBound else { return false }
      switch span[position] {
      case 0x2C: position += 1
      case 0x7D:
        close(index)
        return true
      default: return false
      }
    }
  }

  private mutating func array(_ span: Span<UInt8>, depth: Int) -> Bool {
    guard depth < maximumDepth else { return false }
    let index = open(.array)
    skipBlanks(span)
    if position < range.upperBound, span[position] == 0x5D {
      close(index)
      return true
    }
    while true {
      guard value(span, depth: depth + 1) else { return false }
      skipBlanks(span)
      guard position < range.upperBound else { return false }
      switch span[position] {
      case 0x2C: position += 1
      case 0x5D:
        close(index)
        return true
      default: return false
      }
    }
  }

  private mutating func string(_ span: Span<UInt8>) -> Bool {
    let start = position + 1
    var index = start
    var isEscaped = false
    while index < range.upperBound {
      let byte = span[index]
      if byte == 0x22 {
        if isEscaped, !isCheckedText(start..<index) { return false }
        nodes.append(
          JSONTape.Node(
            start: UInt32(start), end: UInt32(index), next: UInt32(nodes.count + 1), kind: .string,
            isEscaped: isEscaped))
        position = index + 1
        return true
      }
      if byte == 0x5C {
        isEscaped = true
        index += 1
      } else if byte < 0x20 {
        return false
      }
      index += 1
    }
    return false
  }

  /// Whether the escapes of a text are JSON's; rare enough to be left to the slower reader.
  private func isCheckedText(_ text: Range<Int>) -> Bool {
    do {
      _ = try JSONValue(parsing: bytes[(text.lowerBound - 1)..<(text.upperBound + 1)])
      return true
    } catch { return false }
  }

  private mutating func number(_ span: Span<UInt8>) -> Bool {
    let start = position
    if span[position] == 0x2D { position += 1 }
    let first = position
    guard digits(span), span[first] != 0x30 || position - first == 1 else { return false }
    var isWhole = true
    if position < range.upperBound, span[position] == 0x2E {
      position += 1
      isWhole = false
      guard digits(span) else { return false }
    }
    if position < range.upperBound, span[position] == 0x65 || span[position] == 0x45 {
      position += 1
      isWhole = false
      if position < range.upperBound, span[position] == 0x2B || span[position] == 0x2D { position += 1 }
      guard digits(span) else { return false }
    }
    if !isWhole || position - first > 300 {
      // A number beyond `Double` is refused, as the slower reader does.
      guard let number = Double(String(decoding: bytes[start..<position], as: UTF8.self)), number.isFinite
      else {
        return false
      }
    }
    nodes.append(
      JSONTape.Node(
        start: UInt32(start), end: UInt32(position), next: UInt32(nodes.count + 1), kind: .number))
    return true
  }

  private mutating func digits(_ span: Span<UInt8>) -> Bool {
    let start = position
    while position < range.upperBound, span[position] >= 0x30, span[position] <= 0x39 { position += 1 }
    return position > start
  }

  private static let (yes, no, null) = (Array("true".utf8), Array("false".utf8), Array("null".utf8))

  private mutating func word(_ span: Span<UInt8>, _ letters: [UInt8], _ kind: JSONTape.Kind) -> Bool {
    let start = position
    guard range.upperBound - position >= letters.count else { return false }
    for byte in letters {
      guard span[position] == byte else { return false }
      position += 1
    }
    nodes.append(
      JSONTape.Node(
        start: UInt32(start), end: UInt32(position), next: UInt32(nodes.count + 1), kind: kind))
    return true
  }

  private mutating func skipBlanks(_ span: Span<UInt8>) {
    while position < range.upperBound {
      switch span[position] {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      default: return
      }
    }
  }
}
