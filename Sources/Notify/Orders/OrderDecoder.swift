import Model
import Store

/// One answer of `GET /orders`.
struct OrdersPage: Sendable {
  /// Every resource's id, in order of arrival, also of those that could not be read.
  var ids: [String]
  /// The readable orders, in order of arrival, without entries.
  var orders: [Order]
  /// What was left out, and why.
  var findings: [Finding]
  /// Pages in the window, or `nil` when the answer does not say.
  var pageCount: Int?
  /// Orders in the window, or `nil`.
  var totalCount: Int?
}

/// One line of an order as the entries answer has it.
struct DecodedEntry: Sendable, Equatable {
  var id: String
  var entry: OrderEntry
  /// Whether neither offer nor title came, so that the product has to be asked.
  var needsProduct: Bool
}

/// From JSON:API to ``Order``.
///
/// `waybill` is not read at all: its link changes on every read.
enum OrderDecoder {
  /// Reads one page.
  ///
  /// - Parameters:
  ///   - bytes: The answer's body.
  ///   - source: Address or file, for errors.
  ///   - isSaved: Whether a person saved it: a bare list and a single order count too.
  /// - Returns: The page.
  /// - Throws: ``OrdersError`` when it is not JSON or has no list of orders.
  static func page(
    _ bytes: [UInt8], source: String, isSaved: Bool = false
  ) throws(OrdersError) -> OrdersPage {
    let document = try parse(bytes, source)
    guard let data = isSaved ? list(document) : document["data"]?.array else {
      throw OrdersError(code: .badAnswer, source: source, detail: "the answer has no list 'data'")
    }
    let lines = included(document)
    var page = OrdersPage(
      ids: [], orders: [], findings: [], pageCount: document["meta"]?["pageCount"]?.int,
      totalCount: document["meta"]?["totalCount"]?.int)
    for (index, resource) in data.enumerated() {
      switch order(resource) {
      case .success(var order):
        if !lines.isEmpty { order.entries = entries(of: resource, among: lines) }
        page.ids.append(order.id)
        page.orders.append(order)
      case .failure(let reason):
        page.ids.append(resource["id"]?.string ?? "\(source)#\(index)")
        page.findings.append(
          Finding(
            rule: "unreadable-order", severity: .warning, place: Place(source),
            message: "Order \(index + 1) of the page has \(reason.what); it is left out."))
      }
    }
    return page
  }

  /// What makes an order unreadable.
  struct Unreadable: Error { var what: String }

  /// The resources of an answer: its `data`, a single resource, or a bare list.
  static func list(_ document: JSONValue) -> [JSONValue]? {
    if let list = document.array { return list }
    guard let data = document["data"] else { return nil }
    return data.array ?? (data.object == nil ? nil : [data])
  }

  static func order(_ resource: JSONValue) -> Result<Order, Unreadable> {
    let attributes = resource["attributes"] ?? .null
    guard let code = attributes["code"]?.text, !code.isEmpty else {
      return .failure(Unreadable(what: "no code"))
    }
    // Without a resource id only the lines cannot be asked for; the order itself is known by its number.
    let id = filled(resource["id"]?.text) ?? code
    guard let created = instant(attributes["creationDate"]) ?? instant(attributes["approvedByBankDate"])
    else {
      return .failure(Unreadable(what: "no creation date"))
    }
    // Older guides tell the members of kaspiDelivery flat, newer answers nest them.
    let transmission =
      instant(attributes["kaspiDelivery"]?["courierTransmissionDate"])
      ?? instant(attributes["courierTransmissionDate"])
    let customer = attributes["customer"]
    return .success(
      Order(
        id: id, code: code, state: OrderState(wire: word(attributes["state"])),
        status: OrderStatus(wire: word(attributes["status"])),
        total: tenge(attributes["totalPrice"]) ?? 0,
        created: created, plannedDelivery: instant(attributes["plannedDeliveryDate"]),
        handedOver: transmission,
        delivery: DeliveryMode(wire: word(attributes["deliveryMode"])),
        isKaspiDelivery: attributes["isKaspiDelivery"]?.bool,
        isPreorder: attributes["preOrder"]?.bool ?? false,
        isAssembled: attributes["assembled"]?.bool ?? false,
        town: filled(attributes["deliveryAddress"]?["town"]?.string),
        pickupPoint: filled(attributes["pickupPointId"]?.string),
        cancellationReason: filled(attributes["cancellationReason"]?.string),
        language: language(attributes), statusChanged: instant(attributes["statusChangeDate"]),
        customer: Customer(
          firstName: filled(customer?["firstName"]?.string), lastName: filled(customer?["lastName"]?.string),
          phone: CustomerPhone(customer?["cellPhone"]?.text))))
  }

  private static func word(_ value: JSONValue?) -> String { value?.string?.trimmed ?? "" }

  private static func language(_ attributes: JSONValue) -> String? {
    let customer = attributes["customer"]
    let texts = [
      attributes["language"], attributes["locale"], customer?["language"], customer?["locale"],
    ]
    return texts.lazy.compactMap { filled($0?.string) }.first.map { String($0.lowercased().prefix(2)) }
  }

  /// Entries that came along with the orders (`include[orders]=entries`), by resource id.
  private static func included(_ document: JSONValue) -> [String: JSONValue] {
    var found: [String: JSONValue] = [:]
    for resource in document["included"]?.array ?? [] where resource["type"]?.string == "orderentries" {
      if let id = resource["id"]?.string { found[id] = resource }
    }
    return found
  }

  /// The lines of one order among those that came along; `nil` unless all of them are there.
  private static func entries(of order: JSONValue, among lines: [String: JSONValue]) -> [OrderEntry]? {
    guard let wanted = order["relationships"]?["entries"]?["data"]?.array, !wanted.isEmpty else { return nil }
    let found = wanted.compactMap { $0["id"]?.string.flatMap { lines[$0] } }
    return found.count == wanted.count ? decoded(found).map(\.entry) : nil
  }

  /// Reads the answer of `/orders/{id}/entries`.
  ///
  /// - Parameters:
  ///   - bytes: The answer's body.
  ///   - source: Address or file, for errors.
  /// - Returns: The lines by number.
  /// - Throws: ``OrdersError`` when it is not JSON or has no list.
  static func entries(_ bytes: [UInt8], source: String) throws(OrdersError) -> [DecodedEntry] {
    try entries(parse(bytes, source), source: source)
  }

  static func entries(_ document: JSONValue, source: String) throws(OrdersError) -> [DecodedEntry] {
    guard let data = document["data"]?.array ?? document.array else {
      throw OrdersError(code: .badAnswer, source: source, detail: "the answer has no list 'data'")
    }
    return decoded(data)
  }

  private static func decoded(_ data: [JSONValue]) -> [DecodedEntry] {
    let entries = data.enumerated().map { index, resource in
      let attributes = resource["attributes"] ?? .null
      let offer = attributes["offer"]
      let number = attributes["entryNumber"]?.int ?? index
      let quantity = Self.number(attributes["quantity"]).map { Int(min(max($0.rounded(.up), 0), 1e9)) } ?? 1
      let price = tenge(attributes["totalPrice"]) ?? tenge(attributes["basePrice"]).map { $0 * quantity }
      let title = filled(offer?["name"]?.string)
      let product = resource["relationships"]?["product"]?["data"]?["id"]?.string
      return DecodedEntry(
        id: resource["id"]?.string ?? "",
        entry: OrderEntry(
          number: number, quantity: quantity, total: price ?? 0, sku: filled(offer?["code"]?.text),
          title: title ?? "",
          product: product.flatMap(unpadded).flatMap { ProductID($0) },
          category: filled(attributes["category"]?["title"]?.string)),
        needsProduct: title == nil)
    }
    return entries.sorted { $0.entry.number < $1.entry.number }
  }

  /// The title out of a `masterproducts` or `merchantproducts` answer.
  static func product(_ bytes: [UInt8], source: String) throws(OrdersError) -> (code: String?, name: String?)
  {
    let attributes = try parse(bytes, source)["data"]?["attributes"]
    return (filled(attributes?["code"]?.text), filled(attributes?["name"]?.string))
  }

  static func parse(_ bytes: [UInt8], _ source: String) throws(OrdersError) -> JSONValue {
    do throws(JSONError) {
      return try JSONValue(parsing: bytes)
    } catch {
      throw OrdersError(
        code: .badAnswer, source: source,
        detail: "the answer is not JSON (line \(error.line), column \(error.column))")
    }
  }

  private static func instant(_ value: JSONValue?) -> Instant? {
    guard let number = number(value), number > 0, number < 9e15 else { return nil }
    return Instant(milliseconds: Int64(number))
  }

  /// A number, also one that came as text.
  private static func number(_ value: JSONValue?) -> Double? {
    let number = value?.double ?? value?.string.flatMap { Double($0.trimmed) }
    return number.flatMap { $0.isFinite ? $0 : nil }
  }

  /// Whole tenge; tiyn are cut off.
  private static func tenge(_ value: JSONValue?) -> Int? {
    guard let number = number(value), number >= 0, number < 1e12 else { return nil }
    return Int(number)
  }

  private static func filled(_ text: String?) -> String? { text.flatMap { $0.trimmed.isEmpty ? nil : $0 } }

  /// The text behind Kaspi's base64 without padding; of product ids only, never of a buyer's.
  static func unpadded(_ text: String) -> String? {
    var (bytes, bits, count): ([UInt8], UInt32, Int) = ([], 0, 0)
    for byte in text.utf8 {
      let value: UInt8
      switch byte {
      case 0x41...0x5A: value = byte - 0x41
      case 0x61...0x7A: value = byte - 0x61 + 26
      case 0x30...0x39: value = byte - 0x30 + 52
      case 0x2B, 0x2D: value = 62
      case 0x2F, 0x5F: value = 63
      case 0x3D: continue
      default: return nil
      }
      bits = bits << 6 | UInt32(value)
      count += 6
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }
}

extension JSONValue {
  /// A text, or a whole number as its digits: codes and telephones come as either.
  var text: String? { string ?? int.map(String.init) }
}
