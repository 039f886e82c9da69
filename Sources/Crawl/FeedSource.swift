internal import Model
internal import Store
internal import SystemPackage

/// A price list that the seller already has, by address or path.
struct FeedSource: Sendable {
  /// What the price list gave.
  struct Yield: Sendable {
    var company: String?
    var merchant: MerchantID?
    /// In the file's order, each SKU once.
    var offers: [Offer] = []
    var heldBack: [HeldBackOffer] = []
    var findings: [Finding] = []
    var provenance: Provenance?
    /// Why there is no price list; `nil` when there is one.
    var failure: CrawlFailure?
  }

  private let fetcher: Fetcher
  private let settings: CrawlSettings
  private let source: SourceSettings
  private let now: @Sendable () -> Instant

  init(
    _ source: SourceSettings, fetcher: Fetcher, settings: CrawlSettings,
    now: @escaping @Sendable () -> Instant
  ) {
    self.source = source
    self.fetcher = fetcher
    self.settings = settings
    self.now = now
  }

  /// Reads the price list.
  ///
  /// - Returns: Its offers, or why there are none.
  /// - Throws: ``StoreError`` when our own disk refuses; `CancellationError`. A seller's file that cannot be read is
  ///   a failure in the yield, not an error.
  func read() async throws -> Yield {
    let place = source.publicLocation
    guard WebAddress.parts(of: source.location).scheme.isEmpty else { return try await fetch(place) }
    return readFile(place)
  }

  private func fetch(_ place: String) async throws -> Yield {
    let question = Fetcher.Question(
      surface: .feed, address: source.location, maximumBytes: settings.maximumFeedBytes, keep: { $0 })
    let answer = try await fetcher.ask(question) { bytes throws(PageError) in
      guard !bytes.isEmpty else {
        throw PageError(code: .empty, source: place, detail: "the price list is empty")
      }
      return bytes
    }
    switch answer {
    case .success(let answer):
      var provenance = answer.provenance
      provenance.source = place
      return parsed(answer.value, place, provenance)
    case .failure(let problem):
      var yield = Yield()
      yield.failure = ListingSource.failure(problem, place: place)
      return yield
    }
  }

  private func readFile(_ place: String) -> Yield {
    var yield = Yield()
    let bytes: [UInt8]
    do {
      bytes = try AtomicFile.read(FilePath(source.location), maximumBytes: settings.maximumFeedBytes)
    } catch {
      yield.failure = CrawlFailure(
        kind: .badInput, what: "the price list cannot be read: \(error.detail)", place: Place(place),
        hint: error.hint)
      return yield
    }
    return parsed(
      bytes, place,
      Provenance(
        source: place, fetched: now(), digest: Digest.sha256(bytes), parser: FeedReading.parserVersion))
  }

  private func parsed(_ bytes: [UInt8], _ place: String, _ provenance: Provenance) -> Yield {
    var yield = FeedReading.yield(of: bytes, source: place, maximumBytes: settings.maximumFeedBytes)
    yield.provenance = provenance
    yield.provenance?.parser = FeedReading.parserVersion
    return yield
  }
}
