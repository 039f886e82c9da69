import SystemPackage
import TestKit
import Testing

@testable import Store

@Suite struct PieceFileTests {
  @Test func isNotThereBeforeItIsWhole() throws {
    let folder = try TemporaryFolder()
    let path = folder.path.appending("deep").appending("result.json")
    let file = try PieceFile(path)
    for number in 0..<100_000 { try file.append(Array("\(number)\n".utf8)) }
    #expect(try !Folder.exists(path))
    try file.commit()
    #expect(try AtomicFile.read(path) == Array((0..<100_000).map { "\($0)\n" }.joined().utf8))
    #expect(try Folder.files(in: path.removingLastComponent()) == ["result.json"])
  }

  @Test func leavesTheOldFileAndNothingElseWhenItIsGivenUp() throws {
    let folder = try TemporaryFolder()
    try folder.write("result.json", Array("old".utf8))
    do {
      let file = try PieceFile(folder.path.appending("result.json"))
      try file.append([UInt8](repeating: 0x41, count: 1 << 20))
    }
    #expect(try folder.read("result.json") == Array("old".utf8))
    #expect(try Folder.list(folder.path).map(\.name) == ["result.json"])
  }

  @Test func aSpoolGivesBackEveryPieceInAnyOrder() throws {
    let folder = try TemporaryFolder()
    let spool = try SpoolFile(in: folder.path)
    let pieces = (0..<5_000).map { [UInt8](repeating: UInt8(truncatingIfNeeded: $0), count: $0 % 300) }
    let places = try pieces.map { try spool.append($0) }
    for index in pieces.indices.reversed() { #expect(try spool.read(places[index]) == pieces[index]) }
    #expect(try Folder.list(folder.path).isEmpty, "its file has no name")
    #expect(throws: StoreError.self) { try spool.read(spool.count..<spool.count + 1) }
  }
}
