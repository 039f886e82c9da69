internal import Model
internal import Store

/// What the sources said of a card, in 64 bits: when it stays the same, the page need not be read again.
struct Mark: Sendable, Hashable {
  private let number: UInt64

  /// Makes it of everything that was said.
  ///
  /// - Parameter words: In an order that does not change.
  init(_ words: String) {
    number = UInt64(Digest.sha256(Array(words.utf8)).prefix(16), radix: 16) ?? 0
  }

  /// As it stands in the journal: 16 hexadecimal digits.
  var text: String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}

/// Decides which pages are asked for again: those whose offer has moved, and a rotating share of the others.
///
/// Pure but for looking into the journal of the last crawl.
struct Refresh {
  private let settings: CrawlSettings
  private let journal: CrawlJournal
  /// The day of the crawl's first start, in Almaty.
  private let day: Int64

  /// What is asked for and what is taken over.
  struct Plan {
    /// Cards in order, asked for or taken over.
    var ids: [ProductID] = []
    /// Those whose last answer is taken over.
    var carried: Set<ProductID> = []
    /// How many are asked for.
    var asked = 0
    /// Cards beyond the budget that have no earlier answer.
    var beyond = 0
  }

  init(settings: CrawlSettings, journal: CrawlJournal) {
    self.settings = settings
    self.journal = journal
    // Kazakhstan has one zone, +05:00, since 2024-03-01.
    day = (journal.started.milliseconds + 5 * 3_600_000) / 86_400_000
  }

  /// Whether a page is asked for although the sources show no change, or because they do.
  ///
  /// - Parameters:
  ///   - id: The card.
  ///   - name: The request's name.
  ///   - mark: What the sources say now.
  /// - Returns: `false` when the last answer is good enough.
  /// - Throws: ``StoreError`` when the journal cannot be read.
  func isDue(_ id: ProductID, name: String, mark: Mark?) throws(StoreError) -> Bool {
    guard settings.changedOnly else { return true }
    return isDue(id, old: try journal.previousAnswer(to: name), mark: mark)
  }

  private func isDue(_ id: ProductID, old: CrawlJournal.Answer?, mark: Mark?) -> Bool {
    guard let old, old.mark == mark?.text, !old.isDoubtful else { return true }
    let days = Int64(max(1, settings.refreshDays))
    let age = journal.started.milliseconds - old.fetched.milliseconds
    // Every card has a day of its own in the rotation; one whose day was missed is due by its age.
    return age >= days * 86_400_000
      || (age >= 86_400_000 && day % days == Int64(Self.slot(id) % UInt32(days)))
  }

  /// Plans all pages of a crawl.
  ///
  /// - Parameters:
  ///   - ids: All cards, in order.
  ///   - marks: What the sources say now.
  ///   - name: The request's name of a card.
  /// - Returns: What to ask and what to take over.
  /// - Throws: ``StoreError`` when the journal cannot be read.
  func plan(
    _ ids: [ProductID], marks: [ProductID: Mark], name: (ProductID) -> String
  ) throws(StoreError) -> Plan {
    var plan = Plan()
    guard settings.changedOnly else {
      plan.ids = Array(ids.prefix(max(0, settings.maximumPages ?? ids.count)))
      plan.asked = plan.ids.count
      plan.beyond = ids.count - plan.asked
      return plan
    }
    var due: [(id: ProductID, rank: Int, fetched: Int64)] = []
    for id in ids {
      let old = try journal.previousAnswer(to: name(id))
      guard isDue(id, old: old, mark: marks[id]) else {
        plan.carried.insert(id)
        continue
      }
      // Never seen, then moved or in doubt, then those whose turn it is, the oldest first.
      let rank = old == nil ? 0 : old?.mark != marks[id]?.text || old?.isDoubtful == true ? 1 : 2
      due.append((id, rank, old?.fetched.milliseconds ?? 0))
    }
    let budget = max(0, settings.maximumPages ?? due.count)
    if due.count > budget {
      due.sort { ($0.rank, $0.fetched, $0.id) < ($1.rank, $1.fetched, $1.id) }
      for entry in due[budget...] {
        if entry.rank > 0 { plan.carried.insert(entry.id) } else { plan.beyond += 1 }
      }
      due = Array(due[..<budget])
    }
    plan.asked = due.count
    let asked = Set(due.map(\.id))
    plan.ids = ids.filter { asked.contains($0) || plan.carried.contains($0) }
    return plan
  }

  /// A card's place in the rotation: FNV-1a of its number, the same on every machine.
  static func slot(_ id: ProductID) -> UInt32 {
    var hash: UInt32 = 2_166_136_261
    for byte in id.text.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
    return hash ^ (hash >> 16)
  }
}
