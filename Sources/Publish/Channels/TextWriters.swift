import Model
import Store

/// Comma-separated values as RFC 4180 has them, in UTF-8 with line feeds.
enum DelimitedWriter {
  /// The columns of a Meta catalog.
  static let meta: [(name: String, source: String)] = [
    ("id", "sku"), ("title", "title"), ("description", "description"), ("availability", "availability"),
    ("condition", "condition"), ("price", "price_kzt"), ("link", "link"), ("image_link", "image"),
    ("additional_image_link", "images"), ("brand", "brand"), ("google_product_category", "category"),
    ("quantity_to_sell_on_facebook", "stock"),
  ]

  /// The columns of a table for people.
  static let plain: [(name: String, source: String)] = [
    ("sku", "sku"), ("title", "title"), ("brand", "brand"), ("category", "category"), ("price", "price"),
    ("available", "available"), ("stock", "stock"), ("preorder", "preorder"), ("link", "link"),
    ("image", "image"),
  ]

  static func write(
    _ items: [ChannelItem], fields: [(name: String, source: String)],
    default columns: [(name: String, source: String)]
  ) -> [UInt8] {
    let columns = fields.isEmpty ? columns : fields
    var bytes: [UInt8] = []
    append(columns.map(\.name), to: &bytes)
    for item in items { append(columns.map { item.value($0.source) ?? "" }, to: &bytes) }
    return bytes
  }

  static func append(_ cells: [String], to bytes: inout [UInt8]) {
    for (index, cell) in cells.enumerated() {
      if index > 0 { bytes.append(0x2C) }
      let needsQuotes = cell.utf8.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }
      guard needsQuotes || cell.hasPrefix(" ") || cell.hasSuffix(" ") else {
        bytes.append(contentsOf: cell.utf8)
        continue
      }
      bytes.append(0x22)
      for byte in cell.utf8 {
        if byte == 0x22 { bytes.append(0x22) }
        bytes.append(byte)
      }
      bytes.append(0x22)
    }
    bytes.append(0x0A)
  }

  /// Reads the form that ``append(_:to:)`` writes; `nil` for anything else.
  static func rows(_ bytes: [UInt8]) -> [[String]]? {
    var (rows, row, cell): ([[String]], [String], [UInt8]) = ([], [], [])
    var position = 0
    var isQuoted = false
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if isQuoted {
        if byte != 0x22 {
          cell.append(byte)
        } else if position < bytes.count, bytes[position] == 0x22 {
          cell.append(0x22)
          position += 1
        } else {
          isQuoted = false
          guard position < bytes.count, bytes[position] == 0x2C || bytes[position] == 0x0A else { return nil }
        }
        continue
      }
      switch byte {
      case 0x22:
        guard cell.isEmpty else { return nil }
        isQuoted = true
      case 0x2C, 0x0A:
        guard let text = String(validating: cell, as: UTF8.self) else { return nil }
        row.append(text)
        cell = []
        if byte == 0x0A {
          rows.append(row)
          row = []
        }
      default: cell.append(byte)
      }
    }
    return isQuoted || !cell.isEmpty || !row.isEmpty ? nil : rows
  }
}

/// One JSON object a line, keys sorted.
enum JSONLinesWriter {
  static func write(_ items: [ChannelItem], fields: [(name: String, source: String)]) -> [UInt8] {
    var bytes: [UInt8] = []
    for item in items {
      bytes += CanonicalJSON.line(.object(fields.isEmpty ? members(item) : chosen(item, fields)))
      bytes.append(0x0A)
    }
    return bytes
  }

  private static func chosen(
    _ item: ChannelItem, _ fields: [(name: String, source: String)]
  ) -> [String: JSONValue] {
    var members: [String: JSONValue] = [:]
    for field in fields {
      guard let value = item.value(field.source), !value.isEmpty else { continue }
      switch field.source {
      case "price", "stock", "preorder":
        members[field.name] = Int(value).map { .integer($0) } ?? .string(value)
      case "available": members[field.name] = .bool(item.isAvailable)
      default: members[field.name] = .string(value)
      }
    }
    return members
  }

  /// The neutral form that `kaspi-catalog index --corpus` reads, and what else is known.
  private static func members(_ item: ChannelItem) -> [String: JSONValue] {
    var members: [String: JSONValue] = [
      "sku": .string(item.entry.offer.sku.text), "title": .string(item.title), "price": .integer(item.price),
      "available": .bool(item.isAvailable),
    ]
    if let brand = item.brand { members["brand"] = .string(brand) }
    if !item.category.isEmpty { members["category"] = .string(item.category) }
    if let stock = item.entry.offer.totalStock { members["stock"] = .integer(stock) }
    if let text = item.entry.product?.description { members["description"] = .string(text) }
    if !item.images.isEmpty { members["images"] = .array(item.images.map { .string($0) }) }
    if let link = item.link { members["link"] = .string(link) }
    let specs = (item.entry.product?.characteristics ?? []).flatMap(\.characteristics)
    if !specs.isEmpty {
      members["specs"] = .array(
        specs.map { one in
          let value = one.values.joined(separator: ", ") + (one.unit.map { " \($0)" } ?? "")
          return ["name": .string(one.name), "value": .string(value)]
        })
    }
    return members
  }
}
