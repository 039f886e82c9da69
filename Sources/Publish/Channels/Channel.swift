public import Model

/// A place where offers are written to beside Kaspi's price list.
public struct Channel: Sendable {
  /// The kinds of file.
  public enum Kind: String, Sendable, CaseIterable {
    /// Kaspi's price list, written with every version.
    case kaspi
    /// Yandex YML.
    case yml
    /// Google Merchant RSS 2.0.
    case google
    /// Meta catalog CSV.
    case meta
    /// CSV with chosen columns.
    case csv
    /// JSON Lines with chosen members.
    case jsonl
  }

  /// The kind of file.
  public var kind: Kind
  /// The name, unique in a shop.
  public var name: String
  /// The file in `feeds/`.
  public var file: String
  /// Which offers it has.
  public var filter: OfferFilter
  /// Rules between the catalog's prices and the file's, those of the shop first.
  public var prices: [PriceRule]
  /// Categories of the channel by ours, title or code.
  public var categories: [String: String]
  /// Fields of the file and what they are filled from; the kind's own when empty.
  public var fields: [(name: String, source: String)]
  /// Address of a product's page with `{product}` and `{sku}` in it, or `nil`.
  public var link: String?
  /// Whether links may be made from a card's number alone, which the cabinet tells.
  public var linksArePublic: Bool
  /// The base city, whose price a file with one price has.
  public var city: CityID

  /// Describes a channel.
  ///
  /// - Parameters:
  ///   - kind: The kind of file.
  ///   - name: The name.
  ///   - file: The file's name.
  ///   - filter: Which offers.
  ///   - prices: Price rules.
  ///   - categories: Categories of the channel by ours.
  ///   - fields: Fields and their sources.
  ///   - link: Address of a page.
  ///   - linksArePublic: Whether a card's number is enough for a link.
  ///   - city: The base city.
  public init(
    kind: Kind, name: String, file: String, filter: OfferFilter = OfferFilter(), prices: [PriceRule] = [],
    categories: [String: String] = [:], fields: [(name: String, source: String)] = [], link: String? = nil,
    linksArePublic: Bool = false, city: CityID
  ) {
    self.kind = kind
    self.name = name
    self.file = file
    self.filter = filter
    self.prices = prices
    self.categories = categories
    self.fields = fields
    self.link = link
    self.linksArePublic = linksArePublic
    self.city = city
  }
}

/// An offer on its way into a channel, or the reason why it stays out.
public struct ChannelItem: Sendable, Equatable {
  /// The entry.
  public var entry: CatalogEntry
  /// The price of the channel in the base city, or the lowest where it has none.
  public var price: Int
  /// How the price came about.
  public var trace: PriceTrace
  /// The city whose price it is, or `nil` for one that holds everywhere.
  public var city: CityID?
  /// Whether a buyer can order it.
  public var isAvailable: Bool
  /// The page of the product, or `nil`.
  public var link: String?
  /// The category of the channel, or our path.
  public var category: String
  /// Why it stays out, as a short name and in words; `nil` when it is in the file.
  public var exclusion: Exclusion?

  /// Why an offer is not in a file.
  public struct Exclusion: Sendable, Equatable {
    /// Short name: `filter`, `price-floor`, `no-link`.
    public var reason: String
    /// In words.
    public var detail: String
  }
}

extension Channel {
  /// What becomes of an entry in this channel.
  ///
  /// Pure.
  ///
  /// - Parameter entry: Any entry of the catalog.
  /// - Returns: The item with its price, step by step, and why it stays out if it does.
  public func item(_ entry: CatalogEntry) -> ChannelItem {
    let (own, city): (Tenge?, CityID?) =
      switch entry.offer.pricing {
      case .everywhere(let price): (price, nil)
      case .byCity(let cities): cities[self.city].map { ($0, self.city) } ?? (nil, self.city)
      }
    let basis = own ?? entry.offer.pricing.lowest ?? Self.noPrice
    let trace = PriceTrace(basis, of: entry, rules: prices)
    let isAvailable =
      entry.standing == .offered && entry.offer.isAvailable && (entry.offer.totalStock ?? 1) > 0
    var item = ChannelItem(
      entry: entry, price: trace.amount, trace: trace, city: city, isAvailable: isAvailable,
      link: link(of: entry), category: category(of: entry))
    item.exclusion = exclusion(of: item, hasPrice: own != nil)
    return item
  }

  private func exclusion(of item: ChannelItem, hasPrice: Bool) -> ChannelItem.Exclusion? {
    func out(_ reason: String, _ detail: String) -> ChannelItem.Exclusion {
      .init(reason: reason, detail: detail)
    }
    // Kaspi's list keeps every offer: left out, it would go on selling at yesterday's price.
    if kind == .kaspi { return nil }
    if let reason = filter.objection(to: item.entry) { return out("filter", reason) }
    if case .withdrawn(let day) = item.entry.standing { return out("withdrawn", "withdrawn since \(day)") }
    guard hasPrice else { return out("no-price", "it has no price in the city \(city)") }
    if let block = item.trace.blocks.first { return out(block.kind.rawValue, block.reason) }
    let needed = Self.required(kind)
    if needed.contains(.link), item.link == nil {
      return out(
        "no-link", "no public page is known; set 'link' for the channel, or links: {visibility: public}")
    }
    if needed.contains(.image), item.images.isEmpty { return out("no-image", "no image is known") }
    if kind == .google || kind == .meta, item.entry.offer.sku.text.unicodeScalars.count > 50 {
      return out("long-sku", "the SKU has more than the 50 characters that the channel takes")
    }
    if needed.contains(.title), item.title.isEmpty { return out("no-title", "no title is known") }
    return nil
  }

  private enum Part { case link, image, title }

  private static func required(_ kind: Kind) -> Set<Part> {
    switch kind {
    case .kaspi, .csv, .jsonl: []
    case .yml: [.title, .link]
    case .google, .meta: [.title, .link, .image]
    }
  }

  private static var noPrice: Tenge {
    guard let least = Tenge(1) else { preconditionFailure("1 is within the bounds") }
    return least
  }

  private func link(of entry: CatalogEntry) -> String? {
    if let link {
      guard !link.contains("{product}") || entry.productID != nil else { return nil }
      return link.replacing("{product}", with: entry.productID?.text ?? "")
        .replacing("{sku}", with: Self.percentEncoded(entry.offer.sku.text))
    }
    // A card was read from its public page; a number alone may come from the seller's own cabinet.
    guard let id = entry.productID, entry.product != nil || linksArePublic else { return nil }
    return "https://kaspi.kz/shop/p/-\(id)/"
  }

  static func percentEncoded(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        result += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
      }
    }
    return result
  }

  private func category(of entry: CatalogEntry) -> String {
    let path = entry.product?.categories ?? []
    for category in path.reversed() {
      if let mapped = categories[category.title] ?? category.code.flatMap({ categories[$0] }) {
        return mapped
      }
    }
    return categories["*"] ?? path.map(\.title).joined(separator: " > ")
  }
}

extension ChannelItem {
  /// The offer's title, or the card's where the offer has none.
  public var title: String {
    entry.offer.model.isEmpty ? entry.product?.title ?? "" : entry.offer.model
  }

  /// The brand of offer or card, or `nil`.
  public var brand: String? { entry.offer.brand ?? entry.product?.brand }

  /// Addresses of images in the card's order.
  public var images: [String] { entry.product?.images ?? [] }

  /// The card's text, or the title where there is none.
  public var description: String { entry.product?.description ?? title }

  /// What a field of a file can be filled from.
  public static let sources = [
    "sku", "title", "brand", "price", "price_kzt", "stock", "available", "availability", "preorder",
    "category",
    "category_path", "description", "image", "images", "link", "product", "condition", "currency",
  ]

  /// The value of a source; `characteristic:NAME` and `text:WORDS` besides those of ``sources``.
  ///
  /// - Parameter source: The source's name.
  /// - Returns: The value, empty when the offer has none; `nil` for a name that is no source.
  public func value(_ source: String) -> String? {
    if source.hasPrefix("text:") { return String(source.dropFirst(5)) }
    if source.hasPrefix("characteristic:") {
      let name = String(source.dropFirst(15))
      let all = (entry.product?.characteristics ?? []).flatMap(\.characteristics)
      return all.first { $0.name == name || $0.code == name }.map { one in
        one.values.joined(separator: ", ") + (one.unit.map { " \($0)" } ?? "")
      } ?? ""
    }
    switch source {
    case "sku": return entry.offer.sku.text
    case "title": return title
    case "brand": return brand ?? ""
    case "price": return "\(price)"
    case "price_kzt": return "\(price) KZT"
    case "stock": return entry.offer.totalStock.map(String.init) ?? ""
    case "available": return isAvailable ? "true" : "false"
    case "availability": return isAvailable ? "in stock" : "out of stock"
    case "preorder":
      return entry.offer.availabilities.compactMap { $0.isAvailable ? $0.preorderDays : nil }.min()
        .map(String.init) ?? ""
    case "category": return category
    case "category_path": return (entry.product?.categories ?? []).map(\.title).joined(separator: " > ")
    case "description": return description
    case "image": return images.first ?? ""
    case "images": return images.dropFirst().joined(separator: ",")
    case "link": return link ?? ""
    case "product": return entry.productID?.text ?? ""
    case "condition": return "new"
    case "currency": return "KZT"
    default: return nil
    }
  }
}
