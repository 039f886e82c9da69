/// Writes UTF-8 markup into a byte buffer, fast, and refuses what XML 1.0 cannot carry.
///
/// Elements are indented by two blanks, one child a line; an element that holds text keeps it on its own
/// line. A document of any size is written in bounded memory by taking the bytes now and then with
/// ``take()``.
public struct XMLByteWriter: ~Copyable {
  /// Bytes written and not yet taken.
  public private(set) var bytes: [UInt8] = []

  private enum Content { case nothing, text, elements }
  private struct Level {
    var name: String
    var content = Content.nothing
  }
  private var levels: [Level] = []
  private var isTagOpen = false
  private var hasRoot = false
  private let indentation: Int

  /// Makes a writer.
  ///
  /// - Parameters:
  ///   - indentation: Blanks a level; `nil` writes everything on one line.
  ///   - capacity: Bytes to set aside.
  public init(indentation: Int? = 2, capacity: Int = 4096) {
    self.indentation = indentation ?? -1
    bytes.reserveCapacity(capacity)
  }

  /// Writes `<?xml version="1.0" encoding="utf-8"?>` and a line break.
  public mutating func declaration() {
    precondition(bytes.isEmpty && !hasRoot, "a declaration stands first")
    bytes.append(contentsOf: #"<?xml version="1.0" encoding="utf-8"?>"#.utf8)
    bytes.append(0x0A)
  }

  /// Opens an element.
  ///
  /// - Parameter name: A name of Latin letters, digits, `_`, `-`, `.`, with or without a prefix.
  public mutating func start(_ name: String) {
    precondition(Self.isName(name), "not an element name: \(name)")
    precondition(!levels.isEmpty || !hasRoot, "a document has one root")
    closeTag()
    if let last = levels.indices.last {
      if levels[last].content == .nothing { levels[last].content = .elements }
      if levels[last].content == .elements { breakLine(levels.count) }
    }
    hasRoot = true
    levels.append(Level(name: name))
    bytes.append(0x3C)
    bytes.append(contentsOf: name.utf8)
    isTagOpen = true
  }

  /// Adds an attribute to the element just opened; its name must be new there.
  ///
  /// - Parameters:
  ///   - name: A name like an element's.
  ///   - value: Any text; tabs and line breaks survive as references.
  /// - Throws: ``XMLError`` with code `forbiddenCharacter`; nothing of the attribute is written then.
  public mutating func attribute(_ name: String, _ value: String) throws(XMLError) {
    precondition(isTagOpen, "an attribute belongs to a tag that is still open")
    precondition(Self.isName(name), "not an attribute name: \(name)")
    let mark = bytes.count
    bytes.append(0x20)
    bytes.append(contentsOf: name.utf8)
    bytes.append(0x3D)
    bytes.append(0x22)
    do {
      try escape(value, inAttribute: true)
    } catch {
      bytes.removeLast(bytes.count - mark)
      throw error
    }
    bytes.append(0x22)
  }

  /// Writes text into the open element.
  ///
  /// - Parameter value: Any text; nothing happens when it is empty.
  /// - Throws: ``XMLError`` with code `forbiddenCharacter`; nothing of the text is written then.
  public mutating func text(_ value: String) throws(XMLError) {
    guard let last = levels.indices.last else { preconditionFailure("text stands inside an element") }
    guard !value.isEmpty else { return }
    let mark = bytes.count
    if isTagOpen { bytes.append(0x3E) }
    do {
      try escape(value, inAttribute: false)
    } catch {
      bytes.removeLast(bytes.count - mark)
      throw error
    }
    isTagOpen = false
    levels[last].content = .text
  }

  /// Closes the element opened last; an empty one is written as one tag.
  public mutating func end() {
    guard let level = levels.popLast() else { preconditionFailure("no element is open") }
    if isTagOpen {
      bytes.append(0x2F)
      bytes.append(0x3E)
      isTagOpen = false
    } else {
      if level.content == .elements { breakLine(levels.count) }
      bytes.append(0x3C)
      bytes.append(0x2F)
      bytes.append(contentsOf: level.name.utf8)
      bytes.append(0x3E)
    }
    if levels.isEmpty { bytes.append(0x0A) }
  }

  /// Writes an element that holds only text.
  ///
  /// - Parameters:
  ///   - name: The element's name.
  ///   - value: Its text, possibly empty.
  /// - Throws: ``XMLError`` with code `forbiddenCharacter`.
  public mutating func element(_ name: String, _ value: String) throws(XMLError) {
    start(name)
    try text(value)
    end()
  }

  /// Hands out what has been written so far and forgets it.
  ///
  /// - Returns: The bytes since the last call.
  public mutating func take() -> [UInt8] {
    var taken: [UInt8] = []
    swap(&taken, &bytes)
    return taken
  }

  /// Ends the document.
  ///
  /// - Returns: The bytes that have not been taken.
  public consuming func finish() -> [UInt8] {
    precondition(levels.isEmpty && hasRoot, "every element is closed before the end")
    return bytes
  }

  // MARK: Inside

  private mutating func closeTag() {
    if isTagOpen { bytes.append(0x3E) }
    isTagOpen = false
  }

  private mutating func breakLine(_ level: Int) {
    guard indentation >= 0 else { return }
    bytes.append(0x0A)
    for _ in 0..<(level * indentation) { bytes.append(0x20) }
  }

  private static func isName(_ name: String) -> Bool {
    var isFirst = true
    for byte in name.utf8 {
      switch byte {
      case 0x41...0x5A, 0x61...0x7A, 0x5F: break
      case 0x30...0x39, 0x2D, 0x2E, 0x3A: if isFirst { return false }
      default: return false
      }
      isFirst = false
    }
    return !isFirst
  }

  /// Appends escaped text in runs; throws at the first character that XML 1.0 forbids.
  private mutating func escape(_ value: String, inAttribute: Bool) throws(XMLError) {
    var value = value
    let forbidden: UInt32? = value.withUTF8 { utf8 in
      var (clean, position) = (0, 0)
      while position < utf8.count {
        let byte = unsafe utf8[position]
        // Most bytes are letters and need no look: neither control, nor mark, nor the lead of U+FFFE.
        if byte > 0x3E, byte != 0xEF {
          position += 1
          continue
        }
        let reference: StaticString
        switch byte {
        case 0x26: reference = "&amp;"
        case 0x3C: reference = "&lt;"
        case 0x3E: reference = "&gt;"
        case 0x22 where inAttribute: reference = "&quot;"
        case 0x09 where inAttribute: reference = "&#9;"
        case 0x0A where inAttribute: reference = "&#10;"
        case 0x0D: reference = "&#13;"
        case 0x09, 0x0A, 0x20...0x3E:
          position += 1
          continue
        case 0xEF:
          // Only U+FFFE and U+FFFF, EF BF BE and EF BF BF, are forbidden here.
          if unsafe utf8[position + 1] == 0xBF, unsafe utf8[position + 2] >= 0xBE {
            return unsafe 0xFF40 + UInt32(utf8[position + 2])
          }
          position += 3
          continue
        default: return UInt32(byte)
        }
        unsafe bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[clean..<position]))
        unsafe bytes.append(
          contentsOf: UnsafeBufferPointer(start: reference.utf8Start, count: reference.utf8CodeUnitCount))
        position += 1
        clean = position
      }
      unsafe bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[clean...]))
      return nil
    }
    guard let forbidden else { return }
    let number = String(forbidden, radix: 16, uppercase: true)
    throw XMLError(
      code: .forbiddenCharacter,
      message: "XML cannot carry the character U+\(String(repeating: "0", count: 4 - number.count))\(number)")
  }
}
