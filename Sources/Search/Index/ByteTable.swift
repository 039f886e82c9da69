/// Numbers byte strings in the order in which they first come: an open-addressing table over one buffer.
///
/// Neither keys nor numbers depend on a hash seed; numbers are for use inside one build only.
struct ByteTable: Sendable {
  /// All keys one behind the other.
  private(set) var bytes: [UInt8] = []
  /// Where each key starts; one more than there are keys.
  private(set) var starts: [Int] = [0]
  /// The hash in the upper half, the key's number plus one in the lower; 0 for a free place.
  ///
  /// As many as a power of two, at most half of them in use.
  private var places: [UInt64] = Array(repeating: 0, count: 1024)

  /// Number of keys.
  var count: Int { starts.count - 1 }

  /// The number of a key, given now if it is new.
  ///
  /// - Parameters:
  ///   - source: Bytes that hold the key.
  ///   - range: Where the key lies in them.
  /// - Returns: Its number, counted from 0, and whether it is new.
  mutating func insert(_ source: [UInt8], _ range: Range<Int>) -> (number: Int, isNew: Bool) {
    insert(source.span.extracting(range))
  }

  /// The number of a key, given now if it is new.
  ///
  /// - Parameter key: The key.
  /// - Returns: Its number, counted from 0, and whether it is new.
  mutating func insert(_ key: Span<UInt8>) -> (number: Int, isNew: Bool) {
    insert(key, hash: Self.hash(key))
  }

  /// Looks where a key may be, without following it: several keys are fetched from memory at once this way.
  ///
  /// - Parameter hash: The key's hash.
  /// - Returns: Something to be added up, so that the reading is done.
  @inline(__always)
  func touch(_ hash: UInt64) -> UInt64 { places[Int(truncatingIfNeeded: hash >> 32) & (places.count - 1)] }

  /// Looks at the beginning of a number's key.
  ///
  /// - Parameter entry: What ``touch(_:)`` gave.
  /// - Returns: Something to be added up.
  @inline(__always)
  func touch(entry: UInt64) -> Int {
    let start = starts[max(0, min(Int(entry & 0xFFFF_FFFF), starts.count - 1) - 1)]
    return start < bytes.count ? Int(bytes[start]) : 0
  }

  /// The number of a key whose hash is known, given now if it is new.
  @inline(__always)
  mutating func insert(_ key: Span<UInt8>, hash: UInt64) -> (number: Int, isNew: Bool) {
    let mask = places.count - 1
    var place = Int(truncatingIfNeeded: hash >> 32) & mask
    while places[place] != 0 {
      if places[place] >> 32 == hash >> 32 {
        let number = Int(places[place] & 0xFFFF_FFFF) - 1
        if holds(number, key) { return (number, false) }
      }
      place = (place + 1) & mask
    }
    let number = count
    for index in key.indices { bytes.append(key[index]) }
    starts.append(bytes.count)
    places[place] = hash & ~0xFFFF_FFFF | UInt64(number + 1)
    if count * 2 > places.count { grow() }
    return (number, true)
  }

  /// The number of a key that is there.
  ///
  /// - Parameter key: The key.
  /// - Returns: Its number, or `nil`.
  func number(of key: Span<UInt8>) -> Int? {
    let hash = Self.hash(key)
    let mask = places.count - 1
    var place = Int(truncatingIfNeeded: hash >> 32) & mask
    while places[place] != 0 {
      let number = Int(places[place] & 0xFFFF_FFFF) - 1
      if places[place] >> 32 == hash >> 32, holds(number, key) { return number }
      place = (place + 1) & mask
    }
    return nil
  }

  /// Where a key lies in ``bytes``.
  ///
  /// - Parameter number: A number that ``insert(_:)`` gave.
  /// - Returns: The range.
  func range(_ number: Int) -> Range<Int> { starts[number]..<starts[number + 1] }

  /// All numbers, sorted by the bytes of their keys.
  ///
  /// - Returns: Each number once.
  func sorted() -> [Int] {
    // The first eight bytes decide most comparisons without a walk through the buffer.
    var heads = (0..<count).map { (head: head($0), number: $0) }
    heads.sort { left, right in
      guard left.head == right.head else { return left.head < right.head }
      return precedes(left.number, right.number)
    }
    return heads.map(\.number)
  }

  private func precedes(_ left: Int, _ right: Int) -> Bool {
    let (one, other) = (range(left), range(right))
    let common = min(one.count, other.count)
    var offset = 0
    while offset < common {
      let (first, second) = (bytes[one.lowerBound + offset], bytes[other.lowerBound + offset])
      if first != second { return first < second }
      offset += 1
    }
    return one.count < other.count
  }

  private func head(_ number: Int) -> UInt64 {
    let range = range(number)
    var head: UInt64 = 0
    for offset in 0..<8 {
      head = head << 8 | (offset < range.count ? UInt64(bytes[range.lowerBound + offset]) : 0)
    }
    return head
  }

  private func holds(_ number: Int, _ key: Span<UInt8>) -> Bool {
    let start = starts[number]
    guard starts[number + 1] - start == key.count else { return false }
    let own = bytes.span.extracting(start..<start + key.count)
    var index = 0
    while index + 8 <= key.count {
      if own.eight(index) != key.eight(index) { return false }
      index += 8
    }
    while index < key.count {
      if own[index] != key[index] { return false }
      index += 1
    }
    return true
  }

  private mutating func grow() {
    var wider = [UInt64](repeating: 0, count: places.count * 2)
    let mask = wider.count - 1
    for entry in places where entry != 0 {
      var place = Int(truncatingIfNeeded: entry >> 32) & mask
      while wider[place] != 0 { place = (place + 1) & mask }
      wider[place] = entry
    }
    places = wider
  }

  /// Eight bytes a step, multiplied and folded; good enough for words, and the same on every machine.
  static func hash(_ key: Span<UInt8>) -> UInt64 {
    var hash = UInt64(key.count) &* 0x9E37_79B9_7F4A_7C15
    var index = 0
    while index + 8 <= key.count {
      hash = mixed(hash ^ key.eight(index))
      index += 8
    }
    if index < key.count {
      var rest: UInt64 = 0
      while index < key.count {
        rest = rest << 8 | UInt64(key[index])
        index += 1
      }
      hash = mixed(hash ^ rest)
    }
    return hash
  }

  private static func mixed(_ value: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
    return product.high ^ product.low
  }
}

extension Span<UInt8> {
  /// Eight bytes as a number, the first one lowest.
  @inline(__always)
  func eight(_ position: Int) -> UInt64 {
    precondition(position >= 0 && position <= count - 8)
    // The line above keeps the load inside the span.
    return UInt64(
      littleEndian: unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: position, as: UInt64.self))
  }
}
