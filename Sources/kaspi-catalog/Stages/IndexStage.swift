import Console
import Model
import Publish
import Search
import Store
import SystemPackage

/// Builds the search index of one shop from what is published and from `knowledge/*.md`.
struct IndexStage {
  let job: ShopJob

  /// Builds and switches the index; the same facts make the same bytes and no new index.
  ///
  /// - Returns: Documents in the index.
  /// - Throws: ``CommandError`` before the first version, `IndexError` otherwise.
  func run() throws -> Int {
    guard let head = try History(job.folders).head() else {
      throw CommandError(
        .failed, what: "there is nothing published to index", place: job.folders.versions.string,
        remedy: "kaspi-catalog nightly --shop \(job.shop.name)")
    }
    var documents = head.catalog.entries.map { SearchDocument(entry: $0, city: job.shop.city) }
    for name in try knowledgeFiles() {
      let path = job.folders.knowledge.appending(name)
      guard let text = String(validating: try AtomicFile.read(path, maximumBytes: 4 << 20), as: UTF8.self)
      else {
        throw CommandError(
          .badInput, what: "the text is not UTF-8", place: path.string, remedy: "Save it as UTF-8.")
      }
      documents += KnowledgeDocument(path: name, markdown: text).documents
    }
    _ = try IndexStore(job.folders.index).publish(try IndexBuilder.build(documents: documents))
    return documents.count
  }

  private func knowledgeFiles() throws(StoreError) -> [String] {
    guard try Folder.exists(job.folders.knowledge) else { return [] }
    return try Folder.files(in: job.folders.knowledge).filter { $0.hasSuffix(".md") }
  }
}
