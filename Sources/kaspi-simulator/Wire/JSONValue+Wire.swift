import Store

extension JSONValue {
  /// A text or `null`.
  static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
  /// A whole number or `null`.
  static func number(_ number: Int?) -> JSONValue { number.map { .integer($0) } ?? .null }
  /// Epoch milliseconds or `null`.
  static func moment(_ milliseconds: Int64?) -> JSONValue { milliseconds.map { .integer(Int($0)) } ?? .null }
  /// A list of texts.
  static func texts(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
  /// Tenge as the orders API writes them, with a fraction.
  static func tenge(_ amount: Int) -> JSONValue { .decimal(Double(amount)) }

  /// Reads a body; `nil` for one that is no JSON.
  init?(body: [UInt8]) {
    do {
      self = try JSONValue(parsing: body)
    } catch {
      // Which mistake it was does not matter here: every stand-in answers all of them alike.
      return nil
    }
  }
}
