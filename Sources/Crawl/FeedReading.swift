internal import Model
internal import PriceList

/// What a crawl takes from the price list's own reader.
enum FeedReading {
  /// The number of the reading, written into provenance; raised when the same bytes give other offers.
  static let parserVersion = 2

  /// Reads a price list leniently.
  ///
  /// - Parameters:
  ///   - bytes: The whole file.
  ///   - source: Where it comes from, without secrets.
  ///   - maximumBytes: The longest file to accept.
  ///   - provenance: Goes into every line.
  /// - Returns: Offers, or why there are none: a file that is no price list, a damaged one, one whose facts
  ///   would have to be guessed, one without any offer that could be published.
  static func yield(
    of bytes: [UInt8], source: String, maximumBytes: Int, provenance: Provenance
  ) -> SourceYield {
    var yield = SourceYield()
    yield.digest = provenance.digest
    do {
      let reading = try PriceListReader.read(bytes, source: source, maximumBytes: maximumBytes)
      yield.company = reading.company.flatMap { $0.isEmpty ? nil : $0 }
      yield.merchant = reading.merchantID
      let origin = [provenance]
      yield.lines = reading.offers.map { offer in
        SourceLine(
          sku: offer.sku, title: offer.model.hasVisibleText ? offer.model : "",
          brand: offer.brand.flatMap { $0.hasVisibleText ? $0 : nil }, availabilities: offer.availabilities,
          pricing: offer.pricing, provenance: origin)
      }
      yield.heldBack = reading.heldBack
      yield.findings = reading.findings
      if let guess = reading.guesses.first {
        yield.lines = []
        yield.failure = CrawlFailure(
          kind: .badInput, what: "\(guess.message) [\(guess.rule)]", place: guess.place,
          hint: guess.hint ?? "Check the file with `kaspi-catalog lint`.")
        return yield
      }
    } catch {
      yield.findings = error.findings
      yield.failure = CrawlFailure(
        kind: .badInput, what: error.reason.message, place: error.reason.place,
        hint: error.reason.hint ?? "Check the file with `kaspi-catalog lint`.")
      return yield
    }
    if yield.lines.isEmpty {
      yield.failure = CrawlFailure(
        kind: .badInput, what: "the price list has no offer that can be published", place: Place(source),
        hint: "Check the file with `kaspi-catalog lint`.")
    }
    return yield
  }
}
