/// A JSON document in memory.
///
/// Keys and strings are compared as Swift strings, so two spellings of one letter are equal here. Where bytes
/// count, compare what ``CanonicalJSON`` writes.
public enum JSONValue: Sendable, Hashable {
  /// `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A number without point and exponent that fits 64 bits.
  case integer(Int)
  /// Every other number, as the nearest `Double`; finite.
  case decimal(Double)
  /// Text.
  case string(String)
  /// A list.
  case array([JSONValue])
  /// Members by name.
  case object([String: JSONValue])
}

extension JSONValue {
  /// The member of an object, or `nil` when this is no object or has no such member.
  ///
  /// - Parameter key: The member's name.
  public subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members[key]
  }

  /// The element of a list, or `nil` when this is no list or has no such element.
  ///
  /// - Parameter index: From 0.
  public subscript(index: Int) -> JSONValue? {
    guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
    return elements[index]
  }

  /// The text, or `nil` for anything else.
  public var string: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  /// The whole number, or `nil` for anything else; `25980.0` counts as one.
  public var int: Int? {
    switch self {
    case .integer(let number): number
    case .decimal(let number): Int(exactly: number)
    case .null, .bool, .string, .array, .object: nil
    }
  }

  /// The number, or `nil` for anything else.
  public var double: Double? {
    switch self {
    case .integer(let number): Double(number)
    case .decimal(let number): number
    case .null, .bool, .string, .array, .object: nil
    }
  }

  /// `true` or `false`, or `nil` for anything else.
  public var bool: Bool? {
    guard case .bool(let flag) = self else { return nil }
    return flag
  }

  /// The elements, or `nil` for anything else.
  public var array: [JSONValue]? {
    guard case .array(let elements) = self else { return nil }
    return elements
  }

  /// The members, or `nil` for anything else.
  public var object: [String: JSONValue]? {
    guard case .object(let members) = self else { return nil }
    return members
  }

  /// Whether this is `null`.
  public var isNull: Bool { self == .null }

  /// What the value is, for messages: `a string`.
  public var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .integer, .decimal: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringInterpolation, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  /// `null`.
  public init(nilLiteral: ()) { self = .null }
  /// `true` or `false`.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// A whole number.
  public init(integerLiteral value: Int) { self = .integer(value) }
  /// A decimal number.
  public init(floatLiteral value: Double) { self = .decimal(value) }
  /// Text.
  public init(stringLiteral value: String) { self = .string(value) }
  /// A list.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// An object; of members with equal names the last one stays.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(Dictionary(elements) { _, last in last })
  }
}
