internal import Model
internal import Store

extension Fetcher {
  /// One question.
  struct Question: Sendable {
    /// Which surface.
    var surface: CrawlReport.Surface
    /// The whole address, which may carry secrets.
    var address: String
    /// The page that a browser would come from, or `nil`.
    var referer: String?
    /// Largest answer.
    var maximumBytes: Int
    /// What may be kept of an answer on disk, or `nil` for nothing.
    var keep: (@Sendable ([UInt8]) -> [UInt8])?
    /// Sent with `POST`: a question too long for an address, that changes nothing.
    var body: [UInt8]?
    /// Whether the server may answer that nothing has changed since the last crawl.
    var isConditional = false
    /// Whether the answer of the last crawl is good enough.
    var mayBeCarried = false
    /// What the sources said when this was asked, in a few digits.
    var mark: String?
    /// Whether a source says that there is such a thing, so that "not found" is in doubt.
    var isCertain = false
    /// Hosts that the address may lead on to, beside its own.
    var redirectHosts: [String] = []

    /// The request's name in journals, reports and cassettes.
    ///
    /// Addresses of the public shop are made here and carry no secret. The address of a price list or a sheet is the
    /// seller's, and its query may be a key: a digest stands for it. A digest stands for the body too.
    var name: String {
      var name = address
      if surface == .feed || surface == .sheet {
        let plain = WebAddress.withoutSecrets(address)
        if plain != address { name = plain + "#" + Digest.sha256(Array(address.utf8)).prefix(16) }
      }
      if let body { name += "#" + Digest.sha256(body).prefix(16) }
      return name
    }
  }

  /// An answer with its origin.
  struct Answer<Value: Sendable>: Sendable {
    /// What was read out of it.
    var value: Value
    /// Where and when.
    var provenance: Provenance
  }

  /// Makes a value of the name of kept bytes without reading them; `nil` when they must be read.
  typealias Recall<Value> = @Sendable (_ kept: String) throws(StoreError) -> Value?

  /// Told what was read out of kept bytes.
  typealias Remember<Value> =
    @Sendable (_ value: Value, _ kept: String, _ size: Int) throws(StoreError) -> Void

  /// Why there is no value.
  enum Problem: Error, Sendable {
    /// 404 or 410: there is no such thing.
    case gone
    /// The asking has ended; see ``Stop``.
    case stopped(Stop)
    /// The shop's robots.txt does not want it asked.
    case forbidden
    /// A usable answer came, but not a readable one.
    case unreadable(PageError)
    /// No usable answer came.
    case failed(String, isTemporary: Bool)
  }

  /// Why nothing more is asked.
  enum Stop: Sendable {
    /// The shop refuses to talk.
    case refused
    /// Nothing usable has come for a long while: the shop is down, or answers with something else altogether.
    case silent
    /// The cabinet does not know the session any more.
    case expired
  }

  /// Who answers: a refusal by one says nothing about the others.
  enum Party: Sendable, Hashable {
    /// Whoever serves the seller's price list.
    case feed
    /// The public shop.
    case shop
    /// The seller's cabinet.
    case cabinet
    /// Whoever serves the seller's sheet.
    case sheet
    /// The host of pictures.
    case images
  }

  /// Reads a file of the seller.
  ///
  /// - Parameters:
  ///   - path: An absolute path.
  ///   - surface: What it stands in for.
  ///   - place: Its name for reports.
  ///   - maximumBytes: The longest file to take.
  /// - Returns: The bytes, or why the crawl has none.
  /// - Throws: ``StoreError`` when our own disk refuses.
  func readFile(
    _ path: String, _ surface: CrawlReport.Surface, as place: String, maximumBytes: Int
  ) throws -> Result<Answer<[UInt8]>, CrawlFailure> {
    if let noted = try journal.answer(to: place), let kept = noted.kept, let bytes = try archive.read(kept) {
      return .success(
        Answer(value: bytes, provenance: Self.provenance(of: noted, parser: FeedReading.parserVersion)))
    }
    let bytes: [UInt8]
    do {
      bytes = try wire.file(path, surface, as: place, maximumBytes: maximumBytes)
    } catch let error as StoreError {
      return .failure(
        CrawlFailure(
          kind: .badInput, what: "the file cannot be read: \(error.detail)", place: Place(place),
          hint: error.hint))
    }
    // Of a file that is no sheet nothing is kept: it is read again, and its reader says what is wrong.
    if surface == .sheet, (try? StockSheet(bytes, source: place)) == nil {
      return .success(
        Answer(
          value: bytes,
          provenance: Provenance(
            source: place, fetched: moment, digest: Digest.sha256(bytes), parser: FeedReading.parserVersion)))
    }
    // Kept like an answer: a resumed crawl and a reading anew must not mix two states of the file.
    let kept = surface == .sheet ? StockSheet.withoutOtherColumns(bytes) : bytes
    let noted = CrawlJournal.Answer(
      surface: surface, name: place, status: 200, digest: Digest.sha256(bytes), bytes: bytes.count,
      kept: try archive.keep(kept), fetched: moment)
    try journal.note(noted)
    return .success(
      Answer(value: bytes, provenance: Self.provenance(of: noted, parser: FeedReading.parserVersion)))
  }

  static func provenance(of noted: CrawlJournal.Answer, parser: Int) -> Provenance {
    Provenance(source: noted.name, fetched: noted.fetched, digest: noted.digest, parser: parser)
  }
}

extension CrawlReport.Surface {
  /// Who answers on this surface.
  var party: Fetcher.Party {
    switch self {
    case .feed: .feed
    case .sheet: .sheet
    case .cabinet: .cabinet
    case .images: .images
    case .listing, .page, .offers, .reviews, .robots: .shop
    }
  }
}
