import Glibc

/// A sequence of bytes to look for, prepared once.
///
/// `memchr` jumps from one occurrence of the pattern's rarest byte to the next; only there the whole pattern is
/// compared. What is rare is judged for web pages: capital letters and `<`, `_`, digits come before small letters.
public struct ByteSearch: Sendable {
  /// What is looked for; at least one byte.
  public let bytes: [UInt8]
  private let anchor: Int

  /// Prepares a pattern.
  ///
  /// - Parameter text: At least one byte of UTF-8.
  public init(_ text: StaticString) {
    self.init(bytes: Array("\(text)".utf8))
  }

  /// Prepares a search for bytes that are only known when the program runs.
  ///
  /// - Parameter pattern: At least one.
  public init(bytes pattern: [UInt8]) {
    precondition(!pattern.isEmpty, "an empty pattern is everywhere")
    bytes = pattern
    anchor = pattern.indices.min { Self.frequency(pattern[$0]) < Self.frequency(pattern[$1]) } ?? 0
  }

  /// How common a byte is in pages: small numbers are rare.
  private static func frequency(_ byte: UInt8) -> Int {
    switch byte {
    case 0x41...0x5A: 1  // A-Z
    case 0x3C: 2  // <
    case 0x5F, 0x6A, 0x71, 0x7A, 0x78, 0x79: 3  // _ j q z x y
    case 0x77, 0x6B, 0x76, 0x75, 0x68, 0x66, 0x62: 4  // w k v u h f b
    case 0x22, 0x20, 0x65, 0x74, 0x69, 0x73: 9  // " blank e t i s
    default: 6
    }
  }

  /// The first occurrence of one byte.
  ///
  /// - Parameters:
  ///   - byte: What is looked for.
  ///   - bytes: Where to look.
  ///   - start: The first index that is looked at.
  /// - Returns: Its index, or `nil`.
  public static func first(_ byte: UInt8, in bytes: Span<UInt8>, from start: Int) -> Int? {
    guard start >= 0, start < bytes.count else { return nil }
    return unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress,
        let hit = unsafe memchr(base + start, Int32(byte), buffer.count - start)
      else { return nil }
      return unsafe UnsafeRawPointer(hit) - UnsafeRawPointer(base)
    }
  }

  /// The first occurrence that lies in a range.
  ///
  /// - Parameters:
  ///   - haystack: Where to look.
  ///   - range: Bounds; cut to the haystack.
  /// - Returns: Index of the first byte, or `nil`.
  public func first(in haystack: [UInt8], _ range: Range<Int>) -> Int? {
    let lower = max(0, range.lowerBound)
    let upper = min(range.upperBound, haystack.count)
    guard upper - lower >= bytes.count else { return nil }
    let last = upper - bytes.count
    return unsafe haystack.withUnsafeBufferPointer { hay in
      unsafe bytes.withUnsafeBufferPointer { needle in
        guard let base = hay.baseAddress, let pattern = needle.baseAddress else { return nil }
        // The anchor of an occurrence stands from `lower + anchor` to `last + anchor`.
        var position = lower + anchor
        while position <= last + anchor {
          guard
            let hit = unsafe memchr(base + position, Int32(needle[anchor]), last + anchor - position + 1)
          else { return nil }
          let found = unsafe UnsafeRawPointer(hit) - UnsafeRawPointer(base)
          if unsafe base[found - anchor] == needle[0],
            unsafe base[found - anchor + needle.count - 1]
              == needle[needle.count - 1], unsafe memcmp(base + (found - anchor), pattern, needle.count) == 0
          {
            return found - anchor
          }
          position = found + 1
        }
        return nil
      }
    }
  }

  /// The last occurrence that lies in a range.
  ///
  /// - Parameters:
  ///   - haystack: Where to look.
  ///   - range: Bounds; cut to the haystack.
  /// - Returns: Index of the first byte, or `nil`.
  public func last(in haystack: [UInt8], _ range: Range<Int>) -> Int? {
    let lower = max(0, range.lowerBound)
    // `memchr` only looks forward, so the range is taken in blocks from its end.
    var end = min(range.upperBound, haystack.count)
    while end - lower >= bytes.count {
      let start = max(lower, end - Self.block)
      var last: Int?
      var position = start
      while let place = first(in: haystack, position..<end) {
        last = place
        position = place + 1
      }
      if let last { return last }
      // An occurrence may begin in the block before.
      end = start == lower ? lower : start + bytes.count - 1
    }
    return nil
  }

  private static let block = 192

  /// The first byte of a kind that lies in a range.
  ///
  /// - Parameters:
  ///   - byte: Which.
  ///   - haystack: Where to look.
  ///   - range: Bounds; cut to the haystack.
  /// - Returns: Its index, or `nil`.
  public static func first(_ byte: UInt8, in haystack: [UInt8], _ range: Range<Int>) -> Int? {
    let lower = max(0, range.lowerBound)
    let upper = min(range.upperBound, haystack.count)
    guard lower < upper else { return nil }
    return unsafe haystack.withUnsafeBufferPointer { hay in
      guard let base = hay.baseAddress, let hit = unsafe memchr(base + lower, Int32(byte), upper - lower)
      else {
        return nil
      }
      return unsafe UnsafeRawPointer(hit) - UnsafeRawPointer(base)
    }
  }
}
