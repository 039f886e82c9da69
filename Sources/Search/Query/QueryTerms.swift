/// A query looked up in a whole index: what each word and term is worth, wherever its documents lie.
struct QueryTerms {
  /// A term that some document has.
  struct Found {
    let text: String
    let isNeeded: Bool
    /// Documents of all layers that have it.
    let documentFrequency: Int
    /// Its entry in each layer, or `nil` where no document of that layer has it.
    let entries: InlineArray<2, TermEntry?>
    var rarity = 0.0
    /// Weights of slot and way times rarity.
    var factor = 0.0
  }

  /// One way of a slot, with the terms that were found.
  struct FoundWay {
    let reading: Reading
    /// Terms that make the word complete; 1 or more.
    let needed: Int
    /// Whether all of them are in the index.
    let isWhole: Bool
    var terms: [Found]
    let weight: Double
  }

  /// A slot that has anything.
  struct FoundSlot {
    /// Its number in the query.
    let index: Int
    var ways: [FoundWay]
    /// How much it counts for coverage.
    var share = 0.0
  }

  /// In the query's order.
  private(set) var slots: [FoundSlot] = []
  /// Sum of all slots' shares.
  private(set) var totalShare = 0.0

  /// Looks the query's terms up.
  ///
  /// - Parameters:
  ///   - query: What is looked for.
  ///   - index: Where.
  /// - Throws: ``Damage``.
  init(_ query: Query, _ index: SearchIndex) throws(Damage) {
    slots.reserveCapacity(query.slots.count)
    for (number, slot) in query.slots.enumerated() {
      guard let found = try Self.find(slot, number, index) else { continue }
      totalShare += found.share
      slots.append(found)
    }
  }

  private static func find(
    _ slot: Slot, _ number: Int, _ index: SearchIndex
  ) throws(Damage) -> FoundSlot? {
    var found = FoundSlot(index: number, ways: [])
    var guessed = 0
    for way in slot.ways {
      var terms: [Found] = []
      for (place, term) in way.terms.enumerated() {
        var (entries, frequency) = (InlineArray<2, TermEntry?>(repeating: nil), 0)
        for layer in index.layers.indices {
          guard let occurrence = try index.occurrence(of: term.utf8.span, inLayer: layer) else { continue }
          entries[layer] = occurrence.entry
          frequency += occurrence.documents
        }
        guard frequency > 0 else { continue }
        terms.append(
          Found(
            text: term, isNeeded: place < way.needed, documentFrequency: frequency, entries: entries))
        if way.reading.isGuess { guessed = max(guessed, frequency) }
      }
      guard !terms.isEmpty else { continue }
      let needed = terms.count { $0.isNeeded }
      found.ways.append(
        FoundWay(
          reading: way.reading, needed: max(1, needed), isWhole: needed == way.needed, terms: terms,
          weight: way.weight))
    }
    guard !found.ways.isEmpty else { return nil }
    // Some pieces of a model number, like the 333 of df333, are not as good as the number that may be meant.
    if found.ways.contains(where: \.isWhole) {
      found.ways.removeAll { $0.reading == .pieces && !$0.isWhole }
    }
    for way in found.ways.indices {
      var rarities = 0.0
      for term in found.ways[way].terms.indices {
        let one = found.ways[way].terms[term]
        let rarity = index.scoring.rarity(
          documentFrequency: found.ways[way].reading.isGuess ? guessed : one.documentFrequency)
        found.ways[way].terms[term].rarity = rarity
        found.ways[way].terms[term].factor = slot.weight * found.ways[way].weight * rarity
        if one.isNeeded { rarities += rarity }
      }
      if found.share == 0, !slot.isBonus { found.share = slot.weight * rarities }
    }
    return found
  }
}
