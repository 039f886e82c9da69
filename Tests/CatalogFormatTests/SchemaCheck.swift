import Store

/// As much of JSON Schema 2020-12 as `catalog.schema.json` uses; a keyword that it does not know is an error.
struct SchemaCheck {
  /// A keyword or a reference that this check cannot judge.
  struct Unknown: Error { var what: String }

  private let root: JSONValue

  init(_ bytes: [UInt8]) throws { root = try JSONValue(parsing: bytes) }

  /// What is wrong with a document: paths of the places, empty when it is valid.
  func violations(in document: JSONValue) throws -> [String] { try check(document, root, "") }

  private func check(_ value: JSONValue, _ schema: JSONValue, _ path: String) throws -> [String] {
    guard let keywords = schema.object else { throw Unknown(what: "a schema that is no object") }
    var found: [String] = []
    for (keyword, rule) in keywords {
      let holds: Bool
      switch keyword {
      case "$schema", "$id", "$defs", "title", "description", "additionalProperties", "patternProperties":
        holds = true
      case "$ref": holds = try resolved(rule).map { try check(value, $0, path).isEmpty } ?? false
      case "type": holds = Self.isType(value, rule.string ?? "")
      case "const": holds = value == rule
      case "required":
        holds =
          value.object.map { members in (rule.array ?? []).allSatisfy { members[$0.string ?? ""] != nil } }
          ?? true
      case "properties":
        holds = true
        found += try members(of: value, keywords, path)
      case "items":
        holds = true
        for (index, item) in (value.array ?? []).enumerated() {
          found += try check(item, rule, "\(path)/\(index)")
        }
      case "propertyNames":
        holds = try (value.object?.keys ?? [:].keys).allSatisfy { try check(.string($0), rule, path).isEmpty }
      case "oneOf":
        holds = try (rule.array ?? []).count { try check(value, $0, path).isEmpty } == 1
      case "minProperties": holds = (value.object?.count).map { $0 >= rule.int ?? 0 } ?? true
      case "minItems": holds = (value.array?.count).map { $0 >= rule.int ?? 0 } ?? true
      case "minLength": holds = (value.string?.unicodeScalars.count).map { $0 >= rule.int ?? 0 } ?? true
      case "maxLength": holds = (value.string?.unicodeScalars.count).map { $0 <= rule.int ?? 0 } ?? true
      case "minimum": holds = value.double.map { $0 >= rule.double ?? 0 } ?? true
      case "maximum": holds = value.double.map { $0 <= rule.double ?? 0 } ?? true
      case "pattern": holds = try value.string.map { try Self.matches($0, rule.string ?? "") } ?? true
      default: throw Unknown(what: keyword)
      }
      if !holds { found.append("\(path): \(keyword)") }
    }
    // Without a list of properties the other two still speak.
    if keywords["properties"] == nil { found += try members(of: value, keywords, path) }
    return found
  }

  private func members(
    of value: JSONValue, _ keywords: [String: JSONValue], _ path: String
  ) throws -> [String] {
    guard let members = value.object else { return [] }
    var found: [String] = []
    for (name, member) in members {
      var isKnown = false
      if let rule = keywords["properties"]?[name] {
        isKnown = true
        found += try check(member, rule, "\(path)/\(name)")
      }
      for (pattern, rule) in keywords["patternProperties"]?.object ?? [:]
      where try Self.matches(name, pattern) {
        isKnown = true
        found += try check(member, rule, "\(path)/\(name)")
      }
      guard !isKnown, let rest = keywords["additionalProperties"] else { continue }
      if rest.bool == false {
        found.append("\(path)/\(name): additionalProperties")
      } else if rest.bool == nil {
        found += try check(member, rest, "\(path)/\(name)")
      }
    }
    return found
  }

  private func resolved(_ reference: JSONValue) throws -> JSONValue? {
    let steps = (reference.string ?? "").split(separator: "/")
    guard steps.count == 3, steps[0] == "#", steps[1] == "$defs" else { throw Unknown(what: "\(reference)") }
    return root["$defs"]?[String(steps[2])]
  }

  private static func isType(_ value: JSONValue, _ type: String) -> Bool {
    switch type {
    case "object": value.object != nil
    case "array": value.array != nil
    case "string": value.string != nil
    case "integer": value.int != nil
    case "boolean": value.bool != nil
    default: false
    }
  }

  private static func matches(_ text: String, _ pattern: String) throws -> Bool {
    try Regex(pattern).matchingSemantics(.unicodeScalar).firstMatch(in: text) != nil
  }
}
