internal import Model
internal import Store

/// Product pages: read once, remembered, and joined later from what is remembered.
extension Fetcher {
  /// What a crawl needs of a page while it goes on asking.
  struct PageLooks: Sendable {
    /// The looks of the page.
    var shape: Shape
    /// The city that it was made for.
    var city: CityID?
    /// The card on it.
    var card: ProductID
    /// Group cards that the card belongs to.
    var groups: [ProductID]
    /// Whether its embedded card was damaged, so that only what is visible could be read.
    var isDamaged: Bool
    /// Everything, where the page was read just now.
    var page: ParsedPages.Page?

    /// Whether the page is the one of a card; a group's page shows one of its forms.
    func isPage(of id: ProductID) -> Bool { card == id || groups.contains(id) }
  }

  /// Asks for a product page.
  ///
  /// - Parameters:
  ///   - question: What to ask.
  ///   - id: The card that it is asked for.
  /// - Returns: The looks of the page, which may be another card's, or why there is none.
  /// - Throws: ``StoreError`` when the disk refuses; `CancellationError`.
  func askPage(_ question: Question, of id: ProductID) async throws -> Result<PageLooks, Problem> {
    let address = question.address
    let parsed = parsed
    let recall: Recall<PageLooks> = { kept throws(StoreError) in try parsed?.looks(kept) }
    let remember: Remember<PageLooks> = { looks, kept, size throws(StoreError) in
      guard let page = looks.page else { return }
      try parsed?.note(page, kept: kept, size: size, source: address)
    }
    let answer: Result<Answer<PageLooks>, Problem> = try await ask(
      question, recall: recall, remember: remember,
      doubt: { $0.isDamaged || question.isCertain && !$0.isPage(of: id) }
    ) { bytes throws(PageError) in
      let page = ParsedPages.Page(try ProductPage.extract(html: bytes, source: address))
      return PageLooks(
        shape: page.shape, city: page.city, card: page.product.id, groups: page.groupCards,
        isDamaged: page.isDamaged, page: page)
    }
    return answer.map { $0.value }
  }

  /// What was read in a page that this crawl has an answer for.
  ///
  /// - Parameter address: The page's.
  /// - Returns: `nil` when the page is no longer what it was.
  /// - Throws: ``StoreError`` when the disk refuses.
  func keptPage(_ address: String) throws(StoreError) -> (page: ParsedPages.Page, provenance: Provenance)? {
    guard let noted = try journal.answer(to: address), let kept = noted.kept else { return nil }
    let provenance = Self.provenance(of: noted, parser: ProductPage.parserVersion)
    if let page = try parsed?.page(kept, source: address) { return (page, provenance) }
    guard let bytes = try archive.read(kept) else { return nil }
    // It was read when it came; what is kept of it gives the same, or it would not have been kept.
    do { return (ParsedPages.Page(try ProductPage.extract(html: bytes, source: address)), provenance) } catch
    {
      return nil
    }
  }

  /// The card of a cabinet's details that this crawl has an answer for.
  ///
  /// - Parameter name: The request's name.
  /// - Returns: `nil` when the answer is no longer what it was.
  /// - Throws: ``StoreError`` when the disk refuses.
  func keptDetails(_ name: String) throws(StoreError) -> (card: Product, provenance: Provenance)? {
    guard let noted = try journal.answer(to: name), let kept = noted.kept,
      let bytes = try archive.read(kept)
    else { return nil }
    let provenance = Self.provenance(of: noted, parser: ProductPage.parserVersion)
    do { return (try CabinetDetails(bytes, source: name).product, provenance) } catch { return nil }
  }
}
