/// A JSON document that was checked once and is read in place: no text is made before somebody asks for it.
///
/// For answers of which a few facts are wanted: about ten times as fast as ``JSONValue`` where most members are left
/// alone. Refuses what ``JSONValue`` refuses, but for two members of one name, of which the first is found.
public struct JSONTape: Sendable {
  /// One value, or the name of a member: a range of bytes, and where the value behind it stands.
  struct Node: Sendable {
    var start: UInt32
    var end: UInt32
    /// The node behind this value and everything in it.
    var next: UInt32
    var kind: Kind
    /// For texts: whether there is a backslash in it.
    var isEscaped = false
  }

  enum Kind: UInt8, Sendable { case null, yes, no, number, string, array, object }

  /// What all nodes of a document share.
  final class Storage: Sendable {
    let bytes: [UInt8]
    let nodes: [Node]

    init(bytes: [UInt8], nodes: [Node]) {
      self.bytes = bytes
      self.nodes = nodes
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
    var parser = TapeParser(bytes: bytes, range: range, maximumDepth: maximumDepth)
    guard bytes.count < Int(UInt32.max), parser.isDocument(bytes.span) else {
      // The slower reader has the words for what is wrong, and its own say where the two disagree.
      _ = try JSONValue(parsing: bytes[range], maximumDepth: maximumDepth)
      throw JSONError(line: 1, column: 1, message: "a document that cannot be read in place")
    }
    storage = Storage(bytes: bytes, nodes: parser.nodes)
  }

  /// The whole document.
  public var root: JSONNode { JSONNode(storage: storage, index: 0) }
}

/// One value of a ``JSONTape``; read like a ``JSONValue``.
public struct JSONNode: Sendable {
  let storage: JSONTape.Storage
  let index: Int

  private var node: JSONTape.Node { storage.nodes[index] }

  /// The member of an object, or `nil` when this is no object or has no such member.
  ///
  /// - Parameter key: The member's name.
  public subscript(key: String) -> JSONNode? {
    let node = node
    guard node.kind == .object else { return nil }
    let wanted = key.utf8
    let count = wanted.count
    var position = index + 1
    while position < Int(node.next) {
      let name = storage.nodes[position]
      let length = Int(name.end - name.start)
      if name.isEscaped ? text(of: name) == key : length == count && matches(wanted, at: Int(name.start)) {
        return JSONNode(storage: storage, index: position + 1)
      }
      position = Int(storage.nodes[position + 1].next)
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

  private func text(of node: JSONTape.Node) -> String {
    let range = Int(node.start)..<Int(node.end)
    guard node.isEscaped else { return String(decoding: storage.bytes[range], as: UTF8.self) }
    do {
      let whole = storage.bytes[(range.lowerBound - 1)..<(range.upperBound + 1)]
      return try JSONValue(parsing: whole).string ?? ""
    } catch {
      preconditionFailure("a text that was checked: \(error)")
    }
  }

  /// The text, or `nil` for anything else.
  public var string: String? { node.kind == .string ? text(of: node) : nil }

  /// The whole number, or `nil` for anything else; `25980.0` counts as one.
  public var int: Int? {
    let node = node
    guard node.kind == .number else { return nil }
    var magnitude = 0
    var position = Int(node.start)
    let isNegative = storage.bytes[position] == 0x2D
    if isNegative { position += 1 }
    // Eighteen digits always fit.
    guard Int(node.end) - position <= 18 else { return double.flatMap { Int(exactly: $0) } }
    while position < Int(node.end) {
      let byte = storage.bytes[position]
      guard (0x30...0x39).contains(byte) else { return double.flatMap { Int(exactly: $0) } }
      magnitude = magnitude * 10 + Int(byte - 0x30)
      position += 1
    }
    return isNegative ? -magnitude : magnitude
  }

  /// The number, or `nil` for anything else.
  public var double: Double? {
    let node = node
    return node.kind == .number
      ? Double(String(decoding: storage.bytes[Int(node.start)..<Int(node.end)], as: UTF8.self)) : nil
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

  /// The elements, or `nil` for anything else.
  public var array: [JSONNode]? {
    let node = node
    guard node.kind == .array else { return nil }
    var elements: [JSONNode] = []
    var position = index + 1
    while position < Int(node.next) {
      elements.append(JSONNode(storage: storage, index: position))
      position = Int(storage.nodes[position].next)
    }
    return elements
  }

  /// Names and values of an object in its order; empty for anything else.
  public var members: [(name: String, value: JSONNode)] {
    let node = node
    guard node.kind == .object else { return [] }
    var members: [(name: String, value: JSONNode)] = []
    var position = index + 1
    while position < Int(node.next) {
      members.append((text(of: storage.nodes[position]), JSONNode(storage: storage, index: position + 1)))
      position = Int(storage.nodes[position + 1].next)
    }
    return members
  }

  /// Whether there is something in it: not `null`, no empty text, list or object.
  public var isFilled: Bool {
    let node = node
    switch node.kind {
    case .null: return false
    case .string: return node.end > node.start
    case .array, .object: return Int(node.next) > index + 1
    case .yes, .no, .number: return true
    }
  }

  /// The same as a value of its own.
  public var value: JSONValue {
    switch node.kind {
    case .null: .null
    case .yes: .bool(true)
    case .no: .bool(false)
    case .number: int.map { .integer($0) } ?? .decimal(double ?? 0)
    case .string: .string(text(of: node))
    case .array: .array((array ?? []).map(\.value))
    case .object:
      .object(Dictionary(members.map { ($0.name, $0.value.value) }, uniquingKeysWith: { first, _ in first }))
    }
  }
}
