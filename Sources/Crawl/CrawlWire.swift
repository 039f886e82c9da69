internal import HTTP
internal import Model
internal import Store
internal import SystemPackage

/// The way to the outside: through the clients, past a cassette where there is one.
struct CrawlWire: Sendable {
  /// Asks everything that needs no session.
  let client: any HTTPClient
  /// Asks the cabinet, with its session.
  let cabinet: any HTTPClient
  /// Records answers, or stands in for the network.
  let cassette: Cassette?

  /// Brings one answer.
  ///
  /// - Parameters:
  ///   - question: What to ask.
  ///   - settings: How requests call themselves.
  ///   - old: An earlier answer that may still hold.
  /// - Returns: The complete answer; with a cassette, what the cassette keeps of it.
  /// - Throws: ``HTTPError``; ``StoreError`` from a cassette.
  func send(
    _ question: Fetcher.Question, settings: CrawlSettings, since old: CrawlJournal.Answer?
  ) async throws -> HTTPResponse {
    if let cassette, cassette.isReplay { return try cassette.answer(to: question) }
    let client = question.surface.party == .cabinet ? cabinet : client
    let request = Self.request(for: question, settings: settings, since: old)
    do {
      let response = try await client.send(request)
      return try cassette?.record(response, to: question) ?? response
    } catch let error as HTTPError {
      if error.code != .cancelled { try cassette?.record(error, to: question) }
      throw error
    }
  }

  /// Brings a file of the seller, as if it had been asked for.
  ///
  /// - Parameters:
  ///   - path: An absolute path.
  ///   - surface: What it stands in for.
  ///   - place: Its name in the cassette.
  ///   - maximumBytes: The longest file to take.
  /// - Returns: Its bytes; with a cassette, what the cassette keeps of them.
  /// - Throws: ``StoreError`` when it cannot be read.
  func file(
    _ path: String, _ surface: CrawlReport.Surface, as place: String, maximumBytes: Int
  ) throws -> [UInt8] {
    // A cassette is played elsewhere too: there the file goes by its last name.
    let name = FilePath(path).lastComponent?.string ?? place
    let question = Fetcher.Question(surface: surface, address: "file \(name)", maximumBytes: maximumBytes)
    if let cassette, cassette.isReplay {
      do { return try cassette.answer(to: question).body } catch is HTTPError {
        throw StoreError(
          code: .missing, path: path, detail: "the cassette does not hold this file",
          hint: "Record again: crawl --record DIR.")
      }
    }
    let bytes = try AtomicFile.read(FilePath(path), maximumBytes: maximumBytes)
    guard let cassette else { return bytes }
    return try cassette.record(HTTPResponse(status: 200, body: bytes, url: place), to: question).body
  }

  /// Hosts that a published sheet is really served from; its address only leads there.
  static let sheetHosts = ["docs.google.com", ".googleusercontent.com"]

  private static func request(
    for question: Fetcher.Question, settings: CrawlSettings, since old: CrawlJournal.Answer?
  ) -> HTTPRequest {
    var headers: [(name: String, value: String)] = [
      ("User-Agent", settings.userAgent), ("Accept-Language", "ru"),
    ]
    switch question.surface {
    case .feed: headers.append(("Accept", "application/xml,text/xml,*/*"))
    case .sheet: headers.append(("Accept", "text/csv,text/plain,*/*"))
    case .page: headers.append(("Accept", "text/html,application/xhtml+xml"))
    case .robots: headers.append(("Accept", "text/plain,*/*"))
    case .images: headers.append(("Accept", "image/*"))
    case .cabinet:
      headers += [
        ("Accept", "application/json"), ("x-auth-version", "3"), ("Origin", "https://kaspi.kz"),
        ("Referer", "https://kaspi.kz/"),
      ]
    case .listing, .reviews, .offers:
      headers.append(("Accept", "application/json"))
      if let city = settings.city { headers.append(("X-KS-City", city.code)) }
    }
    if question.body != nil { headers.append(("Content-Type", "application/json; charset=UTF-8")) }
    if let referer = question.referer { headers.append(("Referer", referer)) }
    if let etag = old?.etag { headers.append(("If-None-Match", etag)) }
    if let modified = old?.modified { headers.append(("If-Modified-Since", modified)) }
    var request = HTTPRequest(
      question.body == nil ? "GET" : "POST", question.address, headers: headers, body: question.body,
      maximumBytes: question.maximumBytes,
      // A way out of the cabinet leads to its login, which is an answer in itself.
      maximumRedirects: question.surface.party == .cabinet ? 0 : 3)
    request.asksOnly = true
    request.redirectHosts = question.redirectHosts
    return request
  }
}
