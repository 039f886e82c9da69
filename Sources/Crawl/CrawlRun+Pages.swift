internal import Model
internal import Store

/// Reading the cards: public pages first, the cabinet's details where there is no page.
extension CrawlRun {
  /// What the sources say of every card: when it stays the same, the page need not be read again.
  func marks() -> [ProductID: Mark] {
    var cards = book.lines.indices.compactMap { index -> (id: ProductID, index: Int)? in
      (book.lines[index].productID ?? book.lines[index].candidate).map { ($0, index) }
    }
    cards.sort { ($0.id, $0.index) < ($1.id, $1.index) }
    var marks: [ProductID: Mark] = [:]
    marks.reserveCapacity(cards.count)
    var position = 0
    while position < cards.count {
      let id = cards[position].id
      var words: [String] = []
      while position < cards.count, cards[position].id == id {
        words.append(self.words(of: book.lines[cards[position].index]))
        position += 1
      }
      marks[id] = Mark(words.sorted().joined(separator: "\u{1E}"))
    }
    return marks
  }

  private func words(of line: OfferBook.Line) -> String {
    let price = settings.city.flatMap { line.pricing?.price(in: $0) } ?? line.pricing?.lowest
    let isOnSale = line.availabilities.isEmpty || line.availabilities.contains(where: \.isAvailable)
    var words = [line.sku.text, line.title ?? "", line.brand ?? "", "\(price?.amount ?? 0)", "\(isOnSale)"]
    if let card = line.card?.product {
      words.append(card.title)
      for (city, sale) in card.sales.sorted(by: { $0.key < $1.key }) { words.append("\(city)=\(sale)") }
    }
    return words.joined(separator: "\u{1F}")
  }

  /// Reads the page of every card, each once.
  mutating func readPages(_ robots: RobotsRules) async throws {
    guard settings.enrichPages else { return }
    let marks = marks()
    let refresh = Refresh(settings: settings, journal: journal)
    let all = marks.keys.sorted()
    let (addresses, fetcher, settings) = (addresses, fetcher, settings)
    let plan = try refresh.plan(all, marks: marks) { addresses.page($0) }
    self.carried = plan.carried
    if plan.beyond > 0 {
      gaps.append(
        Gap(
          kind: .page, source: addresses.base,
          reason: "\(plan.beyond) pages are beyond the limit of \(plan.asked)"))
    }
    let counter = Counter(phase: .pages, total: plan.ids.count, progress)
    let carried = plan.carried
    var problems = Ordered<Fetcher.Problem>()
    var partly: [(id: ProductID, reason: String)] = []
    let named = Set(book.lines.compactMap(\.productID))
    var outcomes = enrichment.pages
    outcomes.reserveCapacity(plan.ids.count)
    try await concurrentEach(plan.ids, width: settings.concurrency) {
      id -> Result<(Enrichment.PageOutcome, isDamaged: Bool), Fetcher.Problem> in
      let address = addresses.page(id)
      let parts = WebAddress.parts(of: address)
      guard robots.allows(parts.path + (parts.query.isEmpty ? "" : "?" + parts.query)) else {
        counter.step()
        return .failure(.forbidden)
      }
      var question = Fetcher.Question(
        surface: .page, address: address, maximumBytes: settings.maximumPageBytes,
        keep: PageRedaction.withoutPeople)
      question.mayBeCarried = carried.contains(id)
      question.mark = marks[id]?.text
      question.isCertain = named.contains(id)
      let answer = try await fetcher.askPage(question, of: id)
      counter.step()
      switch answer {
      case .success(let looks):
        var shape = looks.shape
        shape.isOtherCity =
          settings.city.map { city in looks.city.map { $0 != city } ?? false } ?? false
        fetcher.note(shape, .page)
        return .success((looks.isPage(of: id) ? .page : .other, looks.isDamaged))
      case .failure(.gone): return .success((.gone, false))
      case .failure(let problem): return .failure(problem)
      }
    } take: { index, answer in
      switch answer {
      case .success(let (outcome, isDamaged)):
        outcomes[plan.ids[index]] = outcome
        // A number that was only guessed may well lead to something else.
        if outcome == .other, named.contains(plan.ids[index]) {
          partly.append((plan.ids[index], "the page shows another card"))
        } else if isDamaged {
          partly.append((plan.ids[index], "the embedded card is damaged; only what is visible was read"))
        }
      case .failure(let problem): problems.add(index, problem)
      }
    }
    enrichment.pages = outcomes
    var unasked = 0
    var forbidden = 0
    for (index, problem) in problems.sorted {
      switch problem {
      case .stopped: unasked += 1
      case .forbidden: forbidden += 1
      default: missPage(addresses.page(plan.ids[index]), problem)
      }
    }
    if forbidden > 0 {
      let failure = CrawlFailure(.forbidden, place: addresses.base)
      gaps.append(Gap(kind: .page, source: addresses.base, reason: "\(forbidden) pages: \(failure.what)"))
      findings.append(
        Finding(
          rule: "robots", severity: .warning, place: failure.place,
          message: "robots.txt of the shop forbids \(forbidden) pages", hint: failure.hint))
    }
    // What a card's own page was not seen to say is not gone.
    gaps += partly.sorted { $0.id < $1.id }.map {
      Gap(kind: .page, source: addresses.page($0.id), reason: $0.reason)
    }
    noteStop(unasked, "pages", kind: .page, .shop)
  }

  /// Reads the cabinet's details of every offer whose page was not read.
  mutating func readDetails(_ cabinet: CabinetAddresses) async throws {
    guard settings.enrichDetails, fetcher.stop(.cabinet) == nil else { return }
    let marks = marks()
    let wanted = book.lines.filter { line in
      guard !line.isCardLine, let id = line.productID else { return false }
      return enrichment.pages[id] != .page
    }
    // One offer of a card is enough: the card is the same for all of them.
    var seen: Set<ProductID> = []
    let asked = wanted.filter { line in line.productID.map { seen.insert($0).inserted } ?? false }
    guard !asked.isEmpty else { return }
    let counter = Counter(phase: .details, total: asked.count, progress)
    let refresh = Refresh(settings: settings, journal: journal)
    let (fetcher, settings) = (fetcher, settings)
    var problems = Ordered<Fetcher.Problem>()
    try await concurrentEach(asked, width: settings.concurrency) {
      line -> Result<Void, Fetcher.Problem> in
      let address = cabinet.details(line.sku)
      var question = Fetcher.Question(
        surface: .cabinet, address: address, maximumBytes: settings.maximumPageBytes,
        keep: CabinetRedaction.details)
      if let id = line.productID {
        question.mark = marks[id]?.text
        question.mayBeCarried = !(try refresh.isDue(id, name: question.name, mark: marks[id]))
      }
      let place = WebAddress.withoutSecrets(address) + "#" + line.sku.text
      let answer = try await fetcher.ask(question) { bytes throws(PageError) in
        try CabinetDetails(bytes, source: place)
      }
      counter.step()
      return answer.map { answer in
        fetcher.note(answer.value.shape, .cabinet)
      }
    } take: { index, answer in
      switch answer {
      case .success:
        let line = asked[index]
        if let id = line.productID { enrichment.details[id] = cabinet.details(line.sku) }
      case .failure(let problem): problems.add(index, problem)
      }
    }
    var unasked = 0
    for (index, problem) in problems.sorted {
      switch problem {
      case .gone: break
      case .stopped: unasked += 1
      default:
        let sku = asked[index].sku
        missPage(WebAddress.withoutSecrets(cabinet.details(sku)) + "#" + sku.text, problem)
      }
    }
    noteStop(unasked, "details", kind: .page, .cabinet)
  }

  private mutating func missPage(_ address: String, _ problem: Fetcher.Problem) {
    let failure = CrawlFailure(problem, place: address)
    gaps.append(Gap(kind: .page, source: address, reason: failure.what))
    guard case .unreadable(let error) = problem else { return }
    findings.append(
      Finding(
        rule: "page-\(error.code.rawValue)", severity: .warning, place: Place(address), message: error.detail,
        hint: error.hint))
  }
}
