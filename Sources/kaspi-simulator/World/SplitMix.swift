/// A small random source whose numbers are the same on every machine and in every version of Swift.
///
/// SplitMix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014), started from a label, so
/// that each use has its own stream and one more draw in one place does not move all others.
struct SplitMix {
  private var state: UInt64

  /// Starts a stream.
  init(_ seed: Int, _ label: String, _ numbers: Int...) {
    // FNV-1a over the seed, the label and the numbers.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    func mix(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    func mix(_ number: Int) {
      var rest = UInt64(bitPattern: Int64(number))
      for _ in 0..<8 {
        mix(UInt8(truncatingIfNeeded: rest))
        rest >>= 8
      }
    }
    mix(seed)
    for byte in label.utf8 { mix(byte) }
    for number in numbers { mix(number) }
    state = hash
  }

  /// The next 64 bits.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }

  /// A number from 0 to below `bound`; `bound` is at least 1.
  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

  /// A number of a range.
  mutating func within(_ range: ClosedRange<Int>) -> Int { range.lowerBound + below(range.count) }

  /// Whether something that happens in `percent` of cases happens.
  mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

  /// One of a list that is not empty.
  mutating func pick<Element>(_ list: [Element]) -> Element { list[below(list.count)] }

  /// So many decimal digits.
  mutating func digits(_ count: Int) -> String {
    var text = ""
    for _ in 0..<count { text += String(below(10)) }
    return text
  }

  /// So many hexadecimal digits.
  mutating func hex(_ count: Int) -> String {
    var text = ""
    for _ in 0..<count { text += String(below(16), radix: 16) }
    return text
  }
}
