import Model

/// The lines of a feed in source order, and which of them say the same.
struct FeedLines {
  private var offers: [Offer] = []
  private var positions: [OfferPlaces.Position] = []
  private var held: [HeldBackOffer] = []
  /// A line's place in `offers`, or the complement of its place in `held`.
  private var references: [Int32] = []
  /// Whether each SKU so far is behind the one before it: no two can be equal then.
  private var isAscending = true

  var count: Int { references.count }
  var isEmpty: Bool { references.isEmpty }

  // MARK: Adding

  mutating func append(_ offer: Offer, line: Int, column: Int) {
    if isAscending, let last = offers.last, !(last.sku < offer.sku) { isAscending = false }
    references.append(Int32(offers.count))
    offers.append(offer)
    positions.append(.init(line: line, column: column))
  }

  mutating func append(_ line: OfferLine) {
    switch line.outcome {
    case .offer(let offer): append(offer, line: line.place.line ?? 1, column: line.place.column ?? 1)
    case .heldBack(let rule, let message):
      references.append(~Int32(held.count))
      held.append(HeldBackOffer(sku: line.sku, rule: rule, place: line.place, message: message))
    }
  }

  // MARK: The result

  /// Brings lines of one SKU together and hands everything over.
  consuming func finish(_ list: inout FindingList, into result: inout PriceListReading) {
    result.counts.offerElements = count
    if held.isEmpty, isAscending {
      result.counts.uniqueSKUs = count
    } else {
      let groups = groupBySKU(&result.counts.uniqueSKUs)
      if !groups.isEmpty { settle(groups, &list) }
    }
    result.offers = offers
    result.places = OfferPlaces(source: list.source, positions: positions)
    result.heldBack = held
  }

  private func sku(_ line: Int) -> String {
    let reference = Int(references[line])
    return reference >= 0 ? offers[reference].sku.text : held[~reference].sku
  }

  private func line(_ line: Int, _ source: String) -> Place {
    let reference = Int(references[line])
    return reference >= 0 ? positions[reference].place(source) : held[~reference].place
  }

  /// Lines that share a SKU with others, by the first of them; counts the different SKUs.
  private func groupBySKU(_ different: inout Int) -> [(first: Int, lines: [Int])] {
    var table = [Int32](repeating: -1, count: Self.slots(count))
    var groups: [Int: [Int]] = [:]
    let mask = table.count - 1
    for index in references.indices {
      let text = sku(index)
      if text.isEmpty { continue }
      var slot = Self.hash(text) & mask
      while table[slot] >= 0, !sku(Int(table[slot])).hasBytes(of: text) { slot = (slot + 1) & mask }
      if table[slot] < 0 {
        table[slot] = Int32(index)
        different += 1
      } else {
        groups[Int(table[slot]), default: [Int(table[slot])]].append(index)
      }
    }
    return groups.sorted { $0.key < $1.key }.map { (first: $0.key, lines: $0.value) }
  }

  private static func slots(_ count: Int) -> Int {
    var slots = 16
    while slots < count * 2 { slots *= 2 }
    return slots
  }

  private static func hash(_ text: String) -> Int {
    var hasher = Hasher()
    text.combineBytes(into: &hasher)
    return hasher.finalize()
  }

  /// Lines of one SKU: equal ones collapse, others are all held back.
  private mutating func settle(_ groups: [(first: Int, lines: [Int])], _ list: inout FindingList) {
    var isTwin = [Bool](repeating: false, count: count)
    var refusals: [Int: String] = [:]
    for group in groups {
      let lines = group.lines
      let first = references[group.first]
      let isSame = lines.allSatisfy {
        references[$0] >= 0 && first >= 0 && offers[Int(references[$0])] == offers[Int(first)]
      }
      if isSame {
        let firstLine = line(group.first, list.source).line ?? 0
        for index in lines.dropFirst() {
          isTwin[index] = true
          // Reading loses nothing here, so it only warns; the linter, which judges the file, makes it an error.
          list.add(
            .duplicateSKU, line(index, list.source), sku: sku(index), severity: .warning,
            "the same offer stands in line \(firstLine) already")
        }
        continue
      }
      let numbers = lines.map { String(line($0, list.source).line ?? 0) }
      let message = "lines \(numbers.joined(separator: ", ")) disagree"
      for (position, index) in lines.enumerated() {
        if position > 0 {
          list.add(.conflictingDuplicate, line(index, list.source), sku: sku(index), message)
        }
        if references[index] >= 0 { refusals[index] = message }
      }
    }
    keep(isTwin, refusals, list.source)
  }

  /// Leaves out the twins and holds back what disagrees.
  private mutating func keep(_ isTwin: [Bool], _ refusals: [Int: String], _ source: String) {
    var kept = FeedLines()
    for index in references.indices where !isTwin[index] {
      let reference = Int(references[index])
      if let message = refusals[index] {
        kept.held.append(
          HeldBackOffer(
            sku: sku(index), rule: LintRule.conflictingDuplicate.id, place: line(index, source),
            message: message))
      } else if reference >= 0 {
        kept.offers.append(offers[reference])
        kept.positions.append(positions[reference])
      } else {
        kept.held.append(held[~reference])
      }
    }
    self = kept
  }
}
