/// Reads the plain part of XML that nearly all price lists keep to, straight from bytes.
///
/// Plain is: UTF-8, names of Latin letters, digits, `_`, `-` and `.`, no namespace but the root's, no comment, no
/// section, no instruction behind the declaration, no line break in an attribute, no lone carriage return. Whatever is
/// not plain, malformed markup among it, makes a call return `nil` or `false`; nobody may go on scanning then, and
/// libxml2 has to read the file from its beginning.
@safe package struct PlainScanner {
  /// A piece of the bytes.
  package struct Run {
    package var start = 0
    package var end = 0
    /// Whether a reference stands in it.
    package var hasReferences = false
    /// Whether it holds what a title is looked at more closely for: a control character, or a lead byte of blanks and
    /// of U+FFFD.
    package var isUnusual = false
    /// Letters that a text encoded twice consists of.
    package var leads = 0
    /// Whether there is nothing but what XML skips.
    package var isBlank = true

    package var count: Int { end - start }
  }

  /// An attribute of the tag last read.
  package struct Attribute {
    package var name: Run
    package var value: Run
  }

  /// How many attributes the tag last read has.
  package private(set) var attributeCount = 0
  /// Name of the tag last read.
  package private(set) var name = Run()
  /// Whether the tag last read is one that ends itself.
  package private(set) var isEmptyTag = false
  /// Where the next byte is.
  package private(set) var position = 0
  /// Line of the next byte, from 1.
  package private(set) var line = 1
  /// Whether the last failure was the end of the bytes.
  package private(set) var isAtEnd = false

  private var attributes: [Attribute] = []
  private let start: UnsafePointer<UInt8>
  private let end: Int
  /// A place in the current line and its column.
  private var mark = 0
  private var markColumn = 1
  private var words = [String](repeating: "", count: 128)

  /// Hands a scanner of these bytes to `body`, which may not keep it.
  ///
  /// - Returns: What `body` returns.
  package static func scan<Result>(_ bytes: [UInt8], _ body: (inout PlainScanner) -> Result) -> Result {
    unsafe bytes.withUnsafeBufferPointer { bytes in
      var scanner = unsafe PlainScanner(bytes)
      return body(&scanner)
    }
  }

  private init(_ bytes: UnsafeBufferPointer<UInt8>) {
    // Nothing is read behind the end, so nothing at all of what is empty.
    unsafe start = unsafe bytes.baseAddress ?? Self.nothing.utf8Start
    end = bytes.count
    attributes = [Attribute](repeating: Attribute(name: Run(), value: Run()), count: Self.mostAttributes)
  }

  /// Stands in for bytes where there are none.
  private static let nothing: StaticString = " "

  // MARK: Places

  /// The state that a retry begins from.
  package struct Bookmark {
    fileprivate var position: Int
    fileprivate var line: Int
    fileprivate var mark: Int
    fileprivate var markColumn: Int
  }

  package var bookmark: Bookmark {
    Bookmark(position: position, line: line, mark: mark, markColumn: markColumn)
  }

  /// Forgets that the bytes ran out once.
  package mutating func forgetEnd() { isAtEnd = false }

  /// Says that the bytes ran out: more may follow.
  package mutating func noteEnd() { isAtEnd = true }

  package mutating func rewind(to bookmark: Bookmark) {
    position = bookmark.position
    line = bookmark.line
    mark = bookmark.mark
    markColumn = bookmark.markColumn
  }

  /// Column of the next byte, from 1, in Unicode scalars.
  package mutating func column() -> Int {
    while mark < position {
      if byte(mark) & 0xC0 != 0x80 { markColumn += 1 }
      mark += 1
    }
    return markColumn
  }

  @inline(__always) private mutating func breakLine(behind place: Int) {
    line += 1
    mark = place + 1
    markColumn = 1
  }

  // MARK: Bytes

  @inline(__always) private func byte(_ place: Int) -> UInt8 {
    assert(place >= 0 && place < end, "a byte outside of the file")
    return unsafe start[place]
  }

  /// Takes exactly these bytes.
  @inline(__always) private mutating func take(_ byte: UInt8) -> Bool {
    guard position < end else {
      isAtEnd = true
      return false
    }
    guard self.byte(position) == byte else { return false }
    position += 1
    return true
  }

  package mutating func take(_ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard position + count <= end else {
      isAtEnd = true
      return false
    }
    guard isSame(position, text) else { return false }
    position += count
    return true
  }

  /// Whether a text stands at a place; there are enough bytes behind it.
  @inline(__always) private func isSame(_ place: Int, _ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    let (here, there) = unsafe (UnsafeRawPointer(start + place), UnsafeRawPointer(text.utf8Start))
    func same(_ offset: Int) -> Bool {
      unsafe here.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        == there.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    }
    guard count >= 8 else {
      for index in 0..<count where unsafe start[place + index] != text.utf8Start[index] { return false }
      return true
    }
    var offset = 0
    while offset + 8 <= count {
      guard same(offset) else { return false }
      offset += 8
    }
    return offset == count || same(count - 8)
  }

  /// Whether everything has been read.
  package var isFinished: Bool { position == end }

  /// Whether the next bytes begin an end tag.
  package var isAtEndTag: Bool { position + 1 < end && byte(position) == 0x3C && byte(position + 1) == 0x2F }

  /// Whether the next byte is a tag's first.
  package var isAtTag: Bool { position < end && byte(position) == 0x3C }

  package func equals(_ run: Run, _ text: StaticString) -> Bool {
    run.count == text.utf8CodeUnitCount && isSame(run.start, text)
  }

  package func byte(of run: Run, at index: Int) -> UInt8 { byte(run.start + index) }

  /// Skips what XML skips between tags; `false` at a carriage return that ends no line.
  package mutating func skipBlanks() -> Bool {
    while position < end {
      switch byte(position) {
      case 0x20, 0x09: position += 1
      case 0x0A:
        breakLine(behind: position)
        position += 1
      case 0x0D:
        guard position + 1 < end else {
          isAtEnd = true
          return false
        }
        guard byte(position + 1) == 0x0A else { return false }
        position += 1
      default: return true
      }
    }
    isAtEnd = true
    return true
  }

  // MARK: Tags

  private static let mostAttributes = 16

  /// An attribute of the tag last read.
  package func attribute(_ index: Int) -> Attribute { attributes[index] }

  /// Reads a start tag with its attributes.
  package mutating func startTag() -> Bool {
    guard take(0x3C), let name = readName() else { return false }
    self.name = name
    attributeCount = 0
    while position < end {
      switch byte(position) {
      case 0x3E:
        position += 1
        isEmptyTag = false
        return true
      case 0x2F:
        position += 1
        isEmptyTag = true
        return take(0x3E)
      case 0x20, 0x09, 0x0A, 0x0D:
        guard skipBlanks() else { return false }
        guard position < end else { return false }
        if byte(position) == 0x3E || byte(position) == 0x2F { continue }
        guard readAttribute() else { return false }
      default: return false
      }
    }
    isAtEnd = true
    return false
  }

  /// Reads the end tag of an element whose name is given.
  package mutating func endTag(_ text: StaticString) -> Bool {
    guard take(0x3C), take(0x2F), take(text) else { return false }
    return finishEndTag()
  }

  /// Reads the end tag of an element whose name stands at another place.
  package mutating func endTag(_ start: Run) -> Bool {
    guard take(0x3C), take(0x2F) else { return false }
    guard position + start.count <= end else {
      isAtEnd = true
      return false
    }
    for index in 0..<start.count where byte(position + index) != byte(start.start + index) { return false }
    position += start.count
    return finishEndTag()
  }

  @inline(__always) private mutating func finishEndTag() -> Bool {
    if position < end, byte(position) == 0x3E {
      position += 1
      return true
    }
    guard skipBlanks() else { return false }
    return take(0x3E)
  }

  @inline(__always) private mutating func readName() -> Run? {
    var run = Run(start: position)
    scan: while position < end {
      switch byte(position) {
      case 0x61...0x7A, 0x41...0x5A, 0x5F: position += 1
      case 0x30...0x39, 0x2D, 0x2E:
        guard position > run.start else { return nil }
        position += 1
      // Any other byte ends the name, and whoever reads on wants a blank, `=`, `/` or `>` there.
      default: break scan
      }
    }
    run.end = position
    if position == end { isAtEnd = true }
    return run.count > 0 && run.count <= 256 && position < end ? run : nil
  }

  private mutating func readAttribute() -> Bool {
    guard let name = readName() else { return false }
    var attribute = Attribute(name: name, value: Run())
    if byte(position) == 0x3A {
      // A prefix; only the root's tag is allowed to have one, which its reader sees to.
      position += 1
      guard let rest = readName() else { return false }
      attribute.name.end = rest.end
    }
    guard skipBlanks(), take(0x3D), skipBlanks(), position < end else { return false }
    let quote = byte(position)
    guard quote == 0x22 || quote == 0x27 else { return false }
    position += 1
    attribute.value.start = position
    scan: while position < end {
      let next = byte(position)
      position += 1
      switch next {
      case quote: break scan
      case 0x26: attribute.value.hasReferences = true
      case 0x00..<0x20, 0x3C: return false
      case 0x80...0xFF:
        let width = sequence(next, at: position - 1, &attribute.value)
        guard width > 0 else { return false }
        position += width - 1
      default: break
      }
    }
    guard position <= end, byte(position - 1) == quote, attribute.value.start < position else {
      isAtEnd = true
      return false
    }
    attribute.value.end = position - 1
    guard attribute.value.count <= 1 << 16, attributeCount < Self.mostAttributes else { return false }
    for index in 0..<attributeCount where same(attributes[index].name, attribute.name) { return false }
    attributes[attributeCount] = attribute
    attributeCount += 1
    return true
  }

  private func same(_ left: Run, _ right: Run) -> Bool {
    guard left.count == right.count else { return false }
    for index in 0..<left.count where byte(left.start + index) != byte(right.start + index) { return false }
    return true
  }

  // MARK: Text

  /// Reads text up to the next tag.
  package mutating func text() -> Run? {
    var run = Run(start: position)
    var place = position
    var hasReturn = false
    while place < end {
      let next = byte(place)
      if next >= 0x80 {
        let width = sequence(next, at: place, &run)
        guard width > 0 else { return nil }
        run.isBlank = false
        place += width
        continue
      }
      if next > 0x3E {
        if next == 0x7F { run.isUnusual = true }
        run.isBlank = false
        place += 1
        continue
      }
      switch next {
      case 0x20: break
      case 0x3C:
        run.end = place
        position = place
        return run.count <= 1 << 20 && (run.isBlank || !hasReturn) ? run : nil
      case 0x26:
        run.hasReferences = true
        run.isBlank = false
      case 0x3E:
        if place >= run.start + 2, byte(place - 1) == 0x5D, byte(place - 2) == 0x5D { return nil }
        run.isBlank = false
      case 0x0A:
        run.isUnusual = true
        breakLine(behind: place)
      case 0x09: run.isUnusual = true
      case 0x0D:
        // Between tags a line may end in CR LF; inside a text XML would turn it into LF.
        guard place + 1 < end, byte(place + 1) == 0x0A else { return nil }
        hasReturn = true
        run.isUnusual = true
      case 0x00..<0x20: return nil
      default: run.isBlank = false
      }
      place += 1
    }
    isAtEnd = true
    return nil
  }

  /// Looks at a character of more than one byte.
  ///
  /// - Returns: How many bytes it has, or 0 when they are not UTF-8 or nothing that XML can carry.
  @inline(__always) private mutating func sequence(_ lead: UInt8, at place: Int, _ run: inout Run) -> Int {
    let width = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
    guard place + width <= end else {
      isAtEnd = true
      return 0
    }
    let second = byte(place + 1)
    guard lead >= 0xC2, second & 0xC0 == 0x80 else { return 0 }
    if width == 2 {
      // U+0080 to U+009F are controls, U+00A0 is a blank; the rest of them are signs like «.
      if lead == 0xC2, second <= 0xA0 { run.isUnusual = true }
      if lead == 0xD0, second == 0xA0 || second == 0xA1 { run.leads += 1 }
      if lead == 0xC3, second == 0x90 || second == 0x91 { run.leads += 1 }
      return 2
    }
    let third = byte(place + 2)
    guard third & 0xC0 == 0x80 else { return 0 }
    switch lead {
    case 0xE0: return second >= 0xA0 ? 3 : 0
    case 0xED: return second < 0xA0 ? 3 : 0
    case 0xE2: if isBlank(second, third) { run.isUnusual = true }
    case 0xE3: run.isUnusual = true
    case 0xEF:
      // U+FFFE and U+FFFF are forbidden, U+FEFF and U+FFFD are odd.
      run.isUnusual = true
      if second == 0xBF, third >= 0xBE { return 0 }
    case 0xF0..<0xF5:
      let isInRange = lead == 0xF0 ? second >= 0x90 : lead < 0xF4 || second < 0x90
      return isInRange && byte(place + 3) & 0xC0 == 0x80 ? 4 : 0
    case 0xF5...0xFF: return 0
    default: break
    }
    return 3
  }

  private func isBlank(_ second: UInt8, _ third: UInt8) -> Bool {
    second == 0x80 && (third <= 0x8B || third == 0xAF) || second == 0x81 && third == 0x9F
  }

  // MARK: Pieces of known markup

  /// Reads Latin letters, digits, `_` and `-`.
  package mutating func code() -> Run {
    var run = Run(start: position)
    scan: while position < end {
      switch byte(position) {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D: position += 1
      default: break scan
      }
    }
    run.end = position
    return run
  }

  /// Reads letters of ASCII, digits and blanks up to a quote.
  package mutating func plainValue() -> Run? {
    var run = Run(start: position)
    while position < end {
      switch byte(position) {
      case 0x22:
        run.end = position
        return run.count > 0 ? run : nil
      case 0x20...0x7E where byte(position) != 0x26 && byte(position) != 0x3C: position += 1
      default: return nil
      }
    }
    isAtEnd = true
    return nil
  }

  /// Reads a number of at most nine digits without a leading zero.
  package mutating func number() -> Int? {
    var value = 0
    let first = position
    while position < end, (0x30...0x39).contains(byte(position)), position - first < 10 {
      value = value * 10 + Int(byte(position) - 0x30)
      position += 1
    }
    let count = position - first
    guard (1...9).contains(count), count == 1 || byte(first) != 0x30 else { return nil }
    return value
  }

  /// Counts line breaks of markup that was taken as a whole.
  ///
  /// - Parameters:
  ///   - count: How many there were.
  ///   - tail: Bytes behind the last of them.
  package mutating func noteBreaks(_ count: Int, tail: Int) {
    line += count
    mark = position - tail
    markColumn = 1
  }

  // MARK: Values

  /// The bytes as text, or `nil` when they are not UTF-8 or hold a reference that is not plain.
  package func string(_ run: Run) -> String? {
    let bytes = unsafe UnsafeBufferPointer(start: start + run.start, count: run.count)
    // Reading a text or a value has checked its bytes; names are of Latin letters.
    guard run.hasReferences else { return unsafe String(copying: UTF8Span(unchecked: bytes.span)) }
    return unsafe Self.resolved(bytes)
  }

  /// The same for words that occur again and again, without making them again.
  package mutating func word(_ run: Run) -> String? {
    let count = run.count
    guard count > 15, !run.hasReferences else { return string(run) }
    let slot = (count &* 31 &+ Int(byte(run.start + 1)) &* 7 &+ Int(byte(run.end - 1)) &* 13) & 127
    let known = words[slot].utf8
    if known.count == count, isSame(run, known.span) { return words[slot] }
    guard let word = string(run) else { return nil }
    words[slot] = word
    return word
  }

  private func isSame(_ run: Run, _ known: Span<UInt8>) -> Bool {
    for index in known.indices where known[index] != byte(run.start + index) { return false }
    return true
  }

  /// Replaces the references of XML itself and those by number.
  private static func resolved(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var place = 0
    while place < bytes.count {
      let next = unsafe bytes[place]
      guard next == 0x26 else {
        result.append(next)
        place += 1
        continue
      }
      let tail = unsafe bytes[place...].prefix(12)
      guard let stop = unsafe tail.firstIndex(of: 0x3B),
        let scalar = unsafe Self.scalar(bytes[(place + 1)..<stop])
      else { return nil }
      result.append(contentsOf: String(Character(scalar)).utf8)
      place = stop + 1
    }
    return String(validating: result, as: UTF8.self)
  }

  /// What a reference without `&` and `;` stands for.
  private static func scalar(_ name: Slice<UnsafeBufferPointer<UInt8>>) -> Unicode.Scalar? {
    let name = unsafe String(decoding: name, as: UTF8.self)
    switch name {
    case "amp": return "&"
    case "lt": return "<"
    case "gt": return ">"
    case "quot": return "\""
    case "apos": return "'"
    default: break
    }
    let isHex = name.hasPrefix("#x")
    guard isHex || name.hasPrefix("#") else { return nil }
    let digits = name.dropFirst(isHex ? 2 : 1)
    // `UInt32` would take a sign as well.
    guard digits.utf8.first != 0x2B, digits.utf8.first != 0x2D,
      let value = UInt32(digits, radix: isHex ? 16 : 10), let scalar = Unicode.Scalar(value)
    else { return nil }
    switch value {
    case 0x09, 0x0A, 0x0D, 0x20...0xFFFD, 0x10000...0x10FFFF: return scalar
    default: return nil
    }
  }
}
