internal import Store
internal import SystemPackage

/// Contents in a file each, under the SHA-256 of their bytes: `ab/<64 digits>`.
///
/// For what people look at by itself: pictures, and the bodies of a cassette.
struct Shelves: Sendable {
  private let folder: FilePath

  /// Names shelves; nothing is made before the first content.
  ///
  /// - Parameter folder: The folder that holds them.
  init(_ folder: FilePath) { self.folder = folder }

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

  /// Keeps a content; it outlives the process when this returns.
  ///
  /// A power cut may leave fewer bytes under the name: ``read(_:)`` sees that.
  ///
  /// - Parameter bytes: Any.
  /// - Returns: Its name.
  /// - Throws: ``StoreError`` when it could not be written.
  func keep(_ bytes: [UInt8]) throws(StoreError) -> String {
    let digest = Digest.sha256(bytes)
    if try read(digest) == nil { try AtomicFile.writeLazily(bytes, to: path(digest)) }
    return digest
  }

  /// Reads a content back.
  ///
  /// - Parameter digest: Its name.
  /// - Returns: The bytes, or `nil` when they are not there or no longer what they were.
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

  /// Names of all contents that are what they were.
  ///
  /// - Throws: ``StoreError`` when the disk refuses.
  func names() throws(StoreError) -> Set<ContentName> {
    var names: Set<ContentName> = []
    for shelf in try Folder.list(folder) where shelf.kind == .folder {
      for file in try Folder.files(in: folder.appending(shelf.name)) where try read(file) != nil {
        if let name = ContentName(file.utf8) { names.insert(name) }
      }
    }
    return names
  }

  /// Gives up the shelves: hands over what is named and removes everything.
  ///
  /// Killed in the middle, the next call hands over all of it again.
  ///
  /// - Parameters:
  ///   - names: What is still needed.
  ///   - take: Given every named content that is what it was.
  /// - Throws: ``StoreError`` when the disk refuses, and what `take` throws.
  func drain(
    _ names: Set<ContentName>, _ take: ([UInt8]) throws(StoreError) -> Void
  ) throws(StoreError) {
    guard try Folder.exists(folder) else { return }
    for shelf in try Folder.list(folder) where shelf.kind == .folder {
      for file in try Folder.files(in: folder.appending(shelf.name)) {
        guard let name = ContentName(file.utf8), names.contains(name), let bytes = try read(file) else {
          continue
        }
        try take(bytes)
      }
    }
    try Folder.remove(folder)
  }
}
