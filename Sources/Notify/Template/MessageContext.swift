public import Model

/// Who writes.
public struct ShopProfile: Sendable, Hashable {
  /// The shop's name in the configuration: the key of its files.
  public var key: String
  /// The name that buyers know.
  public var name: String
  /// The seller's number.
  public var merchant: MerchantID
  /// Address of the public shop, without a slash at its end.
  public var shopURL: String
  /// The number under which buyers find the shop on WhatsApp, or `nil`.
  public var whatsApp: PhoneNumber?

  /// Makes a profile.
  ///
  /// - Parameters:
  ///   - key: The shop's name in the configuration.
  ///   - name: The name that buyers know.
  ///   - merchant: The seller's number.
  ///   - shopURL: Address of the public shop.
  ///   - whatsApp: The number under which buyers find the shop.
  public init(
    key: String, name: String, merchant: MerchantID, shopURL: String = "https://kaspi.kz",
    whatsApp: PhoneNumber? = nil
  ) {
    self.key = key
    self.name = name
    self.merchant = merchant
    self.whatsApp = whatsApp
    self.shopURL = shopURL.hasSuffix("/") ? String(shopURL.dropLast()) : shopURL
  }
}

/// Everything that a template can say about one order.
public struct MessageContext: Sendable, Hashable {
  /// The language.
  public var locale: MessageLocale
  /// First name as people write it, or `nil`.
  public var firstName: String?
  /// Order number.
  public var orderCode: String
  /// At most ``maximumItems`` lines; empty when the entries are not known.
  public var items: [Item]
  /// Lines beyond ``items``.
  public var moreItems: Int
  /// Pieces in the whole order, or `nil` when the entries are not known.
  public var itemsCount: Int?
  /// What the buyer pays, or `nil` when the order does not say.
  public var total: Int?
  /// Town of the address, or `nil`.
  public var city: String?
  /// How it travels.
  public var delivery: DeliveryWay
  /// Day of the order.
  public var orderDate: Day
  /// Day of the planned delivery, or `nil`.
  public var plannedDate: Day?
  /// The shop's name.
  public var shopName: String
  /// Page of the first item, or `nil`.
  public var productLink: String?
  /// Review form of the first item, without preset stars, or `nil`.
  public var reviewLink: String?
  /// The seller's goods.
  public var sellerLink: String
  /// A chat with the shop, or `nil` when its number is not configured.
  public var whatsAppLink: String?
  /// Why the order was called off, in words, or `nil` where that is not certain.
  public var reason: String?
  /// Whether the shop writes to this person for the first time.
  public var isFirstContact: Bool

  /// Lines that a message lists.
  public static let maximumItems = 5
  /// Longest title in a message, in characters.
  public static let maximumTitle = 80
  /// Longest text behind the filter `shorten`, in characters.
  public static let shortTitle = 40

  /// One line of the order.
  public struct Item: Sendable, Hashable {
    /// Title, shortened.
    public var title: String
    /// Pieces.
    public var quantity: Int
    /// Line total, or `nil` when the order does not say.
    public var total: Int?
  }

  /// How an order travels, as far as it is certain.
  public enum DeliveryWay: String, Sendable, Hashable, CaseIterable {
    /// Kaspi carries it.
    case kaspi
    /// The buyer comes to the shop.
    case pickup
    /// The shop brings it.
    case shop
  }

  /// Gathers what a message may say.
  ///
  /// - Parameters:
  ///   - order: The order.
  ///   - shop: Who writes.
  ///   - locale: The language.
  ///   - isFirstContact: Whether the shop writes to this person for the first time.
  ///   - links: Cards by SKU from the catalog, for orders that do not name the card.
  public init(
    order: Order, shop: ShopProfile, locale: MessageLocale, isFirstContact: Bool,
    links: [String: ProductID] = [:]
  ) {
    self.locale = locale
    firstName = order.customer.firstName.flatMap(Self.personName)
    orderCode = order.code
    let lines = (order.entries ?? []).sorted { $0.number < $1.number }
    let titled = lines.filter { !Self.clean($0.title).isEmpty }
    items = titled.prefix(Self.maximumItems).map {
      Item(
        title: Self.shortened(Self.clean($0.title), to: Self.maximumTitle), quantity: max(1, $0.quantity),
        total: $0.total > 0 ? $0.total : nil)
    }
    moreItems = titled.count - items.count
    let pieces = lines.reduce(0) { $0 + max(1, $1.quantity) }
    itemsCount = pieces > 0 ? pieces : nil
    total = order.total > 0 ? order.total : nil
    city = order.town.map(Self.clean).flatMap { $0.isEmpty ? nil : $0 }
    delivery = Self.way(of: order)
    orderDate = Day(of: order.created)
    plannedDate = order.plannedDelivery.map(Day.init(of:))
    shopName = Self.clean(shop.name)
    let card = lines.lazy.compactMap { line in
      line.product ?? line.sku.flatMap { links[$0] ?? SKU($0).flatMap(ProductID.init(ofOffer:)) }
    }.first
    productLink = card.map { "\(shop.shopURL)/shop/p/-\($0.text)/" }
    reviewLink = card.map {
      "\(shop.shopURL)/shop/review/productreview?orderCode=\(order.code)&productCode=\($0.text)"
    }
    sellerLink = "\(shop.shopURL)/shop/search/?q=%3AallMerchants%3A\(shop.merchant.text)"
    whatsAppLink = shop.whatsApp.map { "https://wa.me/\($0.digits)" }
    reason = order.cancellationReason.flatMap { MessageWords.cancellation($0, locale) }
    self.isFirstContact = isFirstContact
  }

  static func way(of order: Order) -> DeliveryWay {
    if order.isKaspiDelivery == true || order.state == .kaspiDelivery { return .kaspi }
    if order.state == .pickup || order.delivery == .pickup { return .pickup }
    return order.isKaspiDelivery == nil && order.state != .delivery ? .kaspi : .shop
  }

  /// A first name as people write it, or `nil` for what is none: no letters, digits, a single letter.
  static func personName(_ text: String) -> String? {
    let name = clean(text)
    let scalars = name.unicodeScalars
    guard scalars.count(where: \.properties.isAlphabetic) >= 2, scalars.count <= 40,
      scalars.allSatisfy({ $0.properties.isAlphabetic || " -'’.".unicodeScalars.contains($0) })
    else { return nil }
    guard name == name.uppercased() || name == name.lowercased() else { return name }
    var isStart = true
    var result = ""
    for character in name {
      result += isStart ? character.uppercased() : character.lowercased()
      isStart = character == " " || character == "-"
    }
    return result
  }

  /// Without control and direction marks; every run of blanks and line ends becomes one blank.
  static func clean(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    var isBlankPending = false
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .spaceSeparator, .lineSeparator, .paragraphSeparator: isBlankPending = true
      case .format, .privateUse, .surrogate, .unassigned: continue
      default:
        if isBlankPending, !result.isEmpty { result.append(" ") }
        isBlankPending = false
        result.append(scalar)
      }
    }
    return String(result)
  }

  static func shortened(_ text: String, to limit: Int) -> String {
    guard text.count > limit else { return text }
    let head = text.prefix(limit - 1)
    let cut = head.lastIndex(of: " ").map { head[..<$0] } ?? head
    return (cut.count * 2 > limit ? cut : head).description.trimmed + "…"
  }
}
