/// What is for sale: one line of a price list.
public struct Offer: Sendable, Hashable {
  /// The seller's code, unique in a catalog.
  public var sku: SKU
  /// The title.
  ///
  /// Empty is possible: cabinet exports have it, and Kaspi shows the card's title instead.
  public var model: String
  /// The brand, or `nil` when the source names none.
  ///
  /// An empty brand element counts as none.
  public var brand: String?
  /// Stock per store, sorted by store, one entry a store.
  public var availabilities: [Availability]
  /// The price, for every city or city by city.
  public var pricing: Pricing

  /// Makes an offer; availabilities are sorted by store.
  ///
  /// - Parameters:
  ///   - sku: The seller's code.
  ///   - model: The title.
  ///   - brand: The brand; empty becomes `nil`.
  ///   - availabilities: At most one entry a store, in any order.
  ///   - pricing: The price.
  public init(
    sku: SKU, model: String, brand: String?, availabilities: [Availability], pricing: Pricing
  ) {
    self.sku = sku
    self.model = model
    self.brand = brand.flatMap { $0.isEmpty ? nil : $0 }
    var isSorted = true
    for index in availabilities.indices.dropFirst()
    where availabilities[index].store < availabilities[index - 1].store { isSorted = false }
    self.availabilities = isSorted ? availabilities : availabilities.sorted { $0.store < $1.store }
    self.pricing = pricing
  }

  /// Whether a buyer can order it somewhere.
  ///
  /// An offer without any availability counts as on sale.
  public var isAvailable: Bool {
    availabilities.isEmpty || availabilities.contains(where: \.isAvailable)
  }

  /// Pieces in all stores that keep a count, or `nil` when none does.
  public var totalStock: Int? {
    let counts = availabilities.compactMap { $0.isAvailable ? $0.stock : 0 }
    return counts.isEmpty ? nil : counts.reduce(0, +)
  }
}

/// Stock of one offer in one store.
public struct Availability: Sendable, Hashable {
  /// The store.
  public var store: StoreID
  // Large shops hold millions of these: without room for `nil` an entry is a third smaller.
  private var pieces: Int
  private var days: Int32
  /// Whether the store sells it now.
  public var isAvailable: Bool

  private static let noPieces = Int.min
  private static let noDays = Int32.min

  /// Pieces, 0 or more; `nil` when no count is kept.
  public var stock: Int? {
    get { pieces == Self.noPieces ? nil : pieces }
    set { pieces = newValue ?? Self.noPieces }
  }

  /// Days until a preordered piece arrives, 1 to 30; `nil` when it is no preorder.
  public var preorderDays: Int? {
    get { days == Self.noDays ? nil : Int(days) }
    set { days = newValue.map { max(Self.noDays + 1, Int32(clamping: $0)) } ?? Self.noDays }
  }

  /// Makes a stock entry.
  ///
  /// - Parameters:
  ///   - store: The store.
  ///   - isAvailable: Whether it sells now.
  ///   - stock: Pieces, 0 or more, or `nil`.
  ///   - preorderDays: 1 to 30; 0 becomes `nil`.
  public init(store: StoreID, isAvailable: Bool, stock: Int? = nil, preorderDays: Int? = nil) {
    self.store = store
    self.isAvailable = isAvailable
    pieces = Self.noPieces
    days = Self.noDays
    self.stock = stock
    self.preorderDays = preorderDays == 0 ? nil : preorderDays
  }
}

/// The price of an offer.
public enum Pricing: Sendable, Hashable {
  /// One price in every city.
  case everywhere(Tenge)
  /// A price a city; not empty.
  ///
  /// A city that is not named has no price.
  case byCity([CityID: Tenge])

  /// Cities and prices sorted by city; empty for a price that holds everywhere.
  public var cities: [(city: CityID, price: Tenge)] {
    switch self {
    case .everywhere: []
    case .byCity(let prices): prices.sorted { $0.key < $1.key }.map { (city: $0.key, price: $0.value) }
    }
  }

  /// The lowest price that some buyer sees, or `nil` for an empty list of cities.
  public var lowest: Tenge? {
    switch self {
    case .everywhere(let price): price
    case .byCity(let prices): prices.values.min()
    }
  }

  /// The price a buyer in `city` sees, or `nil` when none is set there.
  ///
  /// - Parameter city: The buyer's city.
  /// - Returns: The price, never another city's.
  public func price(in city: CityID) -> Tenge? {
    switch self {
    case .everywhere(let price): price
    case .byCity(let prices): prices[city]
    }
  }
}
