import Store
import SystemPackage
import TestKit
import Testing

@Suite struct AtomicFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: [0, 1, 4096, 1_000_000])
  func readsBackWhatWasWritten(count: Int) throws {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
    let file = folder.path.appending("deep/below/file")
    try AtomicFile.write(Array("old".utf8), to: file)
    try AtomicFile.write(bytes, to: file)
    #expect(try AtomicFile.read(file) == bytes)
    #expect(try Folder.list(file.removingLastComponent()).map(\.name) == ["file"])
  }

  @Test func personalDataIsForTheOwnerAlsoWhenTheFileWasThere() throws {
    let file = folder.path.appending("phones.json")
    try AtomicFile.write([1], to: file)
    #expect(try Stat(file).permissions.contains(.ownerReadWrite))
    try AtomicFile.write([2], to: file, mode: .ownerReadWrite)
    #expect(try Stat(file).permissions == .ownerReadWrite)
  }

  @Test func aMissingFileIsMissingNotEmpty() throws {
    let error = try #require(throws: StoreError.self) { try AtomicFile.read(folder.path.appending("none")) }
    #expect(error.code == .missing && error.path.hasSuffix("none") && !error.hint.isEmpty)
  }

  @Test func refusesMoreThanAllowed() throws {
    let file = try folder.write("f", [1, 2, 3])
    #expect(try AtomicFile.read(file, maximumBytes: 3) == [1, 2, 3])
    #expect(
      try #require(throws: StoreError.self) { try AtomicFile.read(file, maximumBytes: 2) }.code == .full)
  }

  @Test func replacesALinkInsteadOfFollowingIt() throws {
    let other = try folder.write("other", [1])
    let link = folder.path.appending("link")
    try makeLink(at: link, to: other)
    try AtomicFile.write([2], to: link)
    #expect(try AtomicFile.read(other) == [1])
    #expect(try AtomicFile.read(link) == [2])
  }

  @Test func refusesWhatIsNoPathOfAFile() {
    for path in ["", "/", "a/..", "."] {
      #expect(throws: StoreError.self) { try AtomicFile.write([], to: FilePath(path)) }
    }
  }

  @Test func aFolderInTheWayLeavesNothingBehind() throws {
    let target = folder.path.appending("taken")
    try Folder.make(target)
    #expect(throws: StoreError.self) { try AtomicFile.write([1], to: target) }
    #expect(try Folder.list(folder.path).map(\.name) == ["taken"])
  }

  @Test func everyPlaceOfAKillLeavesOldOrNew() throws {
    let file = folder.path.appending("file")
    let (old, new) = ([UInt8](repeating: 1, count: 100), [UInt8](repeating: 2, count: 200))
    var outcomes: Set<[UInt8]> = []
    let calls = try Killing.everywhere {
      try AtomicFile.write(old, to: file)
    } run: {
      try AtomicFile.write(new, to: file)
    } check: { _ in
      outcomes.insert(try AtomicFile.read(file))
    }
    #expect(outcomes == [old, new])
    #expect(
      calls == ["open", "write", "fsync", "rename", "fsync"], "the folder is fsynced too, after the rename")
    #expect(try AtomicFile.sweep(folder.path).count > 0)
    #expect(try Folder.list(folder.path).map(\.name) == ["file"])
  }
}
