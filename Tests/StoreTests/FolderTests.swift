import Store
import SystemPackage
import TestKit
import Testing

@Suite struct FolderTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func listsInByteOrder() throws {
    for name in ["b", "Z", "é", "a.json", "я", "😀", "\u{FFFD}.json"] { try folder.write(name, []) }
    try Folder.make(folder.path.appending("sub/deep"))
    try makeLink(at: folder.path.appending("link"), to: FilePath("nowhere"))
    let names = try Folder.list(folder.path).map(\.name)
    #expect(names == ["Z", "a.json", "b", "link", "sub", "é", "я", "\u{FFFD}.json", "😀"])
    #expect(try Folder.files(in: folder.path, suffix: ".json") == ["a.json", "\u{FFFD}.json"])
    #expect(try Folder.list(folder.path).first { $0.name == "link" }?.kind == .other)
  }

  @Test func aMissingFolderIsNotAnEmptyOne() throws {
    #expect(
      try #require(throws: StoreError.self) { try Folder.list(folder.path.appending("no")) }.code == .missing)
    #expect(try Folder.exists(folder.path.appending("no")) == false)
    #expect(try AtomicFile.sweep(folder.path.appending("no")) == [])
  }

  @Test func removesLinksNotWhatTheyPointTo() throws {
    let kept = try folder.write("kept/file", [1])
    try Folder.make(folder.path.appending("doomed/a/b"))
    try makeLink(at: folder.path.appending("doomed/link"), to: kept.removingLastComponent())
    try Folder.remove(folder.path.appending("doomed"))
    try Folder.remove(folder.path.appending("doomed"))
    #expect(try AtomicFile.read(kept) == [1])
    #expect(try Folder.list(folder.path).map(\.name) == ["kept"])
  }

  @Test func makingAFolderTwiceIsFine() throws {
    let deep = folder.path.appending("a/b/c")
    try Folder.make(deep)
    try Folder.make(deep)
    #expect(try Folder.exists(deep))
    let file = try folder.write("file", [])
    #expect(throws: StoreError.self) { try Folder.make(file.appending("below")) }
  }
}
