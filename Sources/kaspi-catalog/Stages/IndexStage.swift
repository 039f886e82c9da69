import Console
import Model
import Search
import Store
import SystemPackage

/// Builds the search index of one shop from what is published and from its knowledge folder.
struct IndexStage {
  let job: ShopJob

  /// Builds and switches the index; the same facts make the same bytes and no new index.
  ///
  /// - Returns: Documents in the index.
  /// - Throws: ``CommandError`` before the first version, `IndexError` otherwise.
  func run() throws -> Int {
    let published = PublishedDocuments(job: job)
    var documents = try published.products()
    for (path, markdown) in try published.knowledge() {
      documents += KnowledgeDocument(path: path, markdown: markdown).documents
    }
    let synonyms = try published.synonyms()
    for finding in synonyms.findings {
      job.terminal.remark("\(finding.place): \(finding.message) [\(finding.rule)]")
    }
    _ = try IndexStore(job.folders.index).publish(
      try IndexBuilder.build(documents: documents, ranking: try published.ranking(), synonyms: synonyms))
    return documents.count
  }
}
