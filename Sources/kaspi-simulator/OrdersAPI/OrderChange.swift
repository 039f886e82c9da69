import Store

/// What the control endpoint made of one order; everything else stays as its walk has it.
struct OrderChange: Sendable {
  /// `state`, or `nil` to leave it.
  var state: String?
  /// `status`, or `nil` to leave it.
  var status: String?
  /// Whether it is packed, or `nil` to leave it.
  var isAssembled: Bool?
  /// When the courier took it, in epoch milliseconds, or `nil` to leave it.
  var handedOver: Int?

  /// Reads what the control endpoint was sent.
  init(_ value: JSONValue) {
    state = value["state"]?.string
    status = value["status"]?.string
    isAssembled = value["assembled"]?.bool
    handedOver = value["courierTransmissionDate"]?.int
  }

  /// As the control endpoint and the state file write it.
  var json: JSONValue {
    [
      "state": .text(state), "status": .text(status), "assembled": isAssembled.map { .bool($0) } ?? .null,
      "courierTransmissionDate": .number(handedOver),
    ]
  }

  /// Adds a later change.
  mutating func merge(_ later: OrderChange) {
    state = later.state ?? state
    status = later.status ?? status
    isAssembled = later.isAssembled ?? isAssembled
    handedOver = later.handedOver ?? handedOver
  }

  /// Puts it upon a resource as the wire writes it.
  func apply(to resource: JSONValue) -> JSONValue {
    guard var fields = resource.object, var attributes = fields["attributes"]?.object else { return resource }
    if let state { attributes["state"] = .string(state) }
    if let status { attributes["status"] = .string(status) }
    if let isAssembled { attributes["assembled"] = .bool(isAssembled) }
    if let handedOver, var delivery = attributes["kaspiDelivery"]?.object {
      delivery["courierTransmissionDate"] = .integer(handedOver)
      attributes["kaspiDelivery"] = .object(delivery)
    }
    fields["attributes"] = .object(attributes)
    return .object(fields)
  }
}
