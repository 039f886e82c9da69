/// A name that a template may use.
public struct TemplateVariable: Sendable, Hashable {
  /// The name between the braces.
  public var name: String
  /// What it holds.
  public var kind: Kind
  /// Whether every message has it.
  ///
  /// `false` demands a section of the same name around it.
  public var isAlwaysThere: Bool
  /// What it is, in one line.
  public var summary: String

  /// What a variable holds.
  public indirect enum Kind: Sendable, Hashable {
    /// A text.
    case text
    /// An amount in tenge.
    case money
    /// A calendar day.
    case day
    /// A whole number.
    case count
    /// Yes or no; only for sections.
    case flag
    /// A list with names of its own; only for sections.
    case list([TemplateVariable])

    /// The filters that this kind of value has.
    public var filters: [String] {
      switch self {
      case .flag, .list: []
      case .text: ["shorten"]
      case .money: ["money", "amount"]
      case .day: ["date", "date_full", "date_dots", "weekday"]
      case .count: ["goods", "pieces"] + PluralForm.allCases.map(\.rawValue)
      }
    }
  }

  init(_ name: String, _ kind: Kind, always: Bool, _ summary: String) {
    self.name = name
    self.kind = kind
    self.isAlwaysThere = always
    self.summary = summary
  }

  /// The names of an event's templates.
  ///
  /// - Parameter event: The event.
  /// - Returns: In the order of the documentation; names are unique.
  public static func declared(for event: OrderEventKind) -> [TemplateVariable] {
    var names = common
    switch event {
    case .orderDelivered, .reviewRequest, .repeatOffer:
      names.append(
        TemplateVariable(
          "review_link", .text, always: false, "The review form of the first item, no stars set"))
    case .orderCancelled:
      names.append(
        TemplateVariable(
          "reason", .text, always: false, "Why it was called off, in words, where that is certain"))
    case .orderCreated, .orderAccepted, .orderHandedOver, .readyForPickup, .orderReturned: break
    }
    return names
  }

  private static let common: [TemplateVariable] = [
    TemplateVariable("buyer", .text, always: true, "First name, or a neutral form of address"),
    TemplateVariable("first_name", .text, always: false, "First name"),
    TemplateVariable("order_code", .text, always: true, "Order number"),
    TemplateVariable("items", .list(itemNames), always: false, "The first lines of the order, five at most"),
    TemplateVariable("items_count", .count, always: false, "Pieces in the whole order"),
    TemplateVariable("more_items", .count, always: false, "Lines beyond the listed ones"),
    TemplateVariable("first_item", .text, always: false, "Title of the first line"),
    TemplateVariable("total", .money, always: false, "What the buyer pays"),
    TemplateVariable("city", .text, always: false, "Town of the address; none for pickup"),
    TemplateVariable("delivery", .text, always: true, "How it travels, in words"),
    TemplateVariable("order_date", .day, always: true, "Day of the order, in Almaty"),
    TemplateVariable("planned_date", .day, always: false, "Day of the planned delivery"),
    TemplateVariable("shop_name", .text, always: true, "The shop's name"),
    TemplateVariable("product_link", .text, always: false, "Page of the first item"),
    TemplateVariable("seller_link", .text, always: true, "The seller's goods"),
    TemplateVariable("whatsapp_link", .text, always: false, "A chat with the shop: wa.me and its number"),
    TemplateVariable(
      "first_contact", .flag, always: true, "Whether the shop writes to this person first time"),
    TemplateVariable("pickup", .flag, always: true, "Whether the buyer comes to the shop"),
  ]

  private static let itemNames: [TemplateVariable] = [
    TemplateVariable("title", .text, always: true, "Title, shortened to 80 characters"),
    TemplateVariable("quantity", .count, always: true, "Pieces"),
    TemplateVariable("item_total", .money, always: false, "Line total"),
  ]
}
