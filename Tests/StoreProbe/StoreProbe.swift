import Glibc
import Store
import SystemPackage

/// Writes numbered contents, saying each number once it is done, and then waits: something to be killed.
///
/// Arguments: what to write (`file`, `journal` or `versions`), a folder, and how many numbers.
@main
enum StoreProbe {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 4, let count = Int(arguments[3]) else { return }
    let folder = FilePath(arguments[2])
    switch arguments[1] {
    case "file": try replaceFile(folder.appending("file"), count)
    case "journal": try appendRecords(folder.appending("journal.jsonl"), count)
    case "versions": try publishVersions(folder.appending("versions"), count)
    default: return
    }
    while true { pause() }
  }

  private static func replaceFile(_ file: FilePath, _ count: Int) throws {
    var number = try Folder.exists(file) ? Numbered.number(of: AtomicFile.read(file)) : 0
    for _ in 0..<count {
      number += 1
      try AtomicFile.write(Numbered.content(number), to: file)
      try say(number)
    }
  }

  private static func appendRecords(_ file: FilePath, _ count: Int) throws {
    let (journal, records, _) = try Journal.open(file)
    var number = records.count
    for _ in 0..<count {
      number += 1
      try journal.append(Numbered.record(number))
      try say(number)
    }
  }

  private static func publishVersions(_ folder: FilePath, _ count: Int) throws {
    let store = VersionStore(folder)
    var number = try store.head() ?? 0
    for _ in 0..<count {
      number += 1
      try store.publish(number, files: ["a", "b", "c"].map { ($0, Numbered.content(number)) })
      try say(number)
    }
  }

  private static func say(_ number: Int) throws {
    _ = try FileDescriptor.standardOutput.writeAll("\(number)\n".utf8)
  }
}
