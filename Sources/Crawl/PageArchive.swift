internal import Store
internal import SystemPackage

/// Raw answers kept under the SHA-256 of their bytes: `pages/ab/<64 digits>`.
struct PageArchive: Sendable {
  private let folder: FilePath

  /// Names an archive; nothing is made before the first page.
  ///
  /// - Parameter folder: The crawl's folder of a shop.
  init(_ folder: FilePath) { self.init(shelves: folder.appending("pages")) }

  /// Names an archive of something else than pages.
  ///
  /// - Parameter folder: The folder whose shelves hold it.
  init(shelves folder: FilePath) { self.folder = folder }

  /// Takes over what an earlier version kept one folder deeper.
  ///
  /// Killed in the middle, the next call moves the rest.
  ///
  /// - Parameter deeper: The deeper folder; gone afterwards.
  /// - Throws: ``StoreError`` when the disk refuses.
  func takeOver(_ deeper: FilePath) throws(StoreError) {
    guard try Folder.exists(deeper) else { return }
    for shelf in try Folder.list(deeper) {
      let target = folder.appending(shelf.name)
      try Folder.make(target)
      for name in try Folder.files(in: deeper.appending(shelf.name)) {
        try Folder.move(deeper.appending(shelf.name).appending(name), to: target.appending(name))
      }
    }
    try Folder.remove(deeper)
  }

  private func path(_ digest: String) -> FilePath {
    folder.appending(String(digest.prefix(2))).appending(digest)
  }

  /// Keeps an answer; it outlives the process when this returns.
  ///
  /// A power cut may leave fewer bytes under the name: ``read(_:)`` sees that, and the answer is asked anew.
  ///
  /// - Parameter bytes: The answer, without people in it.
  /// - Returns: Its name.
  /// - Throws: ``StoreError`` when it could not be written.
  func keep(_ bytes: [UInt8]) throws(StoreError) -> String {
    let digest = Digest.sha256(bytes)
    if try read(digest) == nil { try AtomicFile.writeLazily(bytes, to: path(digest)) }
    return digest
  }

  /// Reads an answer back.
  ///
  /// - Parameter digest: Its name.
  /// - Returns: The bytes, or `nil` when they are not there or no longer what they were: then they are asked anew.
  /// - Throws: ``StoreError`` when the disk refuses.
  func read(_ digest: String) throws(StoreError) -> [UInt8]? {
    guard digest.utf8.count == 64 else { return nil }
    let bytes: [UInt8]
    do {
      bytes = try AtomicFile.read(path(digest))
    } catch  where error.code == .missing {
      return nil
    }
    return Digest.sha256(bytes) == digest ? bytes : nil
  }

  /// Whether an answer lies there in its full length; what is in it is seen when it is read.
  ///
  /// - Parameters:
  ///   - digest: Its name.
  ///   - size: Its length.
  /// - Returns: `false` as well for a name that is none.
  /// - Throws: ``StoreError`` when the disk refuses.
  func has(_ digest: String, size: Int) throws(StoreError) -> Bool {
    guard digest.utf8.count == 64 else { return false }
    return try Folder.size(of: path(digest)) == size
  }

  /// Removes every answer that the finished crawl does not name.
  ///
  /// - Parameter digests: The names to keep.
  /// - Returns: How many were removed.
  /// - Throws: What the file system answers.
  @discardableResult
  func sweep(keeping digests: Set<KeptName>) throws -> Int {
    guard try Folder.exists(folder) else { return 0 }
    var removed = 0
    for shelf in try Folder.list(folder) {
      let shelfPath = folder.appending(shelf.name)
      for name in try Folder.files(in: shelfPath) where !(KeptName(name.utf8).map(digests.contains) ?? false)
      {
        try Folder.remove(shelfPath.appending(name))
        removed += 1
      }
    }
    return removed
  }
}
