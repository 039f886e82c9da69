internal import Store
internal import SystemPackage

/// The raw answers of a crawl, each under the SHA-256 of its bytes, in one file; see the article Journal.
///
/// Earlier versions had a file for each in a folder `pages`: what lies there is read, and taken over when a crawl has
/// ended well.
final class PageArchive: Sendable {
  /// Its file.
  static let name = "pages.pack"

  private let pack: PackFile
  private let old: Shelves?
  private let cadence = SyncCadence()

  /// Opens an archive; nothing is made before the first answer.
  ///
  /// - Parameter folder: The crawl's folder of a shop.
  /// - Throws: ``StoreError`` when the disk refuses, or the file's format is a later one.
  init(_ folder: FilePath) throws(StoreError) {
    pack = try PackFile(folder.appending(Self.name))
    let shelves = folder.appending("pages")
    old = try Folder.exists(shelves) ? Shelves(shelves) : nil
  }

  /// Keeps an answer; it outlives the process when this returns, and a power cut a second later.
  ///
  /// What a power cut leaves less of is seen by ``read(_:)``, and asked anew.
  ///
  /// - Parameters:
  ///   - bytes: The answer, without people in it.
  ///   - digest: Its SHA-256, where it has been taken already.
  /// - Returns: Its name.
  /// - Throws: ``StoreError`` when it could not be written.
  func keep(_ bytes: [UInt8], digest: String? = nil) throws(StoreError) -> String {
    let name = try pack.keep(bytes, digest: digest)
    // What it throws, the next content throws as well.
    cadence.piece { [pack] in try? pack.sync() }
    return name
  }

  /// Brings every answer to disk.
  ///
  /// - Throws: ``StoreError`` when the disk refuses.
  func sync() throws(StoreError) { try pack.sync() }

  /// Reads an answer back.
  ///
  /// - Parameter digest: Its name.
  /// - Returns: The bytes, or `nil` when they are not there or no longer what they were: then they are asked anew.
  /// - Throws: ``StoreError`` when the disk refuses.
  func read(_ digest: String) throws(StoreError) -> [UInt8]? {
    if let bytes = try pack.read(digest) { return bytes }
    return try old?.read(digest)
  }

  /// Whether an answer lies there in its full length; what is in it is seen when it is read.
  ///
  /// - Parameters:
  ///   - digest: Its name.
  ///   - size: Its length.
  /// - Returns: `false` as well for a name that is none.
  /// - Throws: ``StoreError`` when the disk refuses.
  func has(_ digest: String, size: Int) throws(StoreError) -> Bool {
    if pack.length(of: digest) == size { return true }
    return try old?.read(digest)?.count == size
  }

  /// Names of all answers that lie there; what is in them is seen when they are read.
  ///
  /// - Throws: ``StoreError`` when the disk refuses.
  func names() throws(StoreError) -> Set<ContentName> {
    try pack.names.union(old?.names() ?? [])
  }

  /// Removes what the finished crawl does not name, once that is most of the file.
  ///
  /// - Parameter names: The names to keep.
  /// - Throws: ``StoreError`` when the disk refuses.
  func sweep(keeping names: Set<ContentName>) throws(StoreError) {
    try old?.drain(names) { bytes throws(StoreError) in _ = try pack.keep(bytes) }
    try pack.sweep(keeping: names)
  }
}
