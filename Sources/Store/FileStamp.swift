public import SystemPackage

/// Size and last change of a file: as long as both stay, nobody has written it.
public struct FileStamp: Sendable, Hashable {
  /// Bytes.
  public var size: Int
  /// Of the last change, since 1970.
  public var seconds: Int
  /// Behind the seconds.
  public var nanoseconds: Int

  /// Makes a stamp.
  ///
  /// - Parameters:
  ///   - size: Bytes.
  ///   - seconds: Of the last change, since 1970.
  ///   - nanoseconds: Behind the seconds.
  public init(size: Int, seconds: Int, nanoseconds: Int) {
    self.size = size
    self.seconds = seconds
    self.nanoseconds = nanoseconds
  }

  /// Looks at a file.
  ///
  /// - Parameter path: The file.
  /// - Returns: Its stamp, or `nil` when it does not exist.
  /// - Throws: ``StoreError``.
  public static func of(_ path: FilePath) throws(StoreError) -> FileStamp? { try Calls.stamp(of: path) }
}
