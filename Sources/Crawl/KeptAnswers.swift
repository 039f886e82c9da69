public import Model
public import Store
public import SystemPackage

/// The answers that the last crawl kept, looked at without being used.
public struct KeptAnswers: Sendable {
  private let folder: FilePath

  /// Names the crawl.
  ///
  /// - Parameter folder: The shop's crawl folder.
  public init(folder: FilePath) { self.folder = folder }

  /// Answers that are damaged, or that the journal names and nobody has.
  ///
  /// - Returns: Empty when all is well, and before the first crawl.
  /// - Throws: ``StoreError`` when the disk refuses.
  public func findings() throws(StoreError) -> [Finding] {
    let path = folder.appending(PageArchive.name)
    let archive: PageArchive
    var findings: [Finding] = []
    func report(
      _ message: String, _ hint: String = "A crawl without --changed asks again, and tidies the file up."
    ) {
      findings.append(
        Finding(rule: "page", severity: .error, place: Place(path.string), message: message, hint: hint))
    }
    do throws(StoreError) {
      for damage in try PackFile(path).damages() { report(damage) }
      archive = try PageArchive(folder)
    } catch {
      guard error.code == .damaged else { throw error }
      report(error.detail, error.hint)
      return findings
    }
    let journal: CrawlJournal
    do throws(StoreError) { journal = try CrawlJournal(reading: folder) } catch {
      // A damaged journal is named by its own check; before the first whole crawl nothing has to be there.
      guard error.code == .missing || error.code == .damaged else { throw error }
      return findings
    }
    let missing = try journal.kept().subtracting(archive.names()).count
    if missing > 0 {
      report("\(missing) answers of the last crawl are no longer there, or no longer what they were")
    }
    return findings
  }
}
