import Console
import Crawl
import Model
import Publish
import Search
import Store
import SystemPackage

/// Checks everything that a shop has on disk against what was written.
struct VerifyStage {
  let job: ShopJob

  /// Versions and their projection, channels, what the last run left, kept pages, the journal, the index.
  func findings() throws -> [Finding] {
    let history = History(job.folders)
    var findings = try history.verify()
    if let head = findings.isEmpty ? try history.head() : nil {
      findings += try ChannelPublisher(job.folders).findings(try ChannelStage(job: job).channels(), of: head)
    }
    if try FileLock.isHeld(job.folders.lockFile) {
      // What a run is still writing differs from what the last one left, and is no damage.
      job.terminal.remark("\(job.shop.name): a run is under way; its own files are not looked at")
    } else {
      findings += try RunSeal(job.folders).findings()
      findings += try journals()
    }
    findings += try KeptAnswers(folder: job.folders.crawl).findings()
    findings += try index()
    return findings
  }

  private func journals() throws -> [Finding] {
    var findings: [Finding] = []
    for name in ["journal.jsonl", "parsed.jsonl", "previous.jsonl"] {
      let path = job.folders.crawl.appending(name)
      guard try Folder.exists(path) else { continue }
      do throws(StoreError) {
        _ = try Journal.read(path)
        guard let last = try AtomicFile.read(path, maximumBytes: .max - 1).last, last != 0x0A else {
          continue
        }
        findings.append(
          Self.finding(
            "journal", path, "the last line is torn", "A crawl was killed: the next one asks again."))
      } catch {
        guard error.code == .damaged else { throw error }
        findings.append(
          Self.finding("journal", path, error.detail, "Move the file away; the next crawl asks again."))
      }
    }
    return findings
  }

  private func index() throws -> [Finding] {
    do throws(IndexError) {
      guard try IndexStore(job.folders.index).head() != nil else { return [] }
      _ = try IndexStore(job.folders.index).open(.full)
    } catch {
      return [
        Finding(
          rule: "index", severity: .error, place: Place(error.path), message: error.detail,
          hint: error.hint.isEmpty ? "Run 'kaspi-catalog index'." : error.hint)
      ]
    }
    return []
  }

  private static func finding(_ rule: String, _ path: FilePath, _ what: String, _ hint: String) -> Finding {
    Finding(rule: rule, severity: .error, place: Place(path.string), message: what, hint: hint)
  }
}
