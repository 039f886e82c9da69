import Store
import StoreProbe
import Subprocess
import SystemPackage
import TestKit
import Testing

/// A process that writes is killed at random points; whoever reads then finds old or new, never between.
@Suite(.serialized) struct KillTests {
  static let kills = 25

  @Test func aReplacedFileIsOldOrNew() async throws {
    try await killRepeatedly("file") { folder, said in
      let file = folder.appending("file")
      guard try Folder.exists(file) else { return said == 0 }
      let bytes = try AtomicFile.read(file)
      let number = Numbered.number(of: bytes)
      try AtomicFile.sweep(folder)
      #expect(try Folder.list(folder).map(\.name) == ["file"])
      return number >= said && bytes == Numbered.content(number)
    }
  }

  @Test func aJournalKeepsEveryRecordItAcknowledged() async throws {
    try await killRepeatedly("journal") { folder, said in
      let file = folder.appending("journal.jsonl")
      guard try Folder.exists(file) else { return said == 0 }
      let seen = try Journal.read(file)
      let (_, records, _) = try Journal.open(file)
      return records.count >= said && seen == records
        && records == (0..<records.count).map { Numbered.record($0 + 1) }
    }
  }

  @Test func aVersionIsCompleteOrInvisible() async throws {
    try await killRepeatedly("versions") { folder, said in
      let store = VersionStore(folder.appending("versions"))
      guard let head = try store.head() else { return said == 0 }
      let expected = Numbered.content(head)
      let isWhole = try ["a", "b", "c"].allSatisfy { try store.read(head, $0) == expected }
      #expect(store.sweep().isEmpty)
      #expect(try Folder.list(store.folder).count == head + 1, "all versions and HEAD")
      return try head >= said && isWhole && store.numbers() == Array(1...head)
    }
  }

  /// Starts the probe again and again, five times over each folder, and kills it after some lines.
  private func killRepeatedly(
    _ job: String, check: (_ folder: FilePath, _ said: Int) throws -> Bool
  ) async throws {
    let seed = UInt64.random(in: 0 ... .max)
    var generator = SeededGenerator(seed: seed)
    let program = try BuiltProgram.path("StoreProbe")
    var folder = try TemporaryFolder()
    var said = 0
    for kill in 1...Self.kills {
      if kill % 5 == 0 { (folder, said) = (try TemporaryFolder(), 0) }
      let lines = Int.random(in: 0...6, using: &generator)
      var turns = Int.random(in: 0...100_000, using: &generator)
      let result = try await run(
        .path(program), arguments: [job, folder.path.string, String(lines + 4)], input: .none,
        output: .sequence,
        error: .discarded
      ) { execution in
        var last = 0
        var count = 0
        for try await line in execution.standardOutput.strings() {
          last = Int(line.filter(\.isNumber)) ?? last
          count += 1
          if count == lines + 1 {
            // Gives the writer an uneven head start without a clock.
            while turns > 0 { turns -= 1 }
            try execution.send(signal: .kill)
          }
        }
        return last
      }
      #expect(result.terminationStatus == .signaled(9), "kill \(kill), seed \(seed)")
      said = max(said, result.closureResult)
      #expect(try check(folder.path, said), "kill \(kill) after \(said), seed \(seed)")
    }
  }
}
