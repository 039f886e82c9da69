public import Model
public import Store
import SystemPackage

/// `output/<shop>/seal.jsonl`: what the last run left outside of versions, so that `verify` finds damage there too.
///
/// Versions, feeds, journals, kept pages and the index carry digests of their own. Reports, the plan and the crawl's
/// result do not: each run that writes leaves a line for each of them.
public struct RunSeal: Sendable {
  /// The number of the format.
  public static let format = 1

  /// What is sealed, below `output/<shop>/`.
  static let names = [
    "crawl/absences.json", "crawl/coverage.json", "crawl/result.json", "index/HEAD", "pins.json",
    "plan/plan.json", "plan/plan.txt", "plan/settled.json", "private/links.json", "reports/crawl.json",
    "reports/crawl.txt",
    "reports/market.json", "reports/series.json", "status.json", "versions/HEAD",
  ]

  /// The names there are now: the fixed ones, and the manifest of each index.
  private func names() -> [String] {
    // Something else in the index's place is named by whoever wanted to write there.
    guard let entries = try? Folder.list(folders.index) else { return Self.names }
    let numbered = entries.filter { $0.kind == .folder && !$0.name.hasPrefix(".") }
    return Self.names + numbered.map { "index/\($0.name)/manifest.json" }.sorted()
  }

  private struct Line: Equatable {
    var stamp: FileStamp
    var digest: String
  }

  private let folders: ShopFolders
  private var path: FilePath { folders.output.appending("seal.jsonl") }

  /// Names the seal of a shop; nothing is read yet.
  ///
  /// - Parameter folders: The shop's places.
  public init(_ folders: ShopFolders) { self.folders = folders }

  /// Seals what is there now.
  ///
  /// A file that nobody has written since the last seal keeps its line: damage that came meanwhile is not sealed in.
  /// What cannot be read is not sealed: a run that has done its work does not fail for that.
  ///
  /// - Throws: `StoreError`.
  public func write() throws(StoreError) {
    let former = try lines().known
    var bytes = CheckedLine.encode(["format": .integer(Self.format)])
    for name in names() {
      let file = place(name)
      guard let stamp = try? FileStamp.of(file) else { continue }
      let known = former[name].flatMap { $0.stamp == stamp ? $0.digest : nil }
      guard let digest = known ?? (try? Digest.sha256(of: file)) else { continue }
      bytes += CheckedLine.encode([
        "name": .string(name), "size": .integer(stamp.size), "sha256": .string(digest),
        "changed": [.integer(stamp.seconds), .integer(stamp.nanoseconds)],
      ])
    }
    try AtomicFile.write(bytes, to: path)
  }

  /// What is not as it was sealed.
  ///
  /// - Returns: Empty when all is well, or before the first seal.
  /// - Throws: `StoreError`.
  public func findings() throws(StoreError) -> [Finding] {
    guard try Folder.exists(path) else { return [] }
    let (known, isWhole) = try lines()
    var findings: [Finding] = []
    func report(_ file: FilePath, _ message: String) {
      findings.append(
        Finding(
          rule: "seal", severity: .error, place: Place(file.string), message: message,
          hint: "If a run was killed, run it again; otherwise the file was damaged or changed by hand."))
    }
    if !isWhole { report(path, "the seal itself is damaged") }
    for name in known.keys.sorted() {
      guard let line = known[name] else { continue }
      let file = place(name)
      do throws(StoreError) {
        if try Digest.sha256(of: file) != line.digest {
          report(file, "the content is not what the last run left")
        }
      } catch {
        report(file, error.detail)
      }
    }
    return findings
  }

  private func place(_ name: String) -> FilePath { folders.output.pushing(FilePath(name)) }

  /// Lines that check, by name; and whether all do.
  private func lines() throws(StoreError) -> (known: [String: Line], isWhole: Bool) {
    let bytes: [UInt8]
    do throws(StoreError) { bytes = try AtomicFile.read(path) } catch {
      guard error.code == .missing else { throw error }
      return ([:], true)
    }
    var known: [String: Line] = [:]
    var isWhole = bytes.last == 0x0A
    for (index, line) in bytes.split(separator: 0x0A).enumerated() {
      guard let value = CheckedLine.decode(line) else {
        isWhole = false
        continue
      }
      if index == 0 {
        guard value["format"]?.int == Self.format else { return ([:], false) }
        continue
      }
      guard let name = value["name"]?.string, let size = value["size"]?.int,
        let digest = value["sha256"]?.string,
        let seconds = value["changed"]?[0]?.int, let nanoseconds = value["changed"]?[1]?.int
      else {
        isWhole = false
        continue
      }
      known[name] = Line(
        stamp: FileStamp(size: size, seconds: seconds, nanoseconds: nanoseconds), digest: digest)
    }
    return (known, isWhole)
  }
}
