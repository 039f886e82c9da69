/// Orders that change places in the list while a client reads it page by page.
///
/// The order that would open the next page goes to the front of the list: the next page then begins with the order that
/// closed the page before, and the one that moved is on no page that is still to be read.
struct OrderMoves: Sendable {
  /// How many more orders are to move.
  var remaining = 0
  /// Codes of those that have, the latest first.
  private var moved: [String] = []

  /// The list as it stands now.
  ///
  /// - Parameters:
  ///   - list: Orders as they stand without a move.
  ///   - code: Gives an order's code.
  /// - Returns: The same orders, those that have moved first.
  func arranged<Order>(_ list: [Order], code: (Order) -> String?) -> [Order] {
    guard !moved.isEmpty else { return list }
    var (front, rest): ([String: Order], [Order]) = ([:], [])
    for order in list {
      if let code = code(order), moved.contains(code) { front[code] = order } else { rest.append(order) }
    }
    return moved.compactMap { front[$0] } + rest
  }

  /// Lets the order behind a page that was just shown move, where one is left to.
  ///
  /// - Parameter code: Of the order that would open the next page, or `nil`.
  mutating func pageWasShown(next code: String?) {
    guard remaining > 0, let code else { return }
    remaining -= 1
    moved.removeAll { $0 == code }
    moved.insert(code, at: 0)
  }
}
