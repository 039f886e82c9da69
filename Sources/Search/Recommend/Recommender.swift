/// What else somebody may want who looks at a product, each with its reason.
///
/// Works on the documents of one catalog; nothing is suggested that cannot be ordered or is the thing itself.
public struct Recommender: Sendable {
  private let products: [Profile]
  private let numbers: [String: Int]
  /// How telling a term of titles is, in natural logarithms.
  private let rarities: [String: Double]
  private let goesWith: GoesWith

  private struct Profile: Sendable {
    let document: SearchDocument
    let terms: Set<String>
    let category: String
    let characteristics: [String: String]
  }

  /// A suggestion and why.
  public struct Suggestion: Sendable, Hashable {
    /// The product.
    public let document: SearchDocument
    /// Higher is better; comparable within one list.
    public let score: Double
    /// One sentence with the counts behind it, in Russian, for the seller's eyes.
    public let reason: String
  }

  /// Reads a catalog's documents.
  ///
  /// - Parameters:
  ///   - documents: Products; passages are passed over.
  ///   - baskets: What was bought together.
  /// - Throws: ``IndexError`` with code `failed` when a stemmer cannot be opened.
  public init(_ documents: [SearchDocument], baskets: Baskets) throws(IndexError) {
    var analyzer = try Analyzer()
    var (products, numbers, frequencies) = ([Profile](), [String: Int](), [String: Int]())
    for document in documents where document.kind == .product && numbers[document.sku] == nil {
      let terms = Set(try analyzer.terms(in: document.title).filter { !$0.isExtra }.map(\.text))
      for term in terms { frequencies[term, default: 0] += 1 }
      let characteristics = Dictionary(
        document.characteristics.map { (Self.folded($0.name), Self.folded($0.value)) },
        uniquingKeysWith: { one, _ in one })
      numbers[document.sku] = products.count
      products.append(
        Profile(
          document: document, terms: terms,
          category: Self.folded(CategoryHeads.leaf(document.category ?? "")), characteristics: characteristics
        ))
    }
    let count = Double(products.count)
    rarities = frequencies.mapValues { naturalLogarithm(1 + count / Double($0)) }
    (self.products, self.numbers) = (products, numbers)
    goesWith = GoesWith(baskets)
  }

  private static func folded(_ text: String) -> String {
    Tokenizer.tokens(in: text).map(\.text).joined(separator: " ")
  }

  /// The product of a SKU.
  ///
  /// - Parameter sku: A SKU.
  /// - Returns: Its document, or `nil` when the catalog has none.
  public func product(_ sku: String) -> SearchDocument? { numbers[sku].map { products[$0].document } }

  /// Things that can stand for a product: of its category, alike in title and characteristics, of its price.
  ///
  /// - Parameters:
  ///   - sku: The product.
  ///   - top: Most suggestions.
  /// - Returns: The most alike first; empty for an unknown SKU.
  public func similar(to sku: String, top: Int) -> [Suggestion] {
    guard let number = numbers[sku] else { return [] }
    let one = products[number]
    return best(top, except: number) { other in
      let sameCategory = !one.category.isEmpty && one.category == other.category
      let words = likeness(one, other)
      let (equal, common) = shared(one, other)
      guard sameCategory || words >= 0.3 else { return nil }
      var score = words + (sameCategory ? 1 : 0)
      if common > 0 { score += Double(equal) / Double(common + 2) }
      if let brand = one.document.brand, brand == other.document.brand { score += 0.2 }
      if let price = one.document.price, let its = other.document.price, price > 0 {
        let gap = Double(abs(price - its)) / Double(max(price, its))
        // Half or twice the price is another purse.
        score += 0.4 * max(0, 1 - 2 * gap)
      }
      var reasons: [String] = []
      if sameCategory { reasons.append("та же категория") }
      if common > 0 { reasons.append("совпадает характеристик: \(equal) из \(common)") }
      reasons.append("сходство названий \(Int((words * 100).rounded())) %")
      return (score, reasons.joined(separator: ", "))
    }
  }

  /// Cheaper things of the same category whose key characteristics are the same.
  ///
  /// Every characteristic that both have and that is no colour must be equal, and they must have two or more in
  /// common, or half of those of the product. Without characteristics, four fifths of the title must be the same.
  ///
  /// - Parameters:
  ///   - sku: The product.
  ///   - top: Most suggestions.
  /// - Returns: The cheapest first; empty for an unknown SKU or one without a price.
  public func cheaper(than sku: String, top: Int) -> [Suggestion] {
    guard let number = numbers[sku], let price = products[number].document.price else { return [] }
    let one = products[number]
    return best(top, except: number) { other in
      guard let its = other.document.price, its < price, !one.category.isEmpty || one.characteristics.isEmpty,
        one.category == other.category
      else { return nil }
      let keys = one.characteristics.keys.filter { !Self.isColour($0) }
      let (equal, common) = shared(one, other)
      let isEquivalent =
        keys.isEmpty
        ? likeness(one, other) >= 0.8
        : equal == common && common >= max(1, min(2, keys.count), keys.count / 2)
      guard isEquivalent else { return nil }
      let saved = price - its
      let why = keys.isEmpty ? "то же название" : "те же характеристики (\(equal))"
      return (Double(saved), "\(why), дешевле на \(saved) ₸ (\(saved * 100 / price) %)")
    }
  }

  /// Things bought together with a product.
  ///
  /// - Parameters:
  ///   - sku: The product.
  ///   - top: Most suggestions.
  /// - Returns: The likeliest first; empty when no order holds it with another one often enough.
  public func goesWith(_ sku: String, top: Int) -> [Suggestion] {
    let found = goesWith.suggestions(for: [sku], top: top) { other in
      product(other)?.isAvailable ?? false
    }
    return found.compactMap { suggestion in
      guard let document = product(suggestion.sku) else { return nil }
      let share = Int((suggestion.confidence * 100).rounded())
      return Suggestion(
        document: document, score: suggestion.score,
        reason: "куплено вместе \(suggestion.together) раз, в \(share) % заказов с этим товаром")
    }
  }

  private func best(
    _ top: Int, except number: Int, _ judge: (Profile) -> (score: Double, reason: String)?
  ) -> [Suggestion] {
    var found: [Suggestion] = []
    for (other, profile) in products.enumerated() where other != number && profile.document.isAvailable {
      guard let (score, reason) = judge(profile) else { continue }
      found.append(Suggestion(document: profile.document, score: score, reason: reason))
    }
    found.sort {
      $0.score != $1.score
        ? $0.score > $1.score : $0.document.sku.utf8.lexicographicallyPrecedes($1.document.sku.utf8)
    }
    return Array(found.prefix(top))
  }

  /// The share of the titles' telling words that both have.
  private func likeness(_ one: Profile, _ other: Profile) -> Double {
    let all = one.terms.union(other.terms).reduce(0) { $0 + (rarities[$1] ?? 0) }
    let both = one.terms.intersection(other.terms).reduce(0) { $0 + (rarities[$1] ?? 0) }
    return all > 0 ? both / all : 0
  }

  /// Characteristics that both have, colours aside, and how many of them are equal.
  private func shared(_ one: Profile, _ other: Profile) -> (equal: Int, common: Int) {
    var (equal, common) = (0, 0)
    for (name, value) in one.characteristics where !Self.isColour(name) {
      guard let its = other.characteristics[name] else { continue }
      common += 1
      equal += its == value ? 1 : 0
    }
    return (equal, common)
  }

  private static func isColour(_ name: String) -> Bool {
    ["цвет", "түс", "colour", "color"].contains { name.contains($0) }
  }
}
