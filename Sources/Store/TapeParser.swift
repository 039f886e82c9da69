internal import CBytes

/// One pass over the bytes of a document: checks it, and notes where its values stand.
///
/// Gives only whether the document is one; ``JSONValue`` has the words for why not.
///
/// The bytes are those of an array that the caller holds open for the whole pass; nothing here outlives it but the
/// nodes, which ``finish()`` hands over.
@safe struct TapeParser: ~Copyable {
  private let base: UnsafePointer<UInt8>
  private let end: Int
  private let maximumDepth: Int
  private var position: Int
  private var nodes: TapeNodes

  /// Prepares a pass; gives `nil` for no bytes.
  ///
  /// - Parameters:
  ///   - bytes: Holds the document.
  ///   - range: Where in it.
  ///   - maximumDepth: Most lists and objects inside each other.
  ///   - expected: How many nodes to make room for at first.
  init?(bytes: UnsafeBufferPointer<UInt8>, range: Range<Int>, maximumDepth: Int, expected: Int) {
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "a range beyond its bytes")
    // Without an address there is no byte, and so no document.
    guard let base = bytes.baseAddress else { return nil }
    unsafe self.base = base
    end = range.upperBound
    position = range.lowerBound
    self.maximumDepth = maximumDepth
    nodes = TapeNodes(capacity: max(16, expected))
  }

  /// Reads the whole range.
  ///
  /// - Returns: Whether it is one document of JSON in UTF-8.
  mutating func isDocument() -> Bool {
    guard value(depth: 0) else { return false }
    skipBlanks()
    return position == end
  }

  /// Reads one value at the start of the range, whatever stands behind it.
  ///
  /// - Returns: Where the value ends, or `nil` when it is none.
  mutating func prefixEnd() -> Int? { value(depth: 0) ? position : nil }

  /// Hands over what was noted.
  consuming func finish() -> TapeNodes { nodes }

  private func byte(_ index: Int) -> UInt8 { unsafe base[index] }

  private mutating func value(depth: Int) -> Bool {
    skipBlanks()
    guard position < end else { return false }
    switch byte(position) {
    case 0x22: return string()
    case 0x7B: return object(depth: depth)
    case 0x5B: return array(depth: depth)
    case 0x2D, 0x30...0x39: return number()
    case 0x74: return word(0x6575_7274, 4, .yes)
    case 0x66: return word(0x736C_6166, 5, .no)
    case 0x6E: return word(0x6C6C_756E, 4, .null)
    default: return false
    }
  }

  private mutating func open(_ kind: JSONTape.Kind) -> Int {
    let index = nodes.append(JSONTape.Node(start: UInt32(truncatingIfNeeded: position), kind: kind))
    position += 1
    return index
  }

  private mutating func close(_ index: Int) {
    position += 1
    nodes.close(index, end: UInt32(truncatingIfNeeded: position))
  }

  private mutating func object(depth: Int) -> Bool {
    guard depth < maximumDepth else { return false }
    let index = open(.object)
    skipBlanks()
    if position < end, byte(position) == 0x7D {
      close(index)
      return true
    }
    while true {
      skipBlanks()
      guard position < end, byte(position) == 0x22, string() else { return false }
      skipBlanks()
      guard position < end, byte(position) == 0x3A else { return false }
      position += 1
      guard value(depth: depth + 1) else { return false }
      skipBlanks()
      guard position < end else { return false }
      switch byte(position) {
      case 0x2C: position += 1
      case 0x7D:
        close(index)
        return true
      default: return false
      }
    }
  }

  private mutating func array(depth: Int) -> Bool {
    guard depth < maximumDepth else { return false }
    let index = open(.array)
    skipBlanks()
    if position < end, byte(position) == 0x5D {
      close(index)
      return true
    }
    while true {
      guard value(depth: depth + 1) else { return false }
      skipBlanks()
      guard position < end else { return false }
      switch byte(position) {
      case 0x2C: position += 1
      case 0x5D:
        close(index)
        return true
      default: return false
      }
    }
  }

  private mutating func string() -> Bool {
    let start = position + 1
    var index = start
    // What is plain ASCII needs no further look.
    var isWide: Int32 = 0
    var isEscaped = false
    while true {
      index += unsafe kb_text_end(base + index, end - index, &isWide)
      guard index < end else { return false }
      let byte = byte(index)
      if byte == 0x22 { break }
      guard byte == 0x5C, let behind = unsafe JSONBytes.escapeEnd(base, index, end) else { return false }
      isEscaped = true
      index = behind
    }
    if isWide != 0 {
      guard unsafe JSONBytes.isUTF8(UnsafeBufferPointer(start: base + start, count: index - start)) else {
        return false
      }
    }
    nodes.appendLeaf(start, index, .string, isEscaped: isEscaped)
    position = index + 1
    return true
  }

  private mutating func number() -> Bool {
    let start = position
    if byte(position) == 0x2D { position += 1 }
    let first = position
    guard digits(), byte(first) != 0x30 || position - first == 1 else { return false }
    var isWhole = true
    if position < end, byte(position) == 0x2E {
      position += 1
      isWhole = false
      guard digits() else { return false }
    }
    var hasExponent = false
    if position < end, byte(position) == 0x65 || byte(position) == 0x45 {
      position += 1
      isWhole = false
      hasExponent = true
      if position < end, byte(position) == 0x2B || byte(position) == 0x2D { position += 1 }
      guard digits() else { return false }
    }
    // A number beyond `Double` is refused, as the slower reader does; without an exponent it takes 300 digits.
    if hasExponent || position - first > 300 {
      let text = unsafe UnsafeBufferPointer(start: base + start, count: position - start)
      guard let number = unsafe Double(String(decoding: text, as: UTF8.self)), number.isFinite else {
        return false
      }
    }
    nodes.appendLeaf(start, position, isWhole ? .whole : .number, isEscaped: false)
    return true
  }

  private mutating func digits() -> Bool {
    let start = position
    while position < end, byte(position) &- 0x30 < 10 { position += 1 }
    return position > start
  }

  /// `true`, `false` or `null`; the four letters as one number, the `e` of `false` behind them.
  private mutating func word(_ letters: UInt32, _ count: Int, _ kind: JSONTape.Kind) -> Bool {
    guard end - position >= count,
      unsafe UnsafeRawPointer(base + position).loadUnaligned(as: UInt32.self).littleEndian == letters,
      count == 4 || byte(position + 4) == 0x65
    else { return false }
    nodes.appendLeaf(position, position + count, kind, isEscaped: false)
    position += count
    return true
  }

  private mutating func skipBlanks() {
    while position < end {
      let byte = byte(position)
      guard byte <= 0x20, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
      position += 1
    }
  }
}

/// The nodes of a tape in one block of memory.
///
/// `@unchecked`: it is filled by one task and only read afterwards.
@safe struct TapeNodes: ~Copyable, @unchecked Sendable {
  private var memory: UnsafeMutablePointer<JSONTape.Node>
  private(set) var count = 0
  private var capacity: Int

  init(capacity: Int) {
    self.capacity = capacity
    unsafe memory = .allocate(capacity: capacity)
  }

  deinit { unsafe memory.deallocate() }

  subscript(index: Int) -> JSONTape.Node {
    assert(index < count)
    return unsafe memory[index]
  }

  mutating func append(_ node: JSONTape.Node) -> Int {
    if count == capacity { grow() }
    unsafe (memory + count).initialize(to: node)
    count += 1
    return count - 1
  }

  /// Notes a value with nothing in it.
  mutating func appendLeaf(_ start: Int, _ end: Int, _ kind: JSONTape.Kind, isEscaped: Bool) {
    _ = append(
      JSONTape.Node(
        start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: end),
        next: UInt32(truncatingIfNeeded: count + 1), kind: kind, isEscaped: isEscaped))
  }

  /// Notes the end of a list or an object: everything behind its node belongs to it.
  mutating func close(_ index: Int, end: UInt32) {
    unsafe memory[index].end = end
    unsafe memory[index].next = UInt32(truncatingIfNeeded: count)
  }

  private mutating func grow() {
    let larger = UnsafeMutablePointer<JSONTape.Node>.allocate(capacity: capacity * 2)
    unsafe larger.moveInitialize(from: memory, count: count)
    unsafe memory.deallocate()
    unsafe memory = larger
    capacity *= 2
  }
}
