internal import Model
internal import Store

/// Reading the cards: public pages first, the cabinet's details where there is no page.
extension CrawlRun {
  /// What the sources say of a card, in a few digits: when it stays the same, the page need not be read again.
  func marks() -> [ProductID: String] {
    var facts: [ProductID: [String]] = [:]
    for line in book.lines {
      guard let id = line.productID ?? line.candidate else { continue }
      let price = settings.city.flatMap { line.pricing?.price(in: $0) } ?? line.pricing?.lowest
      let isOnSale = line.availabilities.isEmpty || line.availabilities.contains(where: \.isAvailable)
      var words = [line.sku.text, line.title ?? "", line.brand ?? "", "\(price?.amount ?? 0)", "\(isOnSale)"]
      if let card = line.card {
        words.append(card.title)
        for (city, sale) in card.sales.sorted(by: { $0.key < $1.key }) { words.append("\(city)=\(sale)") }
      }
      facts[id, default: []].append(words.joined(separator: "\u{1F}"))
    }
    return facts.mapValues { lines in
      String(Digest.sha256(Array(lines.sorted().joined(separator: "\u{1E}").utf8)).prefix(16))
    }
  }

  /// Reads the page of every card, each once.
  mutating func readPages(_ robots: RobotsRules) async throws {
    guard settings.enrichPages else { return }
    let marks = marks()
    let refresh = Refresh(settings: settings, journal: journal)
    let all = marks.keys.sorted()
    let (addresses, fetcher, settings) = (addresses, fetcher, settings)
    let plan = refresh.plan(all, marks: marks) { addresses.page($0) }
    self.carried = plan.carried
    if plan.beyond > 0 {
      gaps.append(
        Gap(
          kind: .page, source: addresses.base,
          reason: "\(plan.beyond) pages are beyond the limit of \(plan.asked)"))
    }
    let counter = Counter(phase: .pages, total: plan.ids.count, progress)
    let carried = plan.carried
    let answers = try await concurrentMap(plan.ids, width: settings.concurrency) {
      id -> Result<Enrichment.PageReference, Fetcher.Problem> in
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
      question.mark = marks[id]
      let answer = try await fetcher.ask(question) { bytes throws(PageError) in
        try ProductPage.extract(html: bytes, source: address)
      }
      counter.step()
      return answer.map { answer in
        var shape = answer.value.shape
        shape.isOtherCity =
          settings.city.map { city in answer.value.city.map { $0 != city } ?? false } ?? false
        fetcher.note(shape, .page)
        return Enrichment.PageReference(answer.kept ?? "", answer.provenance)
      }
    }
    var unasked = 0
    var forbidden = 0
    for (id, answer) in zip(plan.ids, answers) {
      switch answer {
      case .success(let page): enrichment.pages[id] = .page(page)
      case .failure(.gone): enrichment.pages[id] = .gone
      case .failure(.stopped): unasked += 1
      case .failure(.forbidden): forbidden += 1
      case .failure(let problem): missPage(addresses.page(id), problem)
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
    noteStop(unasked, "pages", kind: .page, .shop)
  }

  /// Reads the cabinet's details of every offer whose page was not read.
  mutating func readDetails(_ cabinet: CabinetAddresses) async throws {
    guard settings.enrichDetails, fetcher.stop(.cabinet) == nil else { return }
    let marks = marks()
    let wanted = book.lines.filter { line in
      guard !line.isCardLine, let id = line.productID else { return false }
      if case .page? = enrichment.pages[id] { return false }
      return true
    }
    // One offer of a card is enough: the card is the same for all of them.
    var seen: Set<ProductID> = []
    let asked = wanted.filter { line in line.productID.map { seen.insert($0).inserted } ?? false }
    guard !asked.isEmpty else { return }
    let counter = Counter(phase: .details, total: asked.count, progress)
    let refresh = Refresh(settings: settings, journal: journal)
    let (fetcher, settings) = (fetcher, settings)
    let answers = try await concurrentMap(asked, width: settings.concurrency) { line in
      let address = cabinet.details(line.sku)
      var question = Fetcher.Question(
        surface: .cabinet, address: address, maximumBytes: settings.maximumPageBytes,
        keep: CabinetRedaction.details)
      question.mark = line.productID.flatMap { marks[$0] }
      if let id = line.productID {
        question.mayBeCarried = !refresh.isDue(id, name: question.name, mark: question.mark)
      }
      let place = WebAddress.withoutSecrets(address) + "#" + line.sku.text
      let answer = try await fetcher.ask(question) { bytes throws(PageError) in
        try CabinetDetails(bytes, source: place)
      }
      counter.step()
      return answer.map { answer in
        fetcher.note(answer.value.shape, .cabinet)
        return Enrichment.PageReference(answer.kept ?? "", answer.provenance)
      }
    }
    var unasked = 0
    for (line, answer) in zip(asked, answers) {
      guard let id = line.productID else { continue }
      switch answer {
      case .success(let details): enrichment.details[id] = details
      case .failure(.gone): break
      case .failure(.stopped): unasked += 1
      case .failure(let problem):
        let place = WebAddress.withoutSecrets(cabinet.details(line.sku)) + "#" + line.sku.text
        missPage(place, problem)
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
