import Store

/// What was bought together: orders without buyers.
public struct Baskets: Sendable, Hashable {
  /// Each with distinct SKUs, in the order in which they came.
  public private(set) var all: [[String]] = []

  /// Takes baskets.
  ///
  /// - Parameter baskets: SKUs; repeated ones count once, an empty basket not at all.
  public init(_ baskets: some Sequence<[String]>) {
    for basket in baskets {
      var seen: Set<String> = []
      let items = basket.filter { !$0.isEmpty && seen.insert($0).inserted }
      if !items.isEmpty { all.append(items) }
    }
  }

  /// Reads a file of baskets.
  ///
  /// A line is a JSON array of SKUs, an object with such an array under `items`, or SKUs parted by commas or
  /// tabs.
  ///
  /// - Parameters:
  ///   - bytes: The file.
  ///   - source: What an error names.
  /// - Throws: ``IndexError`` with code `input` for a line of JSON that is neither, with its number.
  public init(reading bytes: [UInt8], source: String) throws(IndexError) {
    var baskets: [[String]] = []
    for (index, raw) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      let line = raw.filter { $0 != 0x0D }
      guard let first = line.first(where: { $0 != 0x20 }) else { continue }
      if first == 0x5B || first == 0x7B {
        let value: JSONValue?
        do throws(JSONError) { value = try JSONValue(parsing: line) } catch { value = nil }
        guard let items = value?.array ?? value?["items"]?.array else {
          throw IndexError(
            code: .input, path: "\(source):\(index + 1)", detail: "a line that is no basket",
            hint: "Write a JSON array of SKUs, or SKUs parted by commas.")
        }
        baskets.append(items.compactMap { $0.string ?? $0.int.map(String.init) })
      } else {
        baskets.append(
          String(decoding: line, as: UTF8.self).split { $0 == "," || $0 == "\t" || $0 == ";" }.map { item in
            String(item.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
          })
      }
    }
    self.init(baskets)
  }
}

/// What goes with what, learned from baskets.
///
/// For a thing bought, another one is as likely as its own share of the baskets, times how much oftener the two
/// meet than chance lets them, drawn towards chance while there is little to go by (naive Bayes with shrinkage):
/// `log n(b) + weight · log((n(a,b) + m · n(a) ÷ N) ÷ (n(b) + m) ÷ (n(a) ÷ N))`, summed over what is in the
/// basket.
public struct GoesWith: Sendable {
  private let numbers: [String: Int]
  private let names: [String]
  /// Baskets with each thing.
  private let counts: [Int]
  /// For each thing, the others that were bought with it and how often; by number.
  private let pairs: [[Int: Int]]
  private let total: Int

  /// Baskets that a pair needs before it counts.
  public static let support = 2
  /// How many baskets chance weighs.
  private static let shrinkage = 8.0
  /// How much a pair counts beside popularity; below 1, because things in one basket are not independent.
  private static let weight = 0.6

  /// Counts.
  ///
  /// - Parameter baskets: Orders.
  public init(_ baskets: Baskets) {
    var numbers: [String: Int] = [:]
    var names: [String] = []
    var counts: [Int] = []
    var pairs: [[Int: Int]] = []
    for basket in baskets.all {
      let items = basket.prefix(200).map { sku in
        if let number = numbers[sku] { return number }
        numbers[sku] = names.count
        names.append(sku)
        counts.append(0)
        pairs.append([:])
        return names.count - 1
      }
      for item in items {
        counts[item] += 1
        for other in items where other != item { pairs[item][other, default: 0] += 1 }
      }
    }
    (self.numbers, self.names, self.counts, self.pairs) = (numbers, names, counts, pairs)
    total = baskets.all.count
  }

  /// A thing that goes with others.
  public struct Suggestion: Sendable, Hashable {
    /// Its SKU.
    public let sku: String
    /// Higher is likelier; comparable within one answer.
    public let score: Double
    /// Baskets that hold it and something of what was asked.
    public let together: Int
    /// Of the baskets with the one it is met with most, the share that hold it; 0 when it was met with none.
    public let confidence: Double
    /// What it is met with most, or `nil` when it is only popular.
    public let with: String?
  }

  /// What goes with a basket.
  ///
  /// - Parameters:
  ///   - basket: SKUs; unknown ones say nothing.
  ///   - top: Most suggestions.
  ///   - pairedOnly: Only things met at least ``support`` times with something in the basket; otherwise popular
  ///     ones fill up.
  ///   - accepts: Whether a SKU may be suggested.
  /// - Returns: The likeliest first, never a thing of the basket; equal ones by SKU.
  public func suggestions(
    for basket: [String], top: Int, pairedOnly: Bool = true, accepts: (String) -> Bool = { _ in true }
  ) -> [Suggestion] {
    let items = Set(basket.compactMap { numbers[$0] }).sorted()
    guard total > 0 else { return [] }
    var found: [Suggestion] = []
    for (number, count) in counts.enumerated() where !items.contains(number) {
      var score = naturalLogarithm(Double(count) / Double(total))
      var best: (item: Int, together: Int)?
      for item in items {
        let together = pairs[item][number] ?? 0
        let share = Double(counts[item]) / Double(total)
        let seen = together >= Self.support ? Double(together) : Double(together) / 2
        let chance = (seen + Self.shrinkage * share) / (Double(count) + Self.shrinkage)
        score += Self.weight * naturalLogarithm(chance / share)
        if together >= Self.support, together > best?.together ?? 0 { best = (item, together) }
      }
      if pairedOnly, best == nil { continue }
      guard accepts(names[number]) else { continue }
      found.append(
        Suggestion(
          sku: names[number], score: score, together: best?.together ?? 0,
          confidence: best.map { Double($0.together) / Double(counts[$0.item]) } ?? 0,
          with: best.map { names[$0.item] }))
    }
    found.sort {
      $0.score != $1.score ? $0.score > $1.score : $0.sku.utf8.lexicographicallyPrecedes($1.sku.utf8)
    }
    return Array(found.prefix(top))
  }

  /// How often the thing left out of a basket is among the suggestions for the rest.
  ///
  /// Every fifth basket is asked and not learned from; each of its things is left out in turn.
  ///
  /// - Parameters:
  ///   - baskets: Orders; those of one thing are learned from only.
  ///   - top: Suggestions looked at.
  /// - Returns: The share of hits and how often it was tried.
  public static func leaveOneOut(_ baskets: Baskets, top: Int) -> (hitRate: Double, tries: Int) {
    let split = baskets.all.enumerated()
    let model = GoesWith(Baskets(split.filter { $0.offset % 5 != 0 }.map(\.element)))
    var (hits, tries) = (0, 0)
    for (_, basket) in split.filter({ $0.offset % 5 == 0 && $0.element.count > 1 }) {
      for (index, left) in basket.enumerated() {
        var rest = basket
        rest.remove(at: index)
        tries += 1
        let suggestions = model.suggestions(for: rest, top: top, pairedOnly: false)
        hits += suggestions.contains { $0.sku == left } ? 1 : 0
      }
    }
    return (tries == 0 ? 0 : Double(hits) / Double(tries), tries)
  }
}
