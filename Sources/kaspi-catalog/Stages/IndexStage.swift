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
  /// When little has changed, changes are put beside the base that is there.
  ///
  /// - Parameter isWhole: Whether everything is made anew, whatever has changed.
  /// - Returns: Documents in the index.
  /// - Throws: ``CommandError`` before the first version, `IndexError` otherwise.
  func run(isWhole: Bool = false) async throws -> Int {
    let (published, documents) = (PublishedDocuments(job: job), try documents())
    let synonyms = try published.synonyms()
    for finding in synonyms.findings {
      job.terminal.remark("\(finding.place): \(finding.message) [\(finding.rule)]")
    }
    let (store, ranking) = (IndexStore(job.folders.index), try published.ranking())
    if !isWhole, let base = store.base(ranking: ranking, synonyms: synonyms),
      let changes = try await IndexChanges.find(
        in: documents, against: base, ranking: ranking, synonyms: synonyms)
    {
      _ = try store.publish(.changes(changes))
    } else {
      _ = try store.publish(
        try IndexBuilder.build(documents: documents, ranking: ranking, synonyms: synonyms))
    }
    return documents.count
  }

  /// What there is to index: the published products, and every passage of the knowledge folder.
  ///
  /// - Throws: ``CommandError`` before the first version.
  func documents() throws -> [SearchDocument] {
    let published = PublishedDocuments(job: job)
    var documents = try published.products()
    for (path, markdown) in try published.knowledge() {
      documents += KnowledgeDocument(path: path, markdown: markdown).documents
    }
    return documents
  }
}
