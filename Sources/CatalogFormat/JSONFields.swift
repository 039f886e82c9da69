import Store

/// A JSON object read member by member: absent, surplus and wrong members are errors with their path.
struct JSONFields {
  /// Like `/offers/12`.
  let path: String
  private var members: [String: JSONValue]

  init(_ value: JSONValue, at path: String) throws(CatalogFormatError) {
    guard let members = value.object else { throw CatalogFormatError(path, "must be an object") }
    self.path = path
    self.members = members
  }

  /// Takes a member out, or `nil` when it is absent.
  mutating func take(_ key: String) -> JSONValue? { members.removeValue(forKey: key) }

  /// Fails when a member was not asked for: it would be lost on writing.
  func end() throws(CatalogFormatError) {
    guard let first = members.keys.min() else { return }
    throw CatalogFormatError("\(path)/\(first)", "is not a member that this version knows")
  }

  mutating func text(_ key: String) throws(CatalogFormatError) -> String {
    guard let text = take(key)?.string else { throw wrong(key, "a text") }
    return text
  }

  mutating func optionalText(_ key: String) throws(CatalogFormatError) -> String? {
    guard let value = take(key) else { return nil }
    guard let text = value.string else { throw wrong(key, "a text") }
    return text
  }

  mutating func integer(_ key: String) throws(CatalogFormatError) -> Int {
    guard let number = take(key)?.int else { throw wrong(key, "a whole number") }
    return number
  }

  mutating func optionalInteger(_ key: String) throws(CatalogFormatError) -> Int? {
    guard let value = take(key) else { return nil }
    guard let number = value.int else { throw wrong(key, "a whole number") }
    return number
  }

  mutating func flag(_ key: String) throws(CatalogFormatError) -> Bool {
    guard let flag = take(key)?.bool else { throw wrong(key, "true or false") }
    return flag
  }

  mutating func optionalFlag(_ key: String) throws(CatalogFormatError) -> Bool? {
    guard let value = take(key) else { return nil }
    guard let flag = value.bool else { throw wrong(key, "true or false") }
    return flag
  }

  mutating func value<Value>(
    _ key: String, _ parse: (String) -> Value?
  ) throws(CatalogFormatError) -> Value {
    guard let value = parse(try text(key)) else { throw wrong(key, "a valid value") }
    return value
  }

  mutating func optionalValue<Value>(
    _ key: String, _ parse: (String) -> Value?
  ) throws(CatalogFormatError) -> Value? {
    guard let text = try optionalText(key) else { return nil }
    guard let value = parse(text) else { throw wrong(key, "a valid value") }
    return value
  }

  /// Objects of a list; an absent list is empty.
  mutating func list(_ key: String) throws(CatalogFormatError) -> [JSONFields] {
    guard let value = take(key) else { return [] }
    guard let items = value.array else { throw wrong(key, "a list") }
    var result: [JSONFields] = []
    result.reserveCapacity(items.count)
    for (index, item) in items.enumerated() {
      result.append(try JSONFields(item, at: "\(path)/\(key)/\(index)"))
    }
    return result
  }

  /// Texts of a list; an absent list is empty.
  mutating func texts(_ key: String) throws(CatalogFormatError) -> [String] {
    guard let value = take(key) else { return [] }
    guard let items = value.array else { throw wrong(key, "a list of texts") }
    var result: [String] = []
    for item in items {
      guard let text = item.string else { throw wrong(key, "a list of texts") }
      result.append(text)
    }
    return result
  }

  mutating func optionalObject(_ key: String) throws(CatalogFormatError) -> JSONFields? {
    guard let value = take(key) else { return nil }
    return try JSONFields(value, at: "\(path)/\(key)")
  }

  /// Names and values of an object whose keys are data; an absent one is empty.
  mutating func map(_ key: String) throws(CatalogFormatError) -> [(key: String, value: JSONValue)] {
    guard let value = take(key) else { return [] }
    guard let members = value.object else { throw wrong(key, "an object") }
    return members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { ($0.key, $0.value) }
  }

  func wrong(_ key: String, _ expected: String) -> CatalogFormatError {
    CatalogFormatError("\(path)/\(key)", "must be \(expected)")
  }
}
