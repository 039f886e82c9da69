/// Writes UTF-8 markup into a byte buffer, fast, and refuses what XML 1.0 cannot carry.
///
/// Elements are indented by two blanks, one child a line; an element that holds text keeps it on its own
/// line. A document of any size is written in bounded memory by taking the bytes now and then with
/// ``take()``.
public struct XMLByteWriter: ~Copyable {
  /// Bytes written and not yet taken.
  private var out: MarkupBuffer

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
    out = MarkupBuffer(capacity: capacity)
  }

  /// Writes `<?xml version="1.0" encoding="utf-8"?>` and a line break.
  public mutating func declaration() {
    precondition(out.count == 0 && !hasRoot, "a declaration stands first")
    out.append("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n")
  }

  /// Bytes written and not yet taken.
  public var count: Int { out.count }

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
    out.append(0x3C)
    out.append(raw: name)
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
    let mark = out.count
    out.append(0x20)
    out.append(raw: name)
    out.append(0x3D)
    out.append(0x22)
    do {
      try out.append(escaped: value, inAttribute: true)
    } catch {
      out.rewind(to: mark)
      throw error
    }
    out.append(0x22)
  }

  /// Writes text into the open element.
  ///
  /// - Parameter value: Any text; nothing happens when it is empty.
  /// - Throws: ``XMLError`` with code `forbiddenCharacter`; nothing of the text is written then.
  public mutating func text(_ value: String) throws(XMLError) {
    guard let last = levels.indices.last else { preconditionFailure("text stands inside an element") }
    guard !value.isEmpty else { return }
    let mark = out.count
    if isTagOpen { out.append(0x3E) }
    do {
      try out.append(escaped: value, inAttribute: false)
    } catch {
      out.rewind(to: mark)
      throw error
    }
    isTagOpen = false
    levels[last].content = .text
  }

  /// Closes the element opened last; an empty one is written as one tag.
  public mutating func end() {
    guard let level = levels.popLast() else { preconditionFailure("no element is open") }
    if isTagOpen {
      out.append(0x2F)
      out.append(0x3E)
      isTagOpen = false
    } else {
      if level.content == .elements { breakLine(levels.count) }
      out.append(0x3C)
      out.append(0x2F)
      out.append(raw: level.name)
      out.append(0x3E)
    }
    if levels.isEmpty { out.append(0x0A) }
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
  public mutating func take() -> [UInt8] { out.takeBytes() }

  /// Ends the document.
  ///
  /// - Returns: The bytes that have not been taken.
  public consuming func finish() -> [UInt8] {
    precondition(levels.isEmpty && hasRoot, "every element is closed before the end")
    return out.takeBytes()
  }

  // MARK: Inside

  private mutating func closeTag() {
    if isTagOpen { out.append(0x3E) }
    isTagOpen = false
  }

  private mutating func breakLine(_ level: Int) {
    guard indentation >= 0 else { return }
    out.append(0x0A)
    out.append(blanks: level * indentation)
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
}
