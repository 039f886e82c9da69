public import SystemPackage

/// Compares files without holding them.
public enum FileCompare {
  /// Whether two files hold the same bytes.
  ///
  /// - Parameters:
  ///   - left: One file.
  ///   - right: The other.
  /// - Returns: The answer.
  /// - Throws: ``StoreError`` when one of them cannot be read.
  public static func areEqual(_ left: FilePath, _ right: FilePath) throws(StoreError) -> Bool {
    guard try FileStamp.of(left)?.size == FileStamp.of(right)?.size else { return false }
    let (one, other) = (try PieceReader(left), try PieceReader(right))
    var (here, there): ([UInt8], [UInt8]) = ([], [])
    while true {
      if here.isEmpty { here = try one.next() }
      if there.isEmpty { there = try other.next() }
      if here.isEmpty || there.isEmpty { return here.isEmpty && there.isEmpty }
      let count = min(here.count, there.count)
      guard here[..<count] == there[..<count] else { return false }
      here.removeFirst(count)
      there.removeFirst(count)
    }
  }
}
