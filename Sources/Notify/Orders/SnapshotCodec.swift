import Model
import Store

/// A snapshot as JSON and back; the format is in <doc:SnapshotFormat>.
enum SnapshotCodec {
  static let format = 2
  /// The member `from` of a snapshot that was made of saved answers.
  static let savedOrigin = "answers"
  /// How a file of the present format starts.
  static let opening = Array("{\"count\":".utf8)

  /// The bytes of a file: a first line, one line an order, a last line.
  static func bytes(_ snapshot: OrderSnapshot) -> [UInt8] {
    let origin = snapshot.isSaved ? ",\"from\":\"\(savedOrigin)\"" : ""
    var bytes = Array("{\"count\":\(snapshot.orders.count),\"format\":\(format)\(origin),\"orders\":[\n".utf8)
    for (index, order) in snapshot.orders.enumerated() {
      bytes += CanonicalJSON.line(json(order))
      if index + 1 < snapshot.orders.count { bytes.append(0x2C) }
      bytes.append(0x0A)
    }
    bytes += Array("],\"taken\":\"\(snapshot.taken)\"}\n".utf8)
    return bytes
  }

  static func unknown(_ number: Int, path: String) -> StoreError {
    StoreError(
      code: .damaged, path: path, detail: "format \(number), this program reads up to \(format)",
      hint: "Use the program that wrote it, or move the file away.")
  }

  /// Reads one line of a file.
  static func order(line: ArraySlice<UInt8>, path: String, number: Int) throws(StoreError) -> Order {
    let reader = Reader(path: path).within("line \(number)")
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(parsing: line)
    } catch {
      throw reader.damage("no JSON: \(error)")
    }
    return try order(value, reader)
  }

  static func json(_ order: Order) -> JSONValue {
    var members: [String: JSONValue] = [
      "id": .string(order.id), "code": .string(order.code), "state": .string(order.state.wire),
      "status": .string(order.status.wire), "total": .integer(order.total),
      "created": .string(order.created.description), "delivery": .string(order.delivery.wire),
      "preorder": .bool(order.isPreorder), "assembled": .bool(order.isAssembled),
      "customer": json(order.customer),
    ]
    members["planned"] = order.plannedDelivery.map { .string($0.description) }
    members["handed_over"] = order.handedOver.map { .string($0.description) }
    members["kaspi_delivery"] = order.isKaspiDelivery.map { .bool($0) }
    members["town"] = order.town.map { .string($0) }
    members["pickup_point"] = order.pickupPoint.map { .string($0) }
    members["cancellation_reason"] = order.cancellationReason.map { .string($0) }
    members["language"] = order.language.map { .string($0) }
    members["status_changed"] = order.statusChanged.map { .string($0.description) }
    members["entries"] = order.entries.map { .array($0.map(json)) }
    return .object(members)
  }

  private static func json(_ customer: Customer) -> JSONValue {
    var members: [String: JSONValue] = [:]
    members["first_name"] = customer.firstName.map { .string($0) }
    members["last_name"] = customer.lastName.map { .string($0) }
    switch customer.phone {
    case .number(let phone): members["phone"] = .string(phone.digits)
    case .masked: members["phone"] = "masked"
    case .missing: break
    }
    return .object(members)
  }

  private static func json(_ entry: OrderEntry) -> JSONValue {
    var members: [String: JSONValue] = [
      "number": .integer(entry.number), "quantity": .integer(entry.quantity), "total": .integer(entry.total),
      "title": .string(entry.title),
    ]
    members["sku"] = entry.sku.map { .string($0) }
    members["product"] = entry.product.map { .string($0.text) }
    members["category"] = entry.category.map { .string($0) }
    return .object(members)
  }

  /// Reads a snapshot back; a member that is missing or of another kind is damage, named by its place.
  static func snapshot(_ value: JSONValue, path: String) throws(StoreError) -> OrderSnapshot {
    let reader = Reader(path: path)
    guard let number = value["format"]?.int else { throw reader.damage("no format number") }
    // Later formats have lines, and are read by them.
    guard number == 1 else { throw unknown(number, path: path) }
    let taken = try reader.instant(value["taken"], "taken")
    guard let list = value["orders"]?.array else { throw reader.damage("no list 'orders'") }
    var orders: [Order] = []
    orders.reserveCapacity(list.count)
    for (index, item) in list.enumerated() {
      orders.append(try order(item, reader.within("orders[\(index)]")))
    }
    return OrderSnapshot(taken: taken, orders: orders)
  }

  private static func order(_ value: JSONValue, _ reader: Reader) throws(StoreError) -> Order {
    let customer = value["customer"] ?? .null
    let phone: CustomerPhone
    switch customer["phone"]?.string {
    case nil: phone = .missing
    case "masked": phone = .masked
    case .some(let digits):
      guard let number = PhoneNumber(digits) else { throw reader.damage("no telephone in 'phone'") }
      phone = .number(number)
    }
    var entries: [OrderEntry]?
    if let list = value["entries"]?.array {
      var lines: [OrderEntry] = []
      for (index, item) in list.enumerated() {
        let place = reader.within("entries[\(index)]")
        lines.append(
          OrderEntry(
            number: try place.int(item["number"], "number"),
            quantity: try place.int(item["quantity"], "quantity"),
            total: try place.int(item["total"], "total"), sku: item["sku"]?.string,
            title: try place.string(item["title"], "title"),
            product: item["product"]?.string.flatMap { ProductID($0) }, category: item["category"]?.string))
      }
      entries = lines
    }
    return Order(
      id: try reader.string(value["id"], "id"), code: try reader.string(value["code"], "code"),
      state: OrderState(wire: try reader.string(value["state"], "state")),
      status: OrderStatus(wire: try reader.string(value["status"], "status")),
      total: try reader.int(value["total"], "total"),
      created: try reader.instant(value["created"], "created"),
      plannedDelivery: try reader.optionalInstant(value["planned"], "planned"),
      handedOver: try reader.optionalInstant(value["handed_over"], "handed_over"),
      delivery: DeliveryMode(wire: try reader.string(value["delivery"], "delivery")),
      isKaspiDelivery: value["kaspi_delivery"]?.bool, isPreorder: value["preorder"]?.bool ?? false,
      isAssembled: value["assembled"]?.bool ?? false, town: value["town"]?.string,
      pickupPoint: value["pickup_point"]?.string, cancellationReason: value["cancellation_reason"]?.string,
      language: value["language"]?.string,
      statusChanged: try reader.optionalInstant(value["status_changed"], "status_changed"),
      customer: Customer(
        firstName: customer["first_name"]?.string, lastName: customer["last_name"]?.string, phone: phone),
      entries: entries)
  }

  /// Reads members and names the place of a wrong one.
  private struct Reader {
    var path: String
    var place = ""

    func within(_ part: String) -> Reader { Reader(path: path, place: place + part + ".") }

    func damage(_ what: String) -> StoreError {
      StoreError(
        code: .damaged, path: path, detail: "\(place.isEmpty ? "" : place + ": ")\(what)",
        hint: "Move the file away; the next snapshot makes a new one.")
    }

    func string(_ value: JSONValue?, _ name: String) throws(StoreError) -> String {
      guard let text = value?.string else { throw damage("no text in '\(name)'") }
      return text
    }

    func int(_ value: JSONValue?, _ name: String) throws(StoreError) -> Int {
      guard let number = value?.int else { throw damage("no whole number in '\(name)'") }
      return number
    }

    func instant(_ value: JSONValue?, _ name: String) throws(StoreError) -> Instant {
      guard let instant = value?.string.flatMap({ Instant($0) }) else {
        throw damage("no moment in '\(name)'")
      }
      return instant
    }

    func optionalInstant(_ value: JSONValue?, _ name: String) throws(StoreError) -> Instant? {
      if value == nil { return nil }
      return try instant(value, name)
    }
  }
}
