import Store
import SystemPackage
import TestKit
import Testing

@Suite struct VersionStoreTests {
  let folder: TemporaryFolder
  let store: VersionStore

  init() throws {
    folder = try TemporaryFolder()
    store = VersionStore(folder.path.appending("versions"))
  }

  private func publish(_ version: Int) throws {
    try store.publish(
      version,
      files: [
        ("b", [UInt8(truncatingIfNeeded: version)]), ("a.json", [UInt8(truncatingIfNeeded: version), 0]),
      ])
  }

  @Test func headNamesTheLastOfSeveral() throws {
    #expect(try store.head() == nil && store.numbers() == [])
    try publish(1)
    try publish(2)
    try publish(1_000_017)
    #expect(try store.head() == 1_000_017 && store.numbers() == [1, 2, 1_000_017])
    #expect(try store.read(2, "b") == [2] && store.files(of: 2) == ["a.json", "b"])
    #expect(store.path(of: 17).lastComponent?.string == "000017")
    #expect(try AtomicFile.read(store.folder.appending("HEAD")) == Array("1000017\n".utf8))
  }

  @Test(arguments: [1, 2, 0, -1])
  func refusesANumberThatIsNotAhead(version: Int) throws {
    try publish(2)
    #expect(throws: StoreError.self) { try publish(version) }
    #expect(try store.head() == 2 && store.read(2, "b") == [2])
  }

  @Test(arguments: ["../HEAD", "a/b", "..", ".", "", "/etc/passwd", "a\u{0}b"])
  func refusesNamesThatLeadElsewhere(name: String) throws {
    try publish(1)
    #expect(throws: StoreError.self) { try store.publish(2, files: [(name, [])]) }
    #expect(throws: StoreError.self) { try store.read(1, name) }
    #expect(try Folder.list(store.folder).map(\.name) == ["000001", "HEAD"], "no draft stays")
  }

  @Test(arguments: ["", "1", "1\n\n", "x\n", "0\n", "-1\n", "1\r\n", "99999999999999999999\n", "2\n"])
  func aBadHeadIsDamage(text: String) throws {
    try publish(1)
    try AtomicFile.write(Array(text.utf8), to: store.folder.appending("HEAD"))
    let error = try #require(throws: StoreError.self) { try store.head() }
    #expect(error.code == .damaged)
  }

  @Test func aLostHeadIsDamageNotANewShop() throws {
    try publish(1)
    try publish(2)
    try Folder.remove(store.folder.appending("HEAD"))
    #expect(try #require(throws: StoreError.self) { try store.head() }.code == .damaged)
    #expect(throws: StoreError.self) { try publish(3) }
    #expect(store.sweep().count == 1, "and nothing is swept")
    #expect(try Folder.list(store.folder).count == 2)
  }

  @Test func everyPlaceOfAKillLeavesTheOldVersionOrTheNewOne() throws {
    var heads: Set<Int> = []
    let calls = try Killing.everywhere {
      try Folder.remove(store.folder)
      try publish(1)
    } run: {
      try publish(2)
    } check: { _ in
      let head = try #require(try store.head())
      heads.insert(head)
      #expect(try store.read(head, "b") == [UInt8(head)] && store.read(head, "a.json") == [UInt8(head), 0])
      #expect(try store.numbers() == Array(1...head))
      // The next run: sweeps, and can publish the same number.
      if head == 1 {
        if Bool.random() { #expect(store.sweep().isEmpty) }
        try publish(2)
      }
      #expect(store.sweep().isEmpty)
      #expect(try Folder.list(store.folder).map(\.name) == ["000001", "000002", "HEAD"])
      #expect(try store.read(2, "b") == [2])
    }
    #expect(heads == [1, 2])
    let switching = try #require(calls.lastIndex(of: "rename"))
    let placing = try #require(calls[..<switching].lastIndex(of: "rename"))
    #expect(calls[placing - 1] == "fsync" && calls[placing + 1] == "fsync", "\(calls)")
  }

  @Test func everyPlaceOfAKillKeepsAFileThatBothVersionsHave() throws {
    var heads: Set<Int> = []
    let calls = try Killing.everywhere {
      try Folder.remove(store.folder)
      try publish(1)
    } run: {
      try store.publish(2, files: [("a.json", [2, 0])], keeping: ["b"])
    } check: { _ in
      let head = try #require(try store.head())
      heads.insert(head)
      #expect(try store.read(head, "b") == [1] && store.read(head, "a.json") == [UInt8(head), 0])
      if head == 1 { try store.publish(2, files: [("a.json", [2, 0])], keeping: ["b"]) }
      try store.remove(1)
      #expect(try store.read(2, "b") == [1], "the file lives on")
      #expect(store.sweep().isEmpty)
      #expect(try Folder.list(store.folder).map(\.name) == ["000002", "HEAD"])
    }
    #expect(heads == [1, 2] && calls.contains("link"))
    #expect(throws: StoreError.self) { try store.publish(3, files: [], keeping: ["none"]) }
    #expect(throws: StoreError.self) { try store.publish(3, files: [], keeping: ["../HEAD"]) }
    #expect(try store.head() == 2)
  }

  @Test func copiesAFileWhereNoSecondNameIsPossible() throws {
    try publish(1)
    try Interruption.before { (call, path) throws(StoreError) in
      if call == "link" { throw StoreError(code: .denied, path: path, detail: "no links here") }
    } run: {
      try store.publish(2, files: [("a.json", [2, 0])], keeping: ["b"])
    }
    #expect(try store.read(2, "b") == [1] && store.read(2, "a.json") == [2, 0])
  }

  @Test func theFirstVersionMayBeKilledToo() throws {
    let calls = try Killing.everywhere {
      try Folder.remove(store.folder)
    } run: {
      try publish(1)
    } check: { _ in
      if let head = try store.head() { #expect(try store.read(head, "b") == [1]) }
      if try store.head() == nil { try publish(1) }
      #expect(try store.head() == 1)
    }
    #expect(calls.count > 8)
  }

  @Test func removesOldVersionsButNeverTheCurrentOne() throws {
    try publish(1)
    try publish(2)
    try store.remove(1)
    try store.remove(1)
    #expect(try store.numbers() == [2])
    #expect(throws: StoreError.self) { try store.remove(2) }
  }
}
