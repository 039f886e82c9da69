import Store

/// Addresses of pictures.
enum ImageLink {
  /// Where all pictures lie.
  static let base = "https://resources.cdn-kaspi.kz/img/m/p/"

  /// One size of a picture.
  static func address(_ path: String, _ size: String) -> String { "\(base)\(path)?format=\(size)" }

  /// Small, medium and large of a picture.
  static func sizes(_ path: String, _ kind: String, located: Bool) -> JSONValue {
    var fields: [String: JSONValue] = [:]
    for size in ["small", "medium", "large"] { fields[size] = .string(address(path, "\(kind)-\(size)")) }
    if located {
      fields["location"] = .string(path)
      fields["verified"] = .null
      fields["infographics"] = .bool(false)
    }
    return .object(fields)
  }
}
