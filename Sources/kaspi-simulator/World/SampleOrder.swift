/// An order of the sample shop on one night.
struct SampleOrder {
  /// The number that the buyer knows.
  var code: String
  /// Epoch milliseconds.
  var created: Int64
  /// Who bought.
  var buyer: Buyer
  /// What, in entry order.
  var lines: [Line]
  /// `deliveryMode`.
  var deliveryMode: String
  /// Whether Kaspi carries it.
  var isKaspiDelivery: Bool
  /// The store it leaves from.
  var store: String
  /// The city it goes to; the store's own for pickup.
  var town: String
  /// Months of credit, or `nil` when paid at once.
  var creditTerm: Int?
  /// Whether something in it comes later.
  var isPreorder: Bool
  /// `state` on this night.
  var state: String
  /// `status` on this night.
  var status: String
  /// Whether it is packed.
  var isAssembled: Bool
  /// When the courier took it, or `nil`.
  var handedOver: Int64?
  /// Why it was called off, or `nil`.
  var cancellationReason: String?
  /// Whether the answer leaves out which entries there are.
  var hidesEntries: Bool
  /// Whether the answer leaves out who bought.
  var hidesUser: Bool

  /// One entry.
  struct Line: Equatable {
    /// Number of the article.
    var article: Int
    /// Pieces.
    var quantity: Int
    /// Tenge a piece.
    var price: Int
  }

  /// Sum of all entries in tenge.
  var total: Int { lines.reduce(0) { $0 + $1.quantity * $1.price } }
  /// When it should arrive, in epoch milliseconds; ends on 999 at times.
  var planned: Int64 {
    let exact = created + (isPreorder ? 12 : 3) * World.day
    return created % 2 == 0 ? exact / 1000 * 1000 + 999 : exact
  }
}

/// Somebody who buys; invented.
struct Buyer: Equatable {
  /// `nil` in a few orders.
  var firstName: String?
  /// `nil` in a few orders.
  var lastName: String?
  /// Ten digits; zeros when hidden.
  var phone: String
  /// Ten digits that only the customer's id is made from.
  var number: String
}
