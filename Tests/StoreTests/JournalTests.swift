import SystemPackage
import TestKit
import Testing

@testable import Store

@Suite struct JournalTests {
  let folder: TemporaryFolder
  let file: FilePath

  init() throws {
    folder = try TemporaryFolder()
    file = folder.path.appending("outbox/journal.jsonl")
  }

  private func write(_ records: [JSONValue]) throws {
    let (journal, _, _) = try Journal.open(file)
    for record in records { try journal.append(record) }
  }

  @Test func aLineIsJSONAndItsChecksum() throws {
    try write([["b": 1, "a": "ж\n"]])
    #expect(
      String(decoding: try AtomicFile.read(file), as: UTF8.self) == "{\"a\":\"ж\\n\",\"b\":1} ec6e670a\n")
  }

  @Test func keepsOrderOverReopening() throws {
    try write([["n": 1]])
    try write([["n": 2], ["n": 3]])
    let (journal, records, tornBytes) = try Journal.open(file)
    #expect(records == [["n": 1], ["n": 2], ["n": 3]] && tornBytes == 0)
    try journal.append(contentsOf: [["n": 4], ["n": 5]])
    try journal.append(contentsOf: [])
    #expect(try Journal.read(file).compactMap { $0["n"]?.int } == [1, 2, 3, 4, 5])
  }

  @Test func aTornTailIsCutAtEveryLength() throws {
    try write([["n": 1, "t": "қ"], ["n": 2]])
    let whole = try AtomicFile.read(file)
    let ends = whole.indices.filter { whole[$0] == 0x0A }.map { $0 + 1 }
    for length in 0...whole.count {
      try folder.write("outbox/journal.jsonl", Array(whole[..<length]))
      let expected = ends.filter { $0 <= length }
      #expect(try Journal.read(file).count == expected.count, "readers see it without repair")
      #expect(try AtomicFile.read(file).count == length)
      let (journal, records, tornBytes) = try Journal.open(file)
      #expect(
        records.count == expected.count && tornBytes == length - (expected.last ?? 0), "cut at \(length)")
      try journal.append(["n": 9])
      #expect(try Journal.read(file).last == ["n": 9] && Journal.read(file).count == expected.count + 1)
    }
  }

  @Test func everyFlippedBitIsNamedByItsLine() throws {
    try write([["n": 1], ["n": 2], ["n": 3]])
    let whole = try AtomicFile.read(file)
    var line = 1
    for index in whole.indices {
      for bit in 0..<8 where index + 1 < whole.count {
        var bytes = whole
        bytes[index] ^= 1 << bit
        try folder.write("outbox/journal.jsonl", bytes)
        let error = try #require(throws: StoreError.self, "byte \(index), bit \(bit)") {
          try Journal.open(file)
        }
        #expect(error.code == .damaged && error.detail.contains("line \(line) "), "byte \(index): \(error)")
        #expect(try AtomicFile.read(file) == bytes, "damage is left as it is")
      }
      if whole[index] == 0x0A { line += 1 }
    }
  }

  @Test(arguments: ["\n", "[1] 00000000\n", "{} 00000000\n", "{\"a\":1}\n"])
  func refusesLinesThatWereNeverWritten(text: String) throws {
    try AtomicFile.write(Array(text.utf8), to: file)
    let error = try #require(throws: StoreError.self) { try Journal.open(file) }
    #expect(error.code == .damaged && error.detail.contains("line 1 "))
  }

  @Test func isForTheOwnerAlsoWhenTheFileWasThere() throws {
    _ = try Journal.open(file)
    #expect(try Stat(file).permissions.contains(.otherRead))
    _ = try Journal.open(file, mode: .ownerReadWrite)
    #expect(try Stat(file).permissions == .ownerReadWrite)
  }

  @Test func aMissingJournalIsMissingForReaders() throws {
    #expect(try #require(throws: StoreError.self) { try Journal.read(file) }.code == .missing)
  }

  @Test func anAppendIsOnDiskBeforeItReturns() throws {
    var journal: Journal?
    let calls = try Killing.everywhere {
      try Folder.remove(folder.path.appending("outbox"))
      journal = try Journal.open(file).journal
    } run: {
      try journal?.append(["n": 1])
    } check: { _ in
      let (_, records, _) = try Journal.open(file)
      #expect(records.count <= 1)
    }
    #expect(calls == ["write", "fdatasync"])
  }

  @Test func afterAFailedSyncNothingMoreIsWritten() throws {
    let (journal, _, _) = try Journal.open(file)
    try Interruption.before { name, path throws(StoreError) in
      if name == "fdatasync" { throw StoreError(code: .failed, path: path, detail: "no sync") }
    } run: {
      #expect(throws: StoreError.self) { try journal.append(["n": 1]) }
    }
    let error = try #require(throws: StoreError.self) { try journal.append(["n": 2]) }
    #expect(error.detail == "no sync")
    #expect(try Journal.read(file) == [["n": 1]])
  }
}

@Suite struct JournalLineTests {
  @Test func findsEveryLineAgain() throws {
    let folder = try TemporaryFolder()
    let path = folder.path.appending("journal.jsonl")
    let journal = try Journal.open(path).journal
    try journal.append(["first": 1])
    let texts = (0..<200).map { "{\"n\":\($0)}" }
    let places = try texts.map { try journal.appendLazily(json: Array($0.utf8)) }
    let reader = try JournalReader(path)
    for (text, place) in zip(texts, places) {
      #expect(try reader.read(at: place) == Array(text.utf8))
    }
    let wrong = places[3].lowerBound..<places[3].upperBound + 1
    #expect(try reader.read(at: wrong) == nil)
    var seen: [Range<Int>] = []
    _ = try Journal.open(
      path,
      lines: { line in
        seen.append(line.place)
        return line.json != nil
      })
    #expect(Array(seen.dropFirst()) == places)
    #expect(try Journal.read(path).count == 201)
  }

  @Test func aLineThatTheReaderRefusesIsDamage() throws {
    let folder = try TemporaryFolder()
    let path = folder.path.appending("journal.jsonl")
    try Journal.open(path).journal.append(contentsOf: [["a": 1], ["b": 2]])
    #expect(throws: StoreError.self) { try Journal.read(path, lines: { $0.place.lowerBound == 0 }) }
  }
}
