internal import Model

/// A price list that the seller already has, by address or path.
struct FeedSource: OfferSource {
  private let fetcher: Fetcher
  private let source: SourceSettings
  /// The largest file to take.
  private let maximumBytes: Int

  init(_ source: SourceSettings, fetcher: Fetcher, settings: CrawlSettings) {
    self.source = source
    self.fetcher = fetcher
    maximumBytes = source.maximumBytes ?? settings.maximumFeedBytes
  }

  /// Reads the price list.
  ///
  /// - Returns: Its offers, or why there are none: a seller's file that cannot be read is a failure in the yield.
  /// - Throws: ``StoreError`` when our own disk refuses; `CancellationError`.
  func read() async throws -> SourceYield {
    let place = source.publicLocation
    guard WebAddress.parts(of: source.location).scheme.isEmpty else { return try await fetch(place) }
    return try await readFile(place)
  }

  private func fetch(_ place: String) async throws -> SourceYield {
    var question = Fetcher.Question(
      surface: .feed, address: source.location, maximumBytes: maximumBytes, keep: { $0 },
      isConditional: true)
    question.redirectHosts = source.redirectHosts
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
      var yield = SourceYield()
      yield.failure = CrawlFailure(problem, place: place)
      return yield
    }
  }

  private func readFile(_ place: String) async throws -> SourceYield {
    switch try fetcher.readFile(
      source.location, .feed, as: place, maximumBytes: maximumBytes)
    {
    case .failure(let failure):
      var yield = SourceYield()
      yield.failure = failure
      return yield
    case .success(let answer): return parsed(answer.value, place, answer.provenance)
    }
  }

  private func parsed(_ bytes: [UInt8], _ place: String, _ provenance: Provenance) -> SourceYield {
    var provenance = provenance
    provenance.parser = FeedReading.parserVersion
    return FeedReading.yield(
      of: bytes, source: place, maximumBytes: maximumBytes, provenance: provenance)
  }
}
