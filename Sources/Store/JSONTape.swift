import Glibc

/// A JSON document that was checked once and is read in place: no text is made before somebody asks for it.
///
/// For answers of which a few facts are wanted: about ten times as fast as ``JSONValue`` where most members are left
/// alone. Refuses what ``JSONValue`` refuses, but for two members of one name, of which the first is found.
public struct JSONTape: Sendable {
  /// One value, or the name of a member: a range of bytes, and where the value behind it stands.
  struct Node: Sendable {
    var start: UInt32
    var end: UInt32 = 0
    /// The node behind this value and everything in it.
    var next: UInt32 = 0
    var kind: Kind
    /// For texts: whether there is a backslash in it.
    var isEscaped = false
  }

  /// What a node is; a number without point and exponent is whole.
  enum Kind: UInt8, Sendable { case null, yes, no, whole, number, string, array, object }

  /// What all nodes of a document share.
  @usableFromInline final class Storage: Sendable {
    let bytes: [UInt8]
    private let nodes: TapeNodes

    init(bytes: [UInt8], nodes: consuming TapeNodes) {
      self.bytes = bytes
      self.nodes = nodes
    }

    subscript(index: Int) -> Node { nodes[index] }

    /// The bytes of a text or number.
    func text(_ node: Node) -> String {
      let range = Int(node.start)..<Int(node.end)
      // Checked when the tape was made.
      return String(decoding: bytes[range], as: UTF8.self)
    }

    /// Whether a text or number here and one elsewhere have the same bytes.
    func isSame(_ node: Node, as other: Node, in elsewhere: Storage) -> Bool {
      let count = Int(node.end) - Int(node.start)
      guard count == Int(other.end) - Int(other.start) else { return false }
      // Both places were found inside their bytes when the tapes were made. Byte by byte this was 8% of reading a cabinet's
      // list.
      return unsafe bytes.withUnsafeBufferPointer { left in
        unsafe elsewhere.bytes.withUnsafeBufferPointer { right in
          guard let left = left.baseAddress, let right = right.baseAddress else { return count == 0 }
          return unsafe memcmp(left + Int(node.start), right + Int(other.start), count) == 0
        }
      }
    }
  }

  private let storage: Storage

  /// Checks a document.
  ///
  /// - Parameters:
  ///   - bytes: Holds the document, and is kept as long as a node of it.
  ///   - range: Where in it the document stands; all of it when left out.
  ///   - maximumDepth: Most lists and objects inside each other.
  /// - Throws: ``JSONError`` with line and column, counted from the start of the range.
  public init(
    parsing bytes: [UInt8], in range: Range<Int>? = nil, maximumDepth: Int = 128
  ) throws(JSONError) {
    let range = range ?? 0..<bytes.count
    let storage = unsafe bytes.withUnsafeBufferPointer { buffer -> Storage? in
      guard buffer.count < Int(UInt32.max),
        var parser = unsafe TapeParser(
          bytes: buffer, range: range, maximumDepth: maximumDepth, expected: range.count / 16)
      else { return nil }
      return parser.isDocument() ? Storage(bytes: bytes, nodes: parser.finish()) : nil
    }
    guard let storage else {
      // The slower reader has the words for what is wrong, and its own say where the two disagree.
      _ = try JSONValue(parsing: bytes[range], maximumDepth: maximumDepth)
      throw JSONError(line: 1, column: 1, message: "a document that cannot be read in place")
    }
    self.storage = storage
    end = range.upperBound
  }

  /// Checks the value that stands at an index, whatever stands behind it: a script that assigns it, for example.
  ///
  /// Gives `nil` where no whole value stands; the other way of reading says why.
  ///
  /// - Parameters:
  ///   - bytes: Holds the value, and is kept as long as a node of it.
  ///   - start: Where the value begins.
  ///   - maximumDepth: Most lists and objects inside each other.
  public init?(prefixOf bytes: [UInt8], from start: Int, maximumDepth: Int = 128) {
    guard bytes.count < Int(UInt32.max), bytes.indices.contains(start) else { return nil }
    var end: Int?
    let storage = unsafe bytes.withUnsafeBufferPointer { buffer -> Storage? in
      guard
        var parser = unsafe TapeParser(
          bytes: buffer, range: start..<bytes.count, maximumDepth: maximumDepth,
          expected: min(2048, bytes.count - start))
      else { return nil }
      end = parser.prefixEnd()
      return end == nil ? nil : Storage(bytes: bytes, nodes: parser.finish())
    }
    guard let storage, let end else { return nil }
    self.storage = storage
    self.end = end
  }

  /// Where the document ends in its bytes.
  public let end: Int

  /// The whole document.
  public var root: JSONNode { JSONNode(storage: storage, index: 0) }
}

/// One value of a ``JSONTape``; read like a ``JSONValue``.
public struct JSONNode: Sendable {
  @usableFromInline let storage: JSONTape.Storage
  @usableFromInline let index: Int

  @usableFromInline init(storage: JSONTape.Storage, index: Int) {
    self.storage = storage
    self.index = index
  }

  private var node: JSONTape.Node { storage[index] }

  /// The member of an object, or `nil` when this is no object or has no such member.
  ///
  /// Looks at one member after another: where many are wanted, ``members(_:)`` takes them in one pass.
  ///
  /// - Parameter key: The member's name.
  public subscript(key: String) -> JSONNode? {
    let node = node
    guard node.kind == .object else { return nil }
    let wanted = key.utf8
    let count = wanted.count
    var position = index + 1
    while position < Int(node.next) {
      let name = storage[position]
      let length = Int(name.end - name.start)
      if name.isEscaped ? text(of: name) == key : length == count && matches(wanted, at: Int(name.start)) {
        return JSONNode(storage: storage, index: position + 1)
      }
      position = Int(storage[position + 1].next)
    }
    return nil
  }

  private func matches(_ name: String.UTF8View, at start: Int) -> Bool {
    var position = start
    for byte in name {
      if storage.bytes[position] != byte { return false }
      position += 1
    }
    return true
  }

  func text(of node: JSONTape.Node) -> String {
    guard node.isEscaped else { return storage.text(node) }
    do {
      let whole = storage.bytes[(Int(node.start) - 1)..<(Int(node.end) + 1)]
      return try JSONValue(parsing: whole).string ?? ""
    } catch {
      preconditionFailure("a text that was checked: \(error)")
    }
  }

  /// The text, or `nil` for anything else.
  public var string: String? {
    let node = node
    return node.kind == .string ? text(of: node) : nil
  }

  /// A number as it is written, or `nil` for anything else: a code of twenty digits is no `Int`.
  public var digits: String? {
    let node = node
    return node.kind == .whole || node.kind == .number ? storage.text(node) : nil
  }

  /// The text as far as a byte, or `nil` for anything else.
  ///
  /// - Parameter byte: An ASCII character.
  /// - Returns: The whole text where the byte does not stand in it.
  public func string(before byte: UInt8) -> String? {
    var node = node
    guard node.kind == .string else { return nil }
    if node.isEscaped {
      let whole = text(of: node)
      return whole.utf8.firstIndex(of: byte).map { String(whole[..<$0]) } ?? whole
    }
    let range = Int(node.start)..<Int(node.end)
    if let stop = ByteSearch.first(byte, in: storage.bytes, range) { node.end = UInt32(stop) }
    return storage.text(node)
  }

  /// The whole number, or `nil` for anything else; `25980.0` counts as one.
  public var int: Int? {
    let node = node
    // Eighteen digits always fit.
    guard node.kind == .whole, node.end - node.start <= 18 else {
      return double.flatMap { Int(exactly: $0) }
    }
    let bytes = storage.bytes
    var position = Int(node.start)
    let isNegative = bytes[position] == 0x2D
    if isNegative { position += 1 }
    var magnitude = 0
    while position < Int(node.end) {
      magnitude = magnitude &* 10 &+ Int(bytes[position] &- 0x30)
      position += 1
    }
    return isNegative ? -magnitude : magnitude
  }

  /// The number, or `nil` for anything else.
  public var double: Double? {
    let node = node
    switch node.kind {
    case .whole, .number: return Double(storage.text(node))
    case .null, .yes, .no, .string, .array, .object: return nil
    }
  }

  /// `true` or `false`, or `nil` for anything else.
  public var bool: Bool? {
    switch node.kind {
    case .yes: true
    case .no: false
    default: nil
    }
  }

  /// Whether this is `null`.
  public var isNull: Bool { node.kind == .null }

  /// Whether this is an object.
  public var isObject: Bool { node.kind == .object }

  /// Whether this is a list.
  public var isArray: Bool { node.kind == .array }

  /// The elements, or `nil` for anything else; ``elements`` makes no list of them.
  public var array: [JSONNode]? { isArray ? Array(elements) : nil }

  /// The elements of a list, one after another; none for anything else.
  public var elements: JSONElements {
    let node = node
    return JSONElements(
      storage: storage, position: index + 1, end: node.kind == .array ? Int(node.next) : index + 1)
  }

  /// Names and values of an object in its order, one after another; none for anything else.
  public var entries: JSONEntries {
    let node = node
    return JSONEntries(
      storage: storage, position: index + 1, end: node.kind == .object ? Int(node.next) : index + 1)
  }

  /// Names and values of an object in its order; empty for anything else.
  public var members: [(name: String, value: JSONNode)] { Array(entries) }

  /// Whether there is something in it: not `null`, no empty text, list or object.
  public var isFilled: Bool { Self.isFilled(node, at: index) }

  private static func isFilled(_ node: JSONTape.Node, at index: Int) -> Bool {
    switch node.kind {
    case .null: return false
    case .string: return node.end > node.start
    case .array, .object: return Int(node.next) > index + 1
    case .yes, .no, .whole, .number: return true
    }
  }

  /// Whether two objects have the same names in the same order, and are filled in the same places.
  ///
  /// - Parameter other: Of the same document or of another one.
  /// - Returns: `false` as well for anything but two objects.
  public func hasLooks(of other: JSONNode) -> Bool {
    let (left, right) = (node, other.node)
    guard left.kind == .object, right.kind == .object else { return false }
    var (here, there) = (index + 1, other.index + 1)
    while here < Int(left.next), there < Int(right.next) {
      let (ours, theirs) = (storage[here], other.storage[there])
      guard storage.isSame(ours, as: theirs, in: other.storage) else { return false }
      let (value, otherValue) = (storage[here + 1], other.storage[there + 1])
      guard Self.isFilled(value, at: here + 1) == Self.isFilled(otherValue, at: there + 1) else {
        return false
      }
      (here, there) = (Int(value.next), Int(otherValue.next))
    }
    return here >= Int(left.next) && there >= Int(right.next)
  }

  /// A number in the form that ``JSONValue`` gives it: whole only when it is written so.
  private var number: JSONValue {
    let digits = storage.text(node)
    if node.kind == .whole, digits != "-0", let whole = Int(digits) { return .integer(whole) }
    return .decimal(double ?? 0)
  }

  /// The same as a value of its own.
  public var value: JSONValue {
    switch node.kind {
    case .null: .null
    case .yes: .bool(true)
    case .no: .bool(false)
    case .whole, .number: number
    case .string: .string(text(of: node))
    case .array: .array(elements.map(\.value))
    case .object:
      .object(Dictionary(members.map { ($0.name, $0.value.value) }, uniquingKeysWith: { first, _ in first }))
    }
  }
}

/// The members of an object of a ``JSONTape``, one after another.
public struct JSONEntries: Sequence, IteratorProtocol, Sendable {
  let storage: JSONTape.Storage
  var position: Int
  let end: Int

  /// The next name and value, or `nil` behind the last.
  public mutating func next() -> (name: String, value: JSONNode)? {
    guard position < end else { return nil }
    let value = JSONNode(storage: storage, index: position + 1)
    let name = value.text(of: storage[position])
    position = Int(storage[position + 1].next)
    return (name, value)
  }
}

/// The elements of a list of a ``JSONTape``, one after another.
public struct JSONElements: Sequence, IteratorProtocol, Sendable {
  let storage: JSONTape.Storage
  var position: Int
  let end: Int

  /// The next element, or `nil` behind the last.
  public mutating func next() -> JSONNode? {
    guard position < end else { return nil }
    let node = JSONNode(storage: storage, index: position)
    position = Int(storage[position].next)
    return node
  }
}
