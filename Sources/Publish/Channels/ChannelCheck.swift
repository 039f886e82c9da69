import Store
import XML

/// Reads a channel's file back as a stranger would, by the published rules of its format.
enum ChannelCheck {
  /// What is wrong with a file.
  ///
  /// - Returns: Faults in the order of the file; empty when it is good.
  static func faults(in bytes: [UInt8], _ kind: Channel.Kind, items: Int) throws -> [String] {
    switch kind {
    case .kaspi: return []
    case .yml: return try yml(bytes, items)
    case .google: return try google(bytes, items)
    case .meta, .csv:
      guard let rows = DelimitedWriter.rows(bytes), let first = rows.first else { return ["it is no CSV"] }
      guard rows.count == items + 1 else { return ["\(rows.count - 1) rows for \(items) offers"] }
      return rows.first { $0.count != first.count }.map { ["a row has \($0.count) cells of \(first.count)"] }
        ?? []
    case .jsonl:
      let lines = bytes.split(separator: 0x0A)
      guard lines.count == items else { return ["\(lines.count) lines for \(items) offers"] }
      // Why a line is no JSON does not matter: that it is none is the finding.
      for (index, line) in lines.enumerated() where (try? JSONValue(parsing: line))?.object == nil {
        return ["line \(index + 1) is no JSON object"]
      }
      return []
    }
  }

  /// The children of an element as the DTD of YML orders them; those that may be missing are optional.
  private static let ymlOffer = [
    "url", "price", "currencyId", "categoryId", "picture", "name", "vendor", "description", "param", "count",
  ]

  private static func yml(_ bytes: [UInt8], _ items: Int) throws -> [String] {
    var faults: [String] = []
    var (categories, ids): (Set<String>, Set<String>) = ([], [])
    var offers = 0
    try children(bytes, of: "category", "offer") { element, parts in
      if element.name == "category" {
        if let parent = element["parentId"], !categories.contains(parent) {
          faults.append("category \(element["id"] ?? "") comes before its parent")
        }
        categories.insert(element["id"] ?? "")
        return
      }
      offers += 1
      let id = element["id"] ?? ""
      if !ids.insert(id).inserted { faults.append("offer \(id) occurs twice") }
      let order = parts.map { ymlOffer.firstIndex(of: $0.name) ?? -1 }
      if order != order.sorted() || order.contains(-1) {
        faults.append("offer \(id): parts in another order")
      }
      for name in ["url", "price", "currencyId", "categoryId", "name"]
      where parts.count(where: { $0.name == name && !$0.text.isEmpty }) != 1 {
        faults.append("offer \(id): exactly one \(name) is needed")
      }
      if !categories.contains(parts.first { $0.name == "categoryId" }?.text ?? "") {
        faults.append("offer \(id): its category is not listed")
      }
      if (Int(parts.first { $0.name == "price" }?.text ?? "") ?? 0) < 1 {
        faults.append("offer \(id): no price")
      }
    }
    if offers != items { faults.append("\(offers) offers for \(items)") }
    return faults
  }

  private static func google(_ bytes: [UInt8], _ items: Int) throws -> [String] {
    var faults: [String] = []
    var (count, ids): (Int, Set<String>) = (0, [])
    let needed = ["id", "title", "description", "link", "image_link", "availability", "price", "condition"]
    try children(bytes, of: "item") { _, parts in
      count += 1
      let id = parts.first { $0.name == "id" }?.text ?? ""
      if !ids.insert(id).inserted { faults.append("item \(id) occurs twice") }
      for name in needed where parts.count(where: { $0.name == name && !$0.text.isEmpty }) != 1 {
        faults.append("item \(id): exactly one g:\(name) is needed")
      }
    }
    if count != items { faults.append("\(count) items for \(items)") }
    return faults
  }

  private static func children(
    _ bytes: [UInt8], of names: String..., body: (XMLElement, [(name: String, text: String)]) -> Void
  ) throws {
    var reader = try XMLReader(bytes)
    var current: XMLElement?
    var parts: [(name: String, text: String)] = []
    while let event = try reader.next() {
      switch event {
      case .start(let element):
        if current == nil, names.contains(element.name) {
          current = element
          parts = []
        } else if current != nil {
          parts.append((element.name, ""))
        }
      case .text(let text): if current != nil, !parts.isEmpty { parts[parts.count - 1].text += text }
      case .end(let name, _):
        guard let element = current, element.name == name else { continue }
        body(
          element,
          parts.map { ($0.name, $0.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")) })
        current = nil
      }
    }
  }
}
