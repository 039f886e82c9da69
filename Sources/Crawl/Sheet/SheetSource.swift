internal import Model

/// A seller's sheet of stock and prices, by address or path.
struct SheetSource: OfferSource {
  private let fetcher: Fetcher
  private let source: SourceSettings
  /// The largest file to take.
  private let maximumBytes: Int

  init(_ source: SourceSettings, fetcher: Fetcher, settings: CrawlSettings) {
    self.source = source
    self.fetcher = fetcher
    maximumBytes = source.maximumBytes ?? settings.maximumFeedBytes
  }

  /// Reads the sheet.
  ///
  /// - Returns: Its rows, or why there are none.
  /// - Throws: ``StoreError`` when our own disk refuses; `CancellationError`.
  func read() async throws -> SourceYield {
    let place = source.publicLocation
    var yield = SourceYield()
    if source.isFile {
      switch try fetcher.readFile(
        source.location, .sheet, as: place, maximumBytes: maximumBytes)
      {
      case .failure(let failure): yield.failure = failure
      case .success(let answer):
        do {
          take(try StockSheet(answer.value, source: place), answer.provenance, &yield)
        } catch {
          yield.failure = CrawlFailure(.unreadable(error), place: place)
        }
      }
      return yield
    }
    var question = Fetcher.Question(
      surface: .sheet, address: Self.exportAddress(source.location),
      maximumBytes: maximumBytes, keep: StockSheet.withoutOtherColumns, isConditional: true)
    question.redirectHosts = CrawlWire.sheetHosts + source.redirectHosts
    let answer = try await fetcher.ask(question) { bytes throws(PageError) in
      try StockSheet(bytes, source: place)
    }
    switch answer {
    case .failure(let problem): yield.failure = CrawlFailure(problem, place: place)
    case .success(let answer):
      var provenance = answer.provenance
      provenance.source = place
      take(answer.value, provenance, &yield)
    }
    return yield
  }

  private func take(_ sheet: StockSheet, _ provenance: Provenance, _ yield: inout SourceYield) {
    let origin = [provenance]
    yield.lines = sheet.lines.map { line in
      var line = line
      line.provenance = origin
      return line
    }
    yield.heldBack = sheet.heldBack
    yield.findings = sheet.findings
    yield.digest = provenance.digest
    guard yield.lines.isEmpty else { return }
    yield.failure = CrawlFailure(
      kind: .badInput, what: "the sheet has no row with a SKU", place: Place(source.publicLocation),
      hint: "The first row names the columns: SKU, price, PP1, PP2, …")
  }

  /// The address from which a Google sheet comes as CSV; any other address as it is.
  ///
  /// - Parameter address: As copied from the browser: `…/spreadsheets/d/<id>/edit#gid=0`, or already a CSV address.
  /// - Returns: An address of CSV.
  static func exportAddress(_ address: String) -> String {
    let parts = WebAddress.parts(of: address)
    let path = parts.path.split(separator: "/").map(String.init)
    guard parts.host == "docs.google.com", path.count >= 3, path[0] == "spreadsheets", path[1] == "d",
      path[2] != "e", path.count == 3 || path[3] == "edit" || path[3] == "view"
    else { return address }
    let tail = address.split(separator: "#", maxSplits: 1).dropFirst().first.map(String.init) ?? ""
    let sheet = WebAddress.query(of: address)["gid"] ?? WebAddress.query(of: "?" + tail)["gid"] ?? "0"
    return "\(parts.base)/spreadsheets/d/\(path[2])/export?format=csv&gid=\(WebAddress.encoded(sheet))"
  }
}
