/// Numbers byte strings in the order in which they first come: an open-addressing table over one buffer.
///
/// Neither keys nor numbers depend on a hash seed; numbers are for use inside one build only.
struct ByteTable {
  /// All keys one behind the other.
  private(set) var bytes: [UInt8] = []
  /// Where each key starts; one more than there are keys.
  private(set) var starts: [Int] = [0]
  private var hashes: [UInt32] = []
  /// Key numbers plus one, 0 for a free place; a power of two, at most half full.
  private var places: [UInt32] = Array(repeating: 0, count: 1024)

  /// Number of keys.
  var count: Int { hashes.count }

  /// The number of a key, given now if it is new.
  ///
  /// - Parameters:
  ///   - source: Bytes that hold the key.
  ///   - range: Where the key lies in them.
  /// - Returns: Its number, counted from 0, and whether it is new.
  mutating func insert(_ source: [UInt8], _ range: Range<Int>) -> (number: Int, isNew: Bool) {
    let key = source.span.extracting(range)
    let hash = Self.hash(key)
    let mask = places.count - 1
    var place = Int(hash) & mask
    while places[place] != 0 {
      let number = Int(places[place]) - 1
      if hashes[number] == hash, holds(number, key) { return (number, false) }
      place = (place + 1) & mask
    }
    let number = hashes.count
    for index in key.indices { bytes.append(key[index]) }
    starts.append(bytes.count)
    hashes.append(hash)
    places[place] = UInt32(truncatingIfNeeded: number + 1)
    if hashes.count * 2 > places.count { grow() }
    return (number, true)
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
    let heads = (0..<count).map(head)
    return (0..<count).sorted { left, right in
      guard heads[left] == heads[right] else { return heads[left] < heads[right] }
      return precedes(left, right)
    }
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
    for index in key.indices where bytes[start + index] != key[index] { return false }
    return true
  }

  private mutating func grow() {
    var wider = [UInt32](repeating: 0, count: places.count * 2)
    let mask = wider.count - 1
    for number in hashes.indices {
      var place = Int(hashes[number]) & mask
      while wider[place] != 0 { place = (place + 1) & mask }
      wider[place] = UInt32(truncatingIfNeeded: number + 1)
    }
    places = wider
  }

  /// FNV-1a, with the upper half mixed in.
  private static func hash(_ key: Span<UInt8>) -> UInt32 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for index in key.indices { hash = (hash ^ UInt64(key[index])) &* 0x100_0000_01B3 }
    return UInt32(truncatingIfNeeded: hash ^ hash >> 32)
  }
}
