import Console
import Model
import Publish
import Search
import Store
import SystemPackage

/// What a shop knows: its published products, its own answers, and the words its buyers use.
struct PublishedDocuments {
  let job: ShopJob

  /// The file of synonyms beside the answers.
  static let synonymsName = "synonyms.txt"
  /// The file of the ranking's numbers beside them.
  static let rankingName = "ranking.json"

  /// The published version that everything is about.
  ///
  /// - Throws: ``CommandError`` before the first version.
  func head() throws -> PublishedVersion {
    guard let head = try History(job.folders).head() else {
      throw CommandError(
        .failed, what: "there is nothing published to index", place: job.folders.versions.string,
        remedy: "kaspi-catalog nightly --shop \(job.shop.name)")
    }
    return head
  }

  /// The products of the published version, at the prices that Kaspi shows.
  func products() throws -> [SearchDocument] {
    let rules = try ChannelStage(job: job).kaspiRules()
    return try head().catalog.entries.map { entry in
      var entry = entry
      if !rules.isEmpty { entry.offer = entry.priced(by: rules).offer }
      return SearchDocument(entry: entry, city: job.shop.city)
    }
  }

  /// The knowledge files in the order of their names.
  func knowledge() throws -> [(path: String, markdown: String)] {
    try knowledgeFiles().map { ($0, try text($0)) }
  }

  /// The shop's synonyms, or the starter's while it has no file.
  func synonyms() throws -> Synonyms {
    let path = job.folders.knowledge.appending(Self.synonymsName)
    guard try has(Self.synonymsName) else { return .starter }
    return Synonyms(reading: try text(Self.synonymsName), source: path.string)
  }

  /// The shop's own numbers of the ranking, or the standard while it has no file.
  func ranking() throws -> Ranking {
    let path = job.folders.knowledge.appending(Self.rankingName)
    guard try has(Self.rankingName) else { return .standard }
    return try Ranking(reading: try AtomicFile.read(path, maximumBytes: 1 << 20), source: path.string)
  }

  /// Whether the knowledge folder has a file.
  func has(_ name: String) throws -> Bool {
    guard try Folder.exists(job.folders.knowledge) else { return false }
    return try Folder.files(in: job.folders.knowledge).contains(name)
  }

  private func knowledgeFiles() throws -> [String] {
    guard try Folder.exists(job.folders.knowledge) else { return [] }
    return try Folder.files(in: job.folders.knowledge).filter { $0.hasSuffix(".md") }
  }

  private func text(_ name: String) throws -> String {
    let path = job.folders.knowledge.appending(name)
    guard let text = String(validating: try AtomicFile.read(path, maximumBytes: 4 << 20), as: UTF8.self)
    else {
      throw CommandError(
        .badInput, what: "the text is not UTF-8", place: path.string, remedy: "Save it as UTF-8.")
    }
    return text
  }
}
