extension String {
  /// Whether two texts have the same UTF-8 bytes; Unicode's idea of equal spellings does not count.
  ///
  /// - Parameter other: The other text.
  /// - Returns: Whether every byte is the same.
  public func hasBytes(of other: String) -> Bool {
    let (left, right) = (utf8, other.utf8)
    let (first, second) = (left.span, right.span)
    guard first.count == second.count else { return false }
    for index in first.indices where first[index] != second[index] { return false }
    return true
  }

  /// Whether this text comes before another in the order of UTF-8 bytes, which is also that of Unicode scalars.
  ///
  /// - Parameter other: The other text.
  /// - Returns: Whether this one is the lesser.
  public func precedesInBytes(_ other: String) -> Bool {
    let (left, right) = (utf8, other.utf8)
    let (first, second) = (left.span, right.span)
    for index in 0..<Swift.min(first.count, second.count) where first[index] != second[index] {
      return first[index] < second[index]
    }
    return first.count < second.count
  }

  /// Feeds the UTF-8 bytes and a mark of their end into a hash.
  ///
  /// - Parameter hasher: What to feed.
  public func combineBytes(into hasher: inout Hasher) {
    let utf8 = utf8
    let bytes = utf8.span
    var word: UInt64 = 0
    for index in bytes.indices {
      word = word << 8 | UInt64(bytes[index])
      if index & 7 == 7 {
        hasher.combine(word)
        word = 0
      }
    }
    hasher.combine(word)
    hasher.combine(UInt32(truncatingIfNeeded: bytes.count))
  }
}
