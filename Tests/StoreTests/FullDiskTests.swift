import Store
import Subprocess
import SystemPackage
import TestKit
import Testing

/// A file system of one megabyte, taken away again at the end.
private func withSmallDisk(_ body: (FilePath) throws -> Void) async throws {
  let folder = try TemporaryFolder()
  let mounted = try await run(
    .path("/bin/mount"), arguments: ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder.path.string],
    output: .discarded)
  try #require(mounted.terminationStatus == .exited(0))
  let outcome = Result { try body(folder.path) }
  _ = try await run(.path("/bin/umount"), arguments: [folder.path.string], output: .discarded)
  try outcome.get()
}

/// Whether this machine lets us mount: root in a container may not.
private func canMount() async -> Bool {
  do {
    try await withSmallDisk { _ in }
    return true
  } catch {
    return false
  }
}

@Suite(
  .enabled("needs the right to mount a small file system; run as root to include it") { await canMount() })
struct FullDiskTests {
  private let large = [UInt8](repeating: 7, count: 2 << 20)

  @Test func aFullDiskKeepsTheOldFile() async throws {
    try await withSmallDisk { disk in
      let file = disk.appending("feeds/kaspi.xml")
      try AtomicFile.write([1, 2, 3], to: file)
      let error = try #require(throws: StoreError.self) { try AtomicFile.write(large, to: file) }
      #expect(error.code == .full && error.hint.contains("space"))
      #expect(try AtomicFile.read(file) == [1, 2, 3])
      #expect(try Folder.list(file.removingLastComponent()).map(\.name) == ["kaspi.xml"])
    }
  }

  @Test func aFullDiskKeepsTheOldVersion() async throws {
    try await withSmallDisk { disk in
      let store = VersionStore(disk.appending("versions"))
      try store.publish(1, files: [("a", [1])])
      let error = try #require(throws: StoreError.self) {
        try store.publish(2, files: [("a", [2]), ("b", large)])
      }
      #expect(error.code == .full)
      #expect(try store.head() == 1)
      #expect(try Folder.list(store.folder).map(\.name) == ["000001", "HEAD"])
    }
  }

  @Test func aFullDiskTakesBackHalfARecord() async throws {
    try await withSmallDisk { disk in
      let file = disk.appending("journal.jsonl")
      let (journal, _, _) = try Journal.open(file)
      try journal.append(["n": 1])
      let text = JSONValue.string(String(repeating: "x", count: large.count))
      let error = try #require(throws: StoreError.self) { try journal.append(["text": text]) }
      #expect(error.code == .full)
      try journal.append(["n": 2])
      let (_, records, tornBytes) = try Journal.open(file)
      #expect(records == [["n": 1], ["n": 2]] && tornBytes == 0)
    }
  }
}
