/// Names of members that somebody wants of an object, prepared once.
///
/// A key is an enum of whole numbers from 0, whose cases are called as the members are:
/// `enum CardKey: Int, CaseIterable { case id, title }`.
public struct JSONKeys<Key: CaseIterable & RawRepresentable & Sendable>: Sendable where Key.RawValue == Int {
  let table: JSONNameTable

  /// Prepares the names of all cases.
  public init() {
    let cases = Array(Key.allCases)
    precondition(cases.map(\.rawValue) == Array(cases.indices), "keys are counted from 0")
    table = JSONNameTable(cases.map { "\($0)" })
  }
}

/// Wanted members of one object, found in one pass over its names.
///
/// It is looked at where it stands: a copy would be a hundred bytes and a count of references.
public struct JSONMembers<Key: CaseIterable & RawRepresentable & Sendable>: ~Copyable, Sendable
where Key.RawValue == Int {
  @usableFromInline let found: FoundMembers

  init(found: consuming FoundMembers) { self.found = found }

  /// The value of a member; `nil` when the object has no such member; of two of one name the first.
  ///
  /// - Parameter key: Which.
  @inlinable public subscript(key: Key) -> JSONNode? { found.node(key.rawValue) }
}

/// Where wanted members stand, whatever their keys are called.
@usableFromInline struct FoundMembers: ~Copyable, Sendable {
  @usableFromInline let storage: JSONTape.Storage
  @usableFromInline let places: InlineArray<32, UInt32>

  init(storage: JSONTape.Storage, places: JSONNameTable.Places) {
    self.storage = storage
    self.places = places
  }

  @inlinable func node(_ key: Int) -> JSONNode? {
    let place = places[key]
    return place == 0 ? nil : JSONNode(storage: storage, index: Int(place))
  }
}

extension JSONNode {
  /// The members of an object that are wanted; none for anything else.
  ///
  /// - Parameter keys: Their names.
  /// - Returns: Where they stand.
  public func members<Key>(_ keys: JSONKeys<Key>) -> JSONMembers<Key> {
    JSONMembers(found: FoundMembers(storage: storage, places: keys.table.places(of: self)))
  }
}

/// Finds names by their length and their first and last eight bytes.
struct JSONNameTable: Sendable {
  /// Most names of a table.
  static let capacity = 32
  /// The longest name: two words of eight bytes cover it.
  static let longest = 16

  /// Where values stand by key; 0, which is the whole document, stands for none.
  typealias Places = InlineArray<32, UInt32>

  private struct Entry: Sendable {
    var first: UInt64
    var last: UInt64
    var key: Int
  }

  private let names: [String]
  /// Entries by length, and where those of a length begin.
  private let entries: [Entry]
  private let starts: [Int]

  init(_ names: [String]) {
    precondition(names.count <= Self.capacity, "too many names for one table")
    precondition(names.allSatisfy { (1...Self.longest).contains($0.utf8.count) }, "a name too long")
    self.names = names
    var (entries, starts): ([Entry], [Int]) = ([], [])
    for length in 0...Self.longest {
      starts.append(entries.count)
      for (key, name) in names.enumerated() where name.utf8.count == length {
        let bytes = Array(name.utf8)
        entries.append(
          Entry(first: Self.word(bytes, 0), last: Self.word(bytes, max(0, length - 8)), key: key))
      }
    }
    starts.append(entries.count)
    self.entries = entries
    self.starts = starts
  }

  /// Up to eight bytes from an index as a number, the first one lowest.
  private static func word(_ bytes: [UInt8], _ start: Int) -> UInt64 {
    var word: UInt64 = 0
    for (place, byte) in bytes[start...].prefix(8).enumerated() { word |= UInt64(byte) << UInt64(8 * place) }
    return word
  }

  /// Where the values of the wanted members of an object stand.
  func places(of object: JSONNode) -> Places {
    var places = Places(repeating: 0)
    let storage = object.storage
    let node = storage[object.index]
    guard node.kind == .object else { return places }
    let end = Int(node.next)
    var position = object.index + 1
    unsafe storage.bytes.withUnsafeBytes { bytes in
      while position < end {
        let name = storage[position]
        if let key = name.isEscaped ? escapedKey(object.text(of: name)) : unsafe self.key(name, bytes),
          places[key] == 0
        {
          places[key] = UInt32(truncatingIfNeeded: position + 1)
        }
        position = Int(storage[position + 1].next)
      }
    }
    return places
  }

  private func key(_ name: JSONTape.Node, _ bytes: UnsafeRawBufferPointer) -> Int? {
    let (start, length) = (Int(name.start), Int(name.end - name.start))
    guard length <= Self.longest else { return nil }
    let (low, high) = (starts[length], starts[length + 1])
    guard low < high else { return nil }
    let (first, last): (UInt64, UInt64)
    if length >= 8 {
      unsafe first = bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self)
      unsafe last = bytes.loadUnaligned(fromByteOffset: start + length - 8, as: UInt64.self)
    } else {
      var word: UInt64 = 0
      if start + 8 <= bytes.count {
        unsafe word = bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self)
        word &= (1 << UInt64(8 * length)) &- 1
      } else {
        for place in 0..<length { unsafe word |= UInt64(bytes[start + place]) << UInt64(8 * place) }
      }
      (first, last) = (word, word)
    }
    for index in low..<high {
      let entry = entries[index]
      if entry.first == first, entry.last == last { return entry.key }
    }
    return nil
  }

  private func escapedKey(_ name: String) -> Int? { names.firstIndex { $0.utf8.elementsEqual(name.utf8) } }
}
