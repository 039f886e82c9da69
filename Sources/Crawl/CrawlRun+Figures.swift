internal import Model

/// Reading figures: stars, and prices of other sellers.
extension CrawlRun {
  /// Cards that were found: named by a source, or proven by their page.
  private var known: [ProductID] {
    let pages = enrichment.pages
    let named = book.lines.compactMap { line -> ProductID? in
      if let id = line.productID { return id }
      guard let id = line.candidate, pages[id] == .page else { return nil }
      return id
    }
    return Set(named).filter { pages[$0] != .gone }.sorted()
  }

  /// Reads the figures of every card that was found.
  mutating func readReviews() async throws {
    guard settings.enrichReviews else { return }
    let asked = known
    let counter = Counter(phase: .reviews, total: asked.count, progress)
    let (addresses, fetcher, settings, carried) = (addresses, fetcher, settings, carried)
    var problems = Ordered<Fetcher.Problem>()
    var ratings = enrichment.ratings
    try await concurrentEach(asked, width: settings.concurrency) {
      id -> Result<Rating?, Fetcher.Problem> in
      let address = addresses.reviews(id)
      // The body holds names and order numbers: it is read and dropped, only the figures are noted.
      var question = Fetcher.Question(
        surface: .reviews, address: address, referer: addresses.page(id),
        maximumBytes: settings.maximumPageBytes)
      question.mayBeCarried = carried.contains(id)
      let answer = try await fetcher.ask(question, rating: { $0 }, restore: { $0 }) {
        bytes throws(PageError) in
        try ReviewSummary(bytes, source: WebAddress.withoutSecrets(address)).rating
      }
      counter.step()
      return answer.map(\.value)
    } take: { index, answer in
      switch answer {
      case .success(let rating): ratings[asked[index]] = rating
      case .failure(let problem): problems.add(index, problem)
      }
    }
    enrichment.ratings = ratings
    var unasked = 0
    for (index, problem) in problems.sorted {
      switch problem {
      case .gone: break
      case .stopped: unasked += 1
      default:
        let place = WebAddress.withoutSecrets(addresses.reviews(asked[index]))
        gaps.append(Gap(kind: .reviews, source: place, reason: CrawlFailure(problem, place: place).what))
      }
    }
    noteStop(unasked, "ratings", kind: .reviews, .shop)
  }

  /// Reads the prices of all sellers of every card, in the shop's city.
  mutating func readMarket() async throws {
    guard settings.enrichOffers, let city = settings.city else { return }
    let asked = known
    let counter = Counter(phase: .offers, total: asked.count, progress)
    let (addresses, fetcher, settings, seller) = (addresses, fetcher, settings, seller)
    var problems = Ordered<Fetcher.Problem>()
    var positions: [MarketPosition] = []
    try await concurrentEach(asked, width: settings.concurrency) {
      id -> Result<MarketPosition?, Fetcher.Problem> in
      var prices: [MerchantID: Tenge] = [:]
      var (read, seen) = (0, Instant(milliseconds: 0))
      for page in 0..<CompetitorOffers.maximumPages {
        let address = addresses.offers(id)
        var question = Fetcher.Question(
          surface: .offers, address: address, referer: addresses.page(id),
          maximumBytes: settings.maximumPageBytes, keep: Redaction.offers)
        question.body = CompetitorOffers.question(id, city: city, page: page)
        let answer = try await fetcher.ask(question) { bytes throws(PageError) in
          try CompetitorOffers(bytes, source: address)
        }
        switch answer {
        case .failure(.gone): return .success(nil)
        case .failure(let problem): return .failure(problem)
        case .success(let answer):
          let before = prices.count
          prices.merge(answer.value.prices) { min($0, $1) }
          read += answer.value.size
          seen = answer.provenance.fetched
          let isLast =
            answer.value.size < CompetitorOffers.pageSize || prices.count == before
            || read >= answer.value.total ?? .max
          if isLast { break }
          continue
        }
        break
      }
      counter.step()
      return .success(
        CompetitorOffers.position(prices, own: seller, product: id, city: city, seen: seen))
    } take: { index, answer in
      switch answer {
      case .success(let position): positions += [position].compactMap(\.self)
      case .failure(let problem): problems.add(index, problem)
      }
    }
    market += positions
    var unasked = 0
    for (index, problem) in problems.sorted {
      if case .stopped = problem {
        unasked += 1
      } else {
        let place = addresses.offers(asked[index])
        gaps.append(Gap(kind: .market, source: place, reason: CrawlFailure(problem, place: place).what))
      }
    }
    noteStop(unasked, "sellers' prices", kind: .market, .shop)
  }
}
