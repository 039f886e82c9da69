public import Model
public import Store

/// What a crawl found, and how it went.
public struct CrawlResult: Sendable, Equatable {
  /// What was found; goes on to publishing.
  public var shop: CrawledShop
  /// How it went; for people and for `reports/`.
  public var report: CrawlReport
  /// Where offers stand among all sellers, sorted by card and city; empty where nobody asked.
  public var market: [MarketPosition]

  /// Makes a result.
  ///
  /// - Parameters:
  ///   - shop: What was found.
  ///   - report: How it went.
  ///   - market: Where offers stand among all sellers.
  public init(shop: CrawledShop, report: CrawlReport, market: [MarketPosition] = []) {
    self.shop = shop
    self.report = report
    self.market = market
  }
}

/// How a crawl went, in numbers.
public struct CrawlReport: Sendable, Equatable {
  /// The crawl's number in its journal: the moment of its start.
  public var run: String
  /// The shop's name in the configuration.
  public var shop: String
  /// Start of the crawl; of a resumed one, the first start.
  public var started: Instant
  /// End of the crawl.
  public var finished: Instant
  /// Why there are no offers, or why it stopped early; `nil` when it went to its end.
  public var failure: CrawlFailure?
  /// Requests by kind of surface, in the order of ``Surface``.
  public var requests: [Requests]
  /// How many offers have which field, in the order of ``CoverageField``.
  public var coverage: [Coverage]
  /// Offers found.
  public var offers: Int
  /// Offers that cannot be published.
  public var heldBack: Int
  /// What did not come, sorted.
  public var gaps: [Gap]
  /// Number of findings by severity.
  public var findings: [Finding.Severity: Int]
  /// Warnings and errors among the findings by their rule, most frequent first.
  public var warnings: [Warning] = []
  /// Facts on which sources disagree.
  public var conflicts = Conflicts()
  /// What has changed in kind against the crawls before.
  public var alerts: [Finding] = []

  /// A surface of the shop, each with manners of its own.
  public enum Surface: String, Sendable, CaseIterable {
    /// A price list.
    case feed
    /// The listing.
    case listing
    /// A product page.
    case page
    /// Rating figures.
    case reviews
    /// The cabinet: its list and its details.
    case cabinet
    /// A sheet.
    case sheet
    /// Sellers of a card.
    case offers
    /// What the shop lets crawlers ask for.
    case robots
    /// Pictures.
    case images
  }

  /// Requests to one surface.
  public struct Requests: Sendable, Hashable {
    /// The surface.
    public var surface: Surface
    /// Asked in this run of the program.
    public var asked = 0
    /// Not asked again, because an interrupted crawl had the answer.
    public var reused = 0
    /// Not asked, because the answer of the last crawl is good enough.
    public var carried = 0
    /// Asked, and the server said that nothing has changed.
    public var unchanged = 0
    /// Without a usable answer.
    public var failed = 0
  }

  /// Findings of one rule.
  public struct Warning: Sendable, Hashable {
    /// The rule.
    public var rule: String
    /// How often.
    public var count: Int
    /// Where it was found first, and what.
    public var example: String
  }

  /// A field whose presence is counted.
  public enum CoverageField: String, Sendable, CaseIterable {
    /// A title, from offer or card.
    case title
    /// A brand, from offer or card.
    case brand
    /// A price; an offer cannot be without.
    case price
    /// A card.
    case card
    /// At least one category.
    case category
    /// At least one picture.
    case image
    /// Running text.
    case description
    /// At least one property.
    case characteristics
    /// Stars.
    case rating
  }

  /// Presence of one field.
  public struct Coverage: Sendable, Hashable {
    /// The field.
    public var field: CoverageField
    /// Offers that have it.
    public var count: Int
    /// Offers in all.
    public var of: Int
  }
}

extension CrawlReport {
  /// Counts how many offers have which field.
  ///
  /// - Parameter offers: What a crawl found.
  /// - Returns: One entry a field, in the order of ``CoverageField``.
  public static func coverage(of offers: [CrawledOffer]) -> [Coverage] {
    var tally = Tally()
    for offer in offers { tally.count(.offer(offer)) }
    return tally.coverage
  }

  /// The report as one JSON document, without findings and offers.
  public var document: JSONValue {
    var members: [String: JSONValue] = [
      "format": 1, "run": .string(run), "shop": .string(shop), "started": .string(started.description),
      "finished": .string(finished.description), "offers": .integer(offers), "held_back": .integer(heldBack),
    ]
    members["failure"] = failure.map { failure in
      .object([
        "kind": .string(failure.kind.rawValue), "what": .string(failure.what),
        "place": .string(failure.place.description), "hint": .string(failure.hint),
      ])
    }
    members["requests"] = .object(
      Dictionary(
        uniqueKeysWithValues: requests.map { line in
          (
            line.surface.rawValue,
            .object([
              "asked": .integer(line.asked), "reused": .integer(line.reused),
              "carried": .integer(line.carried), "unchanged": .integer(line.unchanged),
              "failed": .integer(line.failed),
            ])
          )
        }))
    members["coverage"] = .object(
      Dictionary(
        uniqueKeysWithValues: coverage.map {
          ($0.field.rawValue, .array([.integer($0.count), .integer($0.of)]))
        }))
    members["gaps"] = .array(
      gaps.map { gap in
        .object([
          "kind": .string(gap.kind.rawValue), "source": .string(gap.source), "reason": .string(gap.reason),
        ])
      })
    members["conflicts"] = conflicts.document
    members["alerts"] = .array(
      alerts.map { alert in
        [
          "rule": .string(alert.rule), "place": .string(alert.place.description),
          "message": .string(alert.message), "hint": .string(alert.hint ?? ""),
        ]
      })
    members["warnings"] = .array(
      warnings.map {
        ["rule": .string($0.rule), "count": .integer($0.count), "example": .string($0.example)]
      })
    members["findings"] = .object(
      Dictionary(uniqueKeysWithValues: findings.map { ($0.key.rawValue, .integer($0.value)) }))
    return .object(members)
  }

  /// The report as people read it.
  public var text: String {
    var lines = ["Crawl of \(shop), started \(started.almaty), finished \(finished.almaty)", ""]
    lines.append("offers      \(offers.grouped)" + (heldBack > 0 ? ", held back \(heldBack.grouped)" : ""))
    for line in requests where line.asked + line.reused + line.failed + line.carried > 0 {
      let surface = line.surface.rawValue.padded(to: 12)
      var text = "\(surface)\(line.asked.grouped) asked"
      if line.reused > 0 { text += ", \(line.reused.grouped) kept from the interrupted crawl" }
      if line.carried > 0 { text += ", \(line.carried.grouped) taken over from the last crawl" }
      if line.unchanged > 0 { text += ", \(line.unchanged.grouped) not modified" }
      if line.failed > 0 { text += ", \(line.failed.grouped) without answer" }
      lines.append(text)
    }
    if offers > 0 {
      lines += ["", "fields"]
      for field in coverage {
        let share = field.of == 0 ? 0 : field.count * 100 / field.of
        lines.append(
          "  \(field.field.rawValue.padded(to: 16))\(field.count.grouped) of \(field.of.grouped) (\(share)%)")
      }
    }
    if !warnings.isEmpty {
      lines += ["", "warnings"]
      lines += warnings.map { "  \($0.rule.padded(to: 22))\($0.count.grouped), first \($0.example)" }
    }
    if !alerts.isEmpty {
      lines += ["", "changed in kind"]
      lines += alerts.map { "  \($0.rule)  \($0.place): \($0.message)" }
    }
    if !conflicts.counts.isEmpty {
      lines += ["", "sources disagree (the first one is believed)"]
      lines += conflicts.counts.sorted { $0.key < $1.key }.map { field, count in
        "  \(field.rawValue.padded(to: 16))\(count.grouped) offers"
      }
      lines += conflicts.examples.prefix(10).map {
        "  \($0.sku) \($0.field.rawValue): “\($0.kept)” (\($0.keptSource)), “\($0.other)” (\($0.otherSource))"
      }
    }
    if !gaps.isEmpty {
      lines += ["", "not seen (not seen is not gone)"]
      lines += gaps.prefix(20).map { "  \($0.kind.rawValue) \($0.source): \($0.reason)" }
      if gaps.count > 20 { lines.append("  … and \((gaps.count - 20).grouped) more") }
    }
    if let failure {
      lines += ["", failure.what, failure.place.description, failure.hint]
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

/// Counts what a crawl hands out.
struct Tally {
  private(set) var offers = 0
  private(set) var findings: [Finding.Severity: Int] = [:]
  private var rules: [String: CrawlReport.Warning] = [:]
  private var present: [CrawlReport.CoverageField: Int] = [:]

  mutating func count(_ part: CrawledPart) {
    switch part {
    case .finding(let finding):
      findings[finding.severity, default: 0] += 1
      guard finding.severity >= .warning else { return }
      let example = "\(finding.place)\(finding.sku.map { " \($0)" } ?? ""): \(finding.message)"
      rules[finding.rule, default: CrawlReport.Warning(rule: finding.rule, count: 0, example: example)]
        .count += 1
    case .offer(let offer):
      offers += 1
      for field in CrawlReport.CoverageField.allCases where field.isPresent(in: offer) {
        present[field, default: 0] += 1
      }
    }
  }

  /// Warnings and errors by rule, most frequent first.
  var warnings: [CrawlReport.Warning] {
    rules.values.sorted { $0.count != $1.count ? $0.count > $1.count : $0.rule < $1.rule }
  }

  /// One entry a field, in the order of the fields.
  var coverage: [CrawlReport.Coverage] {
    CrawlReport.CoverageField.allCases.map {
      CrawlReport.Coverage(field: $0, count: present[$0] ?? 0, of: offers)
    }
  }
}

extension CrawlReport.CoverageField {
  fileprivate func isPresent(in offer: CrawledOffer) -> Bool {
    let product = offer.product
    return switch self {
    case .title: !offer.offer.model.isEmpty || product != nil
    case .brand: offer.offer.brand != nil || product?.brand != nil
    case .price: offer.offer.pricing.lowest != nil
    case .card: product != nil
    case .category: product?.categories.isEmpty == false
    case .image: product?.images.isEmpty == false
    case .description: product?.description != nil
    case .characteristics: product?.characteristics.isEmpty == false
    case .rating: product?.rating != nil
    }
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(1, width - count))
  }
}
