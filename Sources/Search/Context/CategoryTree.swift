/// The categories of a collection with counts and price ranges.
public struct CategoryTree: Sendable, Hashable {
  /// The title; empty for the whole.
  public private(set) var title: String
  /// Products in it and below.
  public private(set) var products = 0
  /// Those of them that can be ordered.
  public private(set) var available = 0
  /// The lowest and the highest price, or `nil` when none is known.
  public private(set) var prices: ClosedRange<Int>?
  /// What is below, by title.
  public private(set) var children: [CategoryTree] = []

  /// Counts the products of an index.
  ///
  /// - Parameter index: Whose products.
  /// - Throws: ``IndexError`` with code `damaged`.
  public init(_ index: SearchIndex) throws(IndexError) {
    title = ""
    for number in 0..<index.documentCount {
      guard let document = try index.document(number), document.kind == .product else { continue }
      let path = (document.category ?? "").split(separator: "/").map { part in
        String(part.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
      }.filter { !$0.isEmpty }
      add(document, path[...])
    }
    sort()
  }

  private init(title: String) { self.title = title }

  private mutating func add(_ document: StoredDocument, _ path: ArraySlice<String>) {
    products += 1
    available += document.isAvailable ? 1 : 0
    if let price = document.price {
      prices = min(prices?.lowerBound ?? price, price)...max(prices?.upperBound ?? price, price)
    }
    guard let first = path.first else { return }
    let place = children.firstIndex { $0.title == first } ?? children.count
    if place == children.count { children.append(CategoryTree(title: first)) }
    children[place].add(document, path.dropFirst())
  }

  private mutating func sort() {
    children.sort { $0.title < $1.title }
    for index in children.indices { children[index].sort() }
  }
}
