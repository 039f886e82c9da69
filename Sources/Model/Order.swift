/// An order as the orders API tells it, reduced to what a shop needs to talk to its buyer.
public struct Order: Sendable, Hashable {
  /// The resource id on the wire: unpadded base64 of the code.
  public var id: String
  /// The number that the buyer knows.
  public var code: String
  /// The stage.
  public var state: OrderState
  /// The status within the stage.
  public var status: OrderStatus
  /// Whole tenge; 0 is possible on the wire.
  public var total: Int
  /// When it was placed.
  public var created: Instant
  /// When it should arrive, or `nil`.
  public var plannedDelivery: Instant?
  /// When the courier took it, or `nil`.
  public var handedOver: Instant?
  /// How it travels.
  public var delivery: DeliveryMode
  /// Whether Kaspi carries it; `nil` when the answer does not say.
  public var isKaspiDelivery: Bool?
  /// Whether it is a preorder.
  public var isPreorder: Bool
  /// Whether it is packed.
  public var isAssembled: Bool
  /// The town of the delivery address, or `nil` for pickup.
  public var town: String?
  /// The pickup point, like `14000001_PP1`, or `nil`.
  public var pickupPoint: String?
  /// Why it was cancelled, as on the wire, or `nil`.
  public var cancellationReason: String?
  /// The language that the order itself names, as on the wire (`ru`, `kk`), or `nil`.
  public var language: String?
  /// When the status became what it is, or `nil`: few answers say.
  public var statusChanged: Instant?
  /// The buyer.
  public var customer: Customer
  /// What was bought, by entry number; `nil` while the entries were not read.
  public var entries: [OrderEntry]?

  /// Makes an order.
  ///
  /// - Parameters:
  ///   - id: Resource id.
  ///   - code: Order number.
  ///   - state: Stage.
  ///   - status: Status.
  ///   - total: Whole tenge.
  ///   - created: When it was placed.
  ///   - plannedDelivery: When it should arrive.
  ///   - handedOver: When the courier took it.
  ///   - delivery: How it travels.
  ///   - isKaspiDelivery: Whether Kaspi carries it.
  ///   - isPreorder: Whether it is a preorder.
  ///   - isAssembled: Whether it is packed.
  ///   - town: Town of the address.
  ///   - pickupPoint: Pickup point.
  ///   - cancellationReason: Why it was cancelled.
  ///   - language: The language that the order names.
  ///   - statusChanged: When the status became what it is.
  ///   - customer: The buyer.
  ///   - entries: What was bought.
  public init(
    id: String, code: String, state: OrderState, status: OrderStatus, total: Int, created: Instant,
    plannedDelivery: Instant? = nil, handedOver: Instant? = nil, delivery: DeliveryMode,
    isKaspiDelivery: Bool? = nil, isPreorder: Bool = false, isAssembled: Bool = false,
    town: String? = nil, pickupPoint: String? = nil, cancellationReason: String? = nil,
    language: String? = nil, statusChanged: Instant? = nil, customer: Customer, entries: [OrderEntry]? = nil
  ) {
    self.id = id
    self.code = code
    self.state = state
    self.status = status
    self.total = total
    self.created = created
    self.plannedDelivery = plannedDelivery
    self.handedOver = handedOver
    self.delivery = delivery
    self.isKaspiDelivery = isKaspiDelivery
    self.isPreorder = isPreorder
    self.isAssembled = isAssembled
    self.town = town
    self.pickupPoint = pickupPoint
    self.cancellationReason = cancellationReason
    self.language = language
    self.statusChanged = statusChanged
    self.customer = customer
    self.entries = entries
  }
}

/// A buyer as an order names one.
public struct Customer: Sendable, Hashable {
  /// First name, or `nil`.
  ///
  /// Personal data.
  public var firstName: String?
  /// Last name, or `nil`.
  ///
  /// Personal data.
  public var lastName: String?
  /// The telephone as given.
  public var phone: CustomerPhone

  /// Makes a buyer.
  ///
  /// - Parameters:
  ///   - firstName: First name, or `nil`.
  ///   - lastName: Last name, or `nil`.
  ///   - phone: The telephone as given.
  public init(firstName: String?, lastName: String?, phone: CustomerPhone) {
    self.firstName = firstName
    self.lastName = lastName
    self.phone = phone
  }
}

/// What an order says about the buyer's telephone.
public enum CustomerPhone: Sendable, Hashable {
  /// A number.
  case number(PhoneNumber)
  /// Hidden by Kaspi: zeros.
  ///
  /// A reason to skip, never an error, never something to get around.
  case masked
  /// Absent or of a form that no telephone has.
  case missing

  /// Reads the wire's text.
  ///
  /// - Parameter text: `customer.cellPhone`, or `nil`.
  public init(_ text: String?) {
    guard let text, text.utf8.contains(where: { (0x30...0x39).contains($0) }) else {
      self = .missing
      return
    }
    let digits = text.utf8.filter { (0x30...0x39).contains($0) }
    if digits.allSatisfy({ $0 == 0x30 }) || digits.dropFirst().allSatisfy({ $0 == 0x30 }) {
      self = .masked
    } else if let number = PhoneNumber(text) {
      self = .number(number)
    } else {
      self = digits.count < 10 ? .masked : .missing
    }
  }
}

/// One line of an order.
public struct OrderEntry: Sendable, Hashable {
  /// From 0, as on the wire.
  public var number: Int
  /// Pieces, or grams for goods sold by weight.
  public var quantity: Int
  /// Line total in whole tenge.
  public var total: Int
  /// The seller's SKU, or `nil` when the answer has no offer.
  public var sku: String?
  /// The title.
  public var title: String
  /// The card, or `nil`.
  public var product: ProductID?
  /// The category's title, or `nil`.
  public var category: String?

  /// Makes a line.
  ///
  /// - Parameters:
  ///   - number: From 0.
  ///   - quantity: Pieces.
  ///   - total: Line total in whole tenge.
  ///   - sku: The seller's SKU.
  ///   - title: The title.
  ///   - product: The card.
  ///   - category: The category's title.
  public init(
    number: Int, quantity: Int, total: Int, sku: String?, title: String, product: ProductID?,
    category: String?
  ) {
    self.number = number
    self.quantity = quantity
    self.total = total
    self.sku = sku
    self.title = title
    self.product = product
    self.category = category
  }
}

/// The stage of an order (`state`); a value nobody documented is kept as `other`.
public enum OrderState: Sendable, Hashable {
  /// Waits for the seller to accept.
  case new
  /// Credit papers to sign.
  case signRequired
  /// To be picked up at the shop.
  case pickup
  /// With the seller's own courier.
  case delivery
  /// With Kaspi's delivery.
  case kaspiDelivery
  /// Finished.
  case archive
  /// Anything else, as on the wire.
  case other(String)

  /// Reads and writes the wire's word.
  public var wire: String {
    switch self {
    case .new: "NEW"
    case .signRequired: "SIGN_REQUIRED"
    case .pickup: "PICKUP"
    case .delivery: "DELIVERY"
    case .kaspiDelivery: "KASPI_DELIVERY"
    case .archive: "ARCHIVE"
    case .other(let word): word
    }
  }

  /// Reads the wire's word.
  ///
  /// - Parameter wire: `attributes.state`.
  public init(wire: String) {
    let known: [OrderState] = [.new, .signRequired, .pickup, .delivery, .kaspiDelivery, .archive]
    self = known.first { $0.wire == wire } ?? .other(wire)
  }
}

/// The status of an order; a value nobody documented is kept as `other`.
public enum OrderStatus: Sendable, Hashable {
  /// Paid or approved, waits for the seller.
  case approvedByBank
  /// The seller took it.
  case acceptedByMerchant
  /// The buyer has it.
  case completed
  /// Called off.
  case cancelled
  /// Being called off on the way.
  case cancelling
  /// The buyer wants to give it back.
  case returnRequested
  /// Given back.
  case returned
  /// Anything else, as on the wire.
  case other(String)

  /// The wire's word.
  public var wire: String {
    switch self {
    case .approvedByBank: "APPROVED_BY_BANK"
    case .acceptedByMerchant: "ACCEPTED_BY_MERCHANT"
    case .completed: "COMPLETED"
    case .cancelled: "CANCELLED"
    case .cancelling: "CANCELLING"
    case .returnRequested: "KASPI_DELIVERY_RETURN_REQUESTED"
    case .returned: "RETURNED"
    case .other(let word): word
    }
  }

  /// Reads the wire's word.
  ///
  /// - Parameter wire: `attributes.status`.
  public init(wire: String) {
    let known: [OrderStatus] = [
      .approvedByBank, .acceptedByMerchant, .completed, .cancelled, .cancelling, .returnRequested, .returned,
    ]
    self = known.first { $0.wire == wire } ?? .other(wire)
  }
}

/// How an order travels (`deliveryMode`).
public enum DeliveryMode: Sendable, Hashable {
  /// Courier within the town.
  case local
  /// The buyer comes.
  case pickup
  /// To the door in another town.
  case regionalToDoor
  /// To a point in another town.
  case regionalPickup
  /// Anything else, as on the wire; empty when the answer names none.
  case other(String)

  /// The wire's word.
  public var wire: String {
    switch self {
    case .local: "DELIVERY_LOCAL"
    case .pickup: "DELIVERY_PICKUP"
    case .regionalToDoor: "DELIVERY_REGIONAL_TODOOR"
    case .regionalPickup: "DELIVERY_REGIONAL_PICKUP"
    case .other(let word): word
    }
  }

  /// Reads the wire's word.
  ///
  /// - Parameter wire: `attributes.deliveryMode`.
  public init(wire: String) {
    let known: [DeliveryMode] = [.local, .pickup, .regionalToDoor, .regionalPickup]
    self = known.first { $0.wire == wire } ?? .other(wire)
  }
}

/// All orders of the watched period at one moment.
public struct OrderSnapshot: Sendable, Hashable {
  /// When it was taken.
  public var taken: Instant
  /// Sorted by code, each code once.
  public var orders: [Order]
  /// Whether it was made of saved answers: it then lacks no order that moved between pages while they were read.
  public var isSaved = false

  /// Makes a snapshot; orders are sorted by code, the first of equal codes stays.
  ///
  /// - Parameters:
  ///   - taken: When it was taken.
  ///   - orders: In any order.
  public init(taken: Instant, orders: [Order]) {
    self.taken = taken
    var seen: Set<String> = []
    self.orders = orders.filter { seen.insert($0.code).inserted }.sorted { $0.code < $1.code }
  }
}
