public import Model
public import Store
public import SystemPackage

/// Puts the files of channels into `feeds/`, each replaced in one step.
public struct ChannelPublisher: Sendable {
  private let folders: ShopFolders

  /// Opens the feeds of a shop.
  ///
  /// - Parameter folders: The shop's places.
  public init(_ folders: ShopFolders) { self.folders = folders }

  /// What became of one channel.
  public struct Result: Sendable {
    /// The channel's name.
    public var name: String
    /// The file's path.
    public var path: FilePath
    /// What is in it, and what is not.
    public var file: ChannelFile
    /// Whether it was written; `false` when it held these bytes already, or was kept.
    public var isNew: Bool
    /// Whether the old file was kept, because the new one has no offer at all.
    public var isKept = false
  }

  /// Builds every channel, then replaces what changed.
  ///
  /// - Parameters:
  ///   - channels: Kaspi's is passed over: its file belongs to the version.
  ///   - version: The version that is out.
  ///   - isDryRun: Whether nothing is written.
  ///   - allowsEmpty: Whether a file without any offer may replace one that is there.
  /// - Returns: A result a channel.
  /// - Throws: ``PublishError`` before anything is replaced; `StoreError` for the disk.
  public func publish(
    _ channels: [Channel], of version: PublishedVersion, isDryRun: Bool = false,
    allowsEmpty: Bool = false
  ) throws -> [Result] {
    let files = try channels.filter { $0.kind != .kaspi }.map { ($0, try ChannelFile($0, of: version)) }
    return try files.map { channel, file in
      let path = folders.feeds.appending(channel.file)
      // What cannot be read is as good as different: it is written again.
      let old = try? AtomicFile.read(path)
      let isNew = old != file.bytes
      // A condition that nothing meets any more would take every offer off a marketplace.
      if isNew, file.items == 0, !allowsEmpty, let old, ChannelFile.hasItems(old, channel.kind) {
        return Result(name: channel.name, path: path, file: file, isNew: false, isKept: true)
      }
      if isNew, !isDryRun { try AtomicFile.write(file.bytes, to: path) }
      return Result(name: channel.name, path: path, file: file, isNew: isNew)
    }
  }

  /// Files beside those of the channels: of a channel that is gone from the configuration, with the prices of its last day.
  ///
  /// - Parameter channels: As configured.
  /// - Returns: Sorted by name; empty before the first night.
  /// - Throws: `StoreError`.
  public func strangers(_ channels: [Channel]) throws(StoreError) -> [FilePath] {
    guard try Folder.exists(folders.feeds) else { return [] }
    let known = Set(channels.map(\.file) + [FeedFile.name])
    return try Folder.files(in: folders.feeds).filter { !known.contains($0) && !$0.hasPrefix(".") }.map {
      folders.feeds.appending($0)
    }
  }

  /// Compares what is served with what the version makes.
  ///
  /// - Parameters:
  ///   - channels: As configured.
  ///   - version: The version that is out.
  /// - Returns: A finding for each file that differs.
  /// - Throws: ``PublishError`` when a channel cannot be built.
  public func findings(_ channels: [Channel], of version: PublishedVersion) throws -> [Finding] {
    try publish(channels, of: version, isDryRun: true, allowsEmpty: true).filter(\.isNew).map { result in
      Finding(
        rule: "channel", severity: .error, place: Place(result.path.string),
        message: "differs from what version \(version.manifest.version) makes of the channel \(result.name)",
        hint: "kaspi-catalog export writes it again.")
    }
  }
}
