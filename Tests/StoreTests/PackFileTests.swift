import Synchronization
import SystemPackage
import TestKit
import Testing

@testable import Store

@Suite struct PackFileTests {
  private let folder: TemporaryFolder
  private let path: FilePath

  /// Empty, short, with line ends, with something like a header, and not text at all.
  private static let contents: [[UInt8]] = [
    [], Array("a".utf8), Array("two\nlines\n".utf8), Array("\npage 0000\npage ".utf8),
    (0..<300).map { UInt8(truncatingIfNeeded: $0) },
  ]

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path.appending("crawl/pages.pack")
  }

  @discardableResult
  private func keepAll() throws -> [String] {
    let pack = try PackFile(path)
    return try Self.contents.map { try pack.keep($0) }
  }

  /// The sample of format 1: this text stays readable.
  private static let sample = """
    kaspi-pack 1
    page 7ce1859ed1548a3eb08bc1353d0e555783b965fe66f470d5cf3df41e66a82f4f 0000000006 6cb9a8e6
    чай

    """

  @Test func theSampleOfFormatOneIsWrittenAndRead() throws {
    let pack = try PackFile(path)
    let name = try pack.keep(Array("чай".utf8))
    #expect(String(decoding: try AtomicFile.read(path), as: UTF8.self) == Self.sample)
    try folder.write("sample.pack", Array(Self.sample.utf8))
    #expect(try PackFile(folder.path.appending("sample.pack")).read(name) == Array("чай".utf8))
  }

  @Test func givesBackWhatWasKeptAlsoAfterReopening() throws {
    let pack = try PackFile(path)
    #expect(try !Folder.exists(path), "nothing is made before the first content")
    let names = try keepAll()
    for reader in [try PackFile(path), try PackFile(path)] {
      for (name, content) in zip(names, Self.contents) {
        #expect(try reader.read(name) == content && reader.length(of: name) == content.count)
      }
      #expect(try reader.damages() == [])
      #expect(try reader.read(String(repeating: "0", count: 64)) == nil)
      #expect(try reader.read("no name") == nil && reader.length(of: "no name") == nil)
    }
    #expect(try pack.read(names[1]) == nil, "it was opened before there was a file")
  }

  @Test func keepsEachContentOnce() throws {
    try keepAll()
    let size = try AtomicFile.read(path).count
    #expect(try keepAll().count == Self.contents.count)
    #expect(try AtomicFile.read(path).count == size)
  }

  @Test func manyTasksKeepAtOnce() async throws {
    let pack = try PackFile(path)
    let names = try await withThrowingTaskGroup(of: (Int, String).self) { group in
      for number in 0..<200 {
        group.addTask { (number, try pack.keep(Array(repeating: UInt8(number), count: 50 + number))) }
      }
      return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
    let reader = try PackFile(path)
    for (number, name) in names {
      #expect(try reader.read(name) == Array(repeating: UInt8(number), count: 50 + number))
    }
    #expect(try reader.damages() == [])
  }

  // MARK: Cut and damaged

  @Test func everyCutLeavesTheContentsBeforeIt() throws {
    let names = try keepAll()
    let whole = try AtomicFile.read(path)
    var ends = [PackHeader.head.count]
    for content in Self.contents { ends.append(ends[ends.count - 1] + PackHeader.size + content.count) }
    #expect(ends.last == whole.count)
    for length in 0...whole.count {
      try folder.write("crawl/pages.pack", Array(whole[..<length]))
      let pack = try PackFile(path)
      let intact = ends.dropFirst().count { $0 <= length }
      for (index, name) in names.enumerated() {
        #expect(try pack.read(name) == (index < intact ? Self.contents[index] : nil), "cut at \(length)")
      }
      #expect(try AtomicFile.read(path).count == length, "readers change nothing")
      #expect(try pack.damages().isEmpty == (ends.contains(length) || length == 0), "cut at \(length)")
      for (name, content) in zip(names, Self.contents) { #expect(try pack.keep(content) == name) }
      #expect(try AtomicFile.read(path) == whole, "cut at \(length)")
    }
  }

  /// One changed byte takes one content at most, is named, and is healed by keeping that content again.
  @Test(arguments: [0x01, 0x80, 0xFF] as [UInt8]) func everyFlipCostsOneContentAtMost(mask: UInt8) throws {
    let names = try keepAll()
    let whole = try AtomicFile.read(path)
    for index in whole.indices {
      var bytes = whole
      bytes[index] ^= mask
      try folder.write("crawl/pages.pack", bytes)
      let pack: PackFile
      do { pack = try PackFile(path) } catch {
        #expect(index == PackHeader.head.count - 2 && error.code == .damaged, "a later format: byte \(index)")
        continue
      }
      #expect(try pack.damages().count >= 1, "byte \(index)")
      let read = try names.map { try pack.read($0) }
      for (found, content) in zip(read, Self.contents) { #expect(found == nil || found == content) }
      #expect(read.count { $0 == nil } <= 1, "byte \(index)")
      for (name, content) in zip(names, Self.contents) { #expect(try pack.keep(content) == name) }
      let reader = try PackFile(path)
      for (name, content) in zip(names, Self.contents) {
        #expect(try reader.read(name) == content, "byte \(index)")
      }
      try pack.sweep(keeping: Set(names.compactMap { ContentName($0.utf8) }))
      for each in [pack, try PackFile(path)] {
        for (name, content) in zip(names, Self.contents) {
          #expect(try each.read(name) == content, "byte \(index)")
        }
      }
    }
  }

  @Test func aLaterFormatIsRefused() throws {
    try folder.write("crawl/pages.pack", Array("kaspi-pack 2\nwhatever\n".utf8))
    let error = try #require(throws: StoreError.self) { try PackFile(path) }
    #expect(error.code == .damaged && error.hint.contains("newer program"))
  }

  @Test(arguments: 0..<40 as Range<UInt64>) func rubbishIsNeverBelieved(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let names = try keepAll()
    var bytes = try AtomicFile.read(path)
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      let start = Int.random(in: bytes.indices, using: &random)
      let end = min(bytes.count, start + Int.random(in: 1...200, using: &random))
      switch Int.random(in: 0..<3, using: &random) {
      case 0: for index in start..<end { bytes[index] = UInt8.random(in: 0...255, using: &random) }
      case 1: bytes.removeSubrange(start..<end)
      default: bytes.insert(contentsOf: bytes[start..<end], at: start)
      }
      if bytes.isEmpty { break }
    }
    // The head is spared: what becomes of it is another test's.
    try folder.write("crawl/pages.pack", PackHeader.head + bytes.dropFirst(PackHeader.head.count))
    let pack = try PackFile(path)
    for (name, content) in zip(names, Self.contents) {
      let read = try pack.read(name)
      #expect(read == nil || read == content)
      #expect(try pack.keep(content) == name)
      #expect(try pack.read(name) == content)
    }
  }

  // MARK: Keeping house

  @Test func isWrittenAnewOnceMostOfItIsOfNoUse() throws {
    let pack = try PackFile(path)
    let contents = (0..<9).map { Array("content number \($0)".utf8) }
    let names = try contents.map { try pack.keep($0) }
    let size = try AtomicFile.read(path).count
    func few(_ count: Int) -> Set<ContentName> {
      Set(names.prefix(count).compactMap { ContentName($0.utf8) })
    }
    #expect(try !pack.sweep(keeping: few(5)))
    #expect(try AtomicFile.read(path).count == size, "half of it is still of use")
    #expect(try pack.sweep(keeping: few(2)))
    #expect(try AtomicFile.read(path).count < size / 3)
    let later = try pack.keep(Array("later".utf8))
    for reader in [pack, try PackFile(path)] {
      #expect(try reader.read(later) == Array("later".utf8))
      for (index, name) in names.enumerated() {
        #expect(try reader.read(name) == (index < 2 ? contents[index] : nil))
      }
    }
    #expect(try !PackFile(folder.path.appending("none")).sweep(keeping: []))
  }

  @Test func aProcessThatDiesWhileItKeepsLosesNothingThatWasThere() throws {
    var names: [String] = []
    let calls = try Killing.everywhere {
      try Folder.remove(path)
      names = try keepAll()
      let torn = try AtomicFile.read(path) + Array("page torn".utf8)
      try folder.write("crawl/pages.pack", torn)
    } run: {
      _ = try PackFile(path).keep(Array("one more".utf8))
    } check: { _ in
      let pack = try PackFile(path)
      for (name, content) in zip(names, Self.contents) { #expect(try pack.read(name) == content) }
    }
    #expect(calls == ["open", "ftruncate", "write"])
  }

  @Test func aProcessThatDiesWhileItTidiesUpLeavesOldOrNew() throws {
    var names: [String] = []
    let calls = try Killing.everywhere {
      try Folder.remove(path)
      names = try keepAll()
    } run: {
      let wanted = Set([names[4]].compactMap { ContentName($0.utf8) })
      try PackFile(path).sweep(keeping: wanted)
    } check: { _ in
      let pack = try PackFile(path)
      #expect(try pack.read(names[4]) == Self.contents[4])
    }
    #expect(calls.contains("rename"))
  }

  /// A writing that fails half-way is taken back; when that fails too, nothing more is written.
  @Test func aFailedWritingIsTakenBack() throws {
    let pack = try PackFile(path)
    let first = try pack.keep([1])
    let size = try AtomicFile.read(path).count
    try Interruption.before { name, path throws(StoreError) in
      if name == "write" { throw StoreError(code: .full, path: path, detail: "no room") }
    } run: {
      do throws(StoreError) { _ = try pack.keep([2]); Issue.record("kept") } catch {
        #expect(error.detail == "no room")
      }
    }
    #expect(try AtomicFile.read(path).count == size)
    let second = try pack.keep([3])
    try Interruption.before { name, path throws(StoreError) in
      throw StoreError(code: .failed, path: path, detail: "no \(name)")
    } run: {
      do throws(StoreError) { _ = try pack.keep([4]); Issue.record("kept") } catch {
        #expect(error.detail == "no write")
      }
    }
    let error = try #require(throws: StoreError.self) { try pack.keep([5]) }
    #expect(error.detail == "no ftruncate")
    #expect(try pack.read(first) == [1] && pack.read(second) == [3])
  }

  @Test func isBroughtToDiskWhenAsked() throws {
    let pack = try PackFile(path)
    let log = Mutex<[String]>([])
    try Interruption.before { name, _ in
      log.withLock { $0.append(name) }
    } run: {
      try pack.sync()
      #expect(log.withLock { $0 } == [], "there is nothing yet")
      _ = try pack.keep([1])
      try pack.sync()
    }
    #expect(log.withLock { $0 }.last == "fdatasync")
    try Interruption.before { name, path throws(StoreError) in
      if name == "fdatasync" { throw StoreError(code: .failed, path: path, detail: "no sync") }
    } run: {
      #expect(throws: StoreError.self) { try pack.sync() }
    }
    #expect(throws: StoreError.self) { try pack.keep([2]) }
    #expect(try PackFile(path).read(Digest.sha256([1])) == [1])
  }
}
