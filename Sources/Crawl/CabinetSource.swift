internal import Model

/// The seller's own list in the cabinet, page by page.
struct CabinetSource: OfferSource {
  private let fetcher: Fetcher
  private let settings: CrawlSettings
  private let addresses: CabinetAddresses?
  private let source: SourceSettings
  private let progress: @Sendable (CrawlProgress) -> Void

  init(
    _ source: SourceSettings, fetcher: Fetcher, settings: CrawlSettings,
    progress: @escaping @Sendable (CrawlProgress) -> Void
  ) {
    self.source = source
    self.fetcher = fetcher
    self.settings = settings
    self.progress = progress
    addresses = CabinetAddresses(source.location, merchant: settings.merchant)
  }

  /// The two halves of the list.
  private enum Half { case onSale, offSale }

  /// Reads what is on sale, then what was taken off it: an offer that is known to be off sale is no missing one.
  ///
  /// The second half may fail by itself: then it is as if those offers had not been seen.
  ///
  /// - Returns: The offers, and why the list is not whole, if it is not.
  /// - Throws: ``StoreError`` or `CancellationError`.
  func read() async throws -> SourceYield {
    var yield = SourceYield()
    guard let addresses else {
      yield.failure = CrawlFailure(
        kind: .configuration, what: "the cabinet is asked for a seller, and none is named",
        place: Place(source.publicLocation),
        hint: "Set `merchant` for this shop, and an http or https address.")
      return yield
    }
    var seen: Set<SKU> = []
    yield = try await read(.onSale, addresses, &seen)
    yield.merchant = addresses.merchant
    guard yield.failure == nil else { return yield }
    let rest = try await read(.offSale, addresses, &seen)
    yield.findings += rest.findings
    if let failure = rest.failure {
      yield.findings.append(
        Finding(
          rule: "cabinet-off-sale", severity: .warning, place: failure.place,
          message: "the cabinet's list of offers off sale is not whole: \(failure.what)", hint: failure.hint))
    }
    let known = rest.lines.compactMap(Self.offSale)
    yield.lines += known
    if known.count < rest.lines.count {
      yield.findings.append(
        Finding(
          rule: "cabinet-off-sale", severity: .note, place: Place(source.publicLocation),
          message:
            "\(rest.lines.count - known.count) offers off sale have no store or no price, and are left out"))
    }
    return yield
  }

  /// An offer off sale, at every store that it names; `nil` for one that no price list can say that of.
  private static func offSale(_ line: SourceLine) -> SourceLine? {
    guard let stores = line.availabilities, !stores.isEmpty, line.pricing != nil else { return nil }
    var line = line
    line.availabilities = stores.map { Availability(store: $0.store, isAvailable: false, stock: 0) }
    return line
  }

  /// Asks page after page: to a page that is empty or brings nothing new, or a short one where all have come.
  ///
  /// The announced total is known to lie in both directions. A total that is too small ends nothing while pages are
  /// full; one that is too large is believed until an empty page says that there is no more.
  private func read(
    _ half: Half, _ addresses: CabinetAddresses, _ seen: inout Set<SKU>
  ) async throws -> SourceYield {
    var yield = SourceYield()
    var total: Int?
    var repeated = 0
    for number in 0..<max(1, settings.maximumListingPages) {
      let address = addresses.list(page: number, isOnSale: half == .onSale)
      let question = Fetcher.Question(
        surface: .cabinet, address: address, maximumBytes: settings.maximumFeedBytes,
        keep: CabinetRedaction.list)
      let place = "\(source.publicLocation)#page=\(number)" + (half == .onSale ? "" : "&off-sale")
      let answer = try await fetcher.ask(question) { bytes throws(PageError) in
        try CabinetList(bytes, source: place)
      }
      switch answer {
      // An older cabinet without this half has nothing to say.
      case .failure(.gone) where half == .offSale && number == 0: return yield
      case .failure(let problem):
        yield.failure = CrawlFailure(problem, place: place)
        return yield
      case .success(let answer):
        let page = answer.value
        for shape in page.shapes { fetcher.note(shape, .cabinet) }
        total = total ?? page.total
        yield.heldBack += page.heldBack
        var fresh = 0
        let origin = [answer.provenance]
        for var line in page.lines {
          guard let sku = line.sku, seen.insert(sku).inserted else { continue }
          line.provenance = origin
          yield.lines.append(line)
          fresh += 1
        }
        repeated += page.lines.count - fresh
        let found = yield.lines.count + yield.heldBack.count
        if half == .onSale { progress(CrawlProgress(phase: .cabinet, done: found, total: total)) }
        let isShort = page.size < CabinetAddresses.pageSize
        // What moved from one half to the other is shown in both, and counted in both.
        let shown = half == .onSale ? found : found + repeated
        if page.size == 0 || (fresh == 0 && page.heldBack.isEmpty) || (isShort && shown >= total ?? 0) {
          return judged(yield, half, total: total, pages: number + 1, repeated: repeated)
        }
      }
    }
    yield.failure = CrawlFailure(
      kind: .badInput, what: "the cabinet's list did not end within \(settings.maximumListingPages) pages",
      place: Place(source.publicLocation), hint: "Run it again; if it stays so, report it.")
    return yield
  }

  /// Compares what came with what was announced.
  private func judged(
    _ yield: SourceYield, _ half: Half, total: Int?, pages: Int, repeated: Int
  ) -> SourceYield {
    var yield = yield
    let place = Place(source.publicLocation)
    let found = yield.lines.count + yield.heldBack.count
    if repeated > 0 {
      yield.findings.append(
        Finding(
          rule: "cabinet-repeats", severity: .note, place: place,
          message: "\(repeated) offers were shown on two pages: the list moved while it was read"))
    }
    if found == 0 {
      guard half == .onSale else { return yield }
      yield.failure = CrawlFailure(
        kind: .badInput, what: "the cabinet shows no offer of seller \(addresses?.merchant.text ?? "")",
        place: place, hint: "Check `merchant`; a shop without offers is not published.")
    } else if let total, total != found + (half == .onSale ? 0 : repeated) {
      yield.findings.append(
        Finding(
          rule: "cabinet-total", severity: .warning, place: place,
          message: "the cabinet announced \(total) offers and showed \(found) on \(pages) pages"))
      if Double(total - found) > ListingSource.tolerance * Double(total) {
        yield.failure = CrawlFailure(
          kind: .temporary, what: "the cabinet showed only \(found) of \(total) offers", place: place,
          hint: "Crawl again later; if it stays so, take a price list as the first source.")
      }
    }
    return yield
  }
}

/// The addresses of the cabinet that a crawl asks for; only reads.
struct CabinetAddresses: Sendable {
  /// Where the cabinet's paths begin, without a slash at the end.
  let base: String
  /// The seller.
  let merchant: MerchantID

  /// The largest page that the cabinet gives.
  static let pageSize = 100

  /// Reads the address of a cabinet, or of its list as a browser's tools show it.
  ///
  /// Gives `nil` for anything but http and https, and where neither the address nor the shop names the seller.
  ///
  /// - Parameters:
  ///   - address: Like `https://mc.shop.kaspi.kz`; a path of the list behind it is cut off.
  ///   - merchant: The shop's seller; one in the address goes before.
  init?(_ address: String, merchant: MerchantID?) {
    let parts = WebAddress.parts(of: address)
    guard parts.scheme == "http" || parts.scheme == "https" else { return nil }
    var path = parts.path
    if let list = path.firstRange(of: "/bff/") { path = String(path[..<list.lowerBound]) }
    while path.hasSuffix("/") { path.removeLast() }
    guard let seller = WebAddress.query(of: address)["m"].flatMap({ MerchantID($0) }) ?? merchant else {
      return nil
    }
    base = parts.base + path
    self.merchant = seller
  }

  /// One page of the offers on sale, or of those off sale.
  ///
  /// - Parameters:
  ///   - page: From 0.
  ///   - isOnSale: Which half of the list.
  /// - Returns: An absolute address.
  func list(page: Int, isOnSale: Bool) -> String {
    "\(base)/bff/offer-view/list?m=\(WebAddress.encoded(merchant.text))&p=\(page)&l=\(Self.pageSize)&a=\(isOnSale)"
      + "&t=&c=&lowStock=false&notSpecifiedStock=false"
  }

  /// One offer with its whole card.
  ///
  /// - Parameter sku: The seller's code.
  /// - Returns: An absolute address.
  func details(_ sku: SKU) -> String {
    "\(base)/bff/offer-view/details?m=\(WebAddress.encoded(merchant.text))&s=\(WebAddress.encoded(sku.text))"
  }
}
