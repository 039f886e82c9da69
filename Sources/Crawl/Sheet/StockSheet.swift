internal import Model

/// A seller's sheet: SKU, price and stock by store, a row an offer.
///
/// Columns are found by their titles, in any order and letter case; other columns are not looked at.
struct StockSheet: Sendable {
  /// In the sheet's order, each SKU once.
  var lines: [SourceLine] = []
  var heldBack: [HeldBackOffer] = []
  var findings: [Finding] = []

  /// What a column holds.
  enum Column: Hashable, Sendable {
    case sku, title, brand, price, preorder
    case store(StoreID)

    /// Reads the title of a column; `nil` for one that is of no use here.
    init?(_ title: String) {
      let name = title.split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased()
      switch name {
      case "sku", "артикул", "код", "код товара", "merchantsku", "merchant sku", "kaspi sku": self = .sku
      case "model", "title", "name", "название", "наименование", "товар", "модель": self = .title
      case "brand", "бренд", "марка": self = .brand
      case "price", "цена", "баға", "бағасы", "цена, тг", "price kzt": self = .price
      case "preorder", "предзаказ", "preorder days": self = .preorder
      default:
        let trimmed = title.split(whereSeparator: \.isWhitespace).joined()
        let parts = trimmed.split(separator: "_")
        guard let last = parts.last, last.count >= 3, last.uppercased().hasPrefix("PP"),
          last.dropFirst(2).allSatisfy(\.isNumber), parts.count <= 2
        else { return nil }
        let store = parts.count == 2 ? "\(parts[0])_\(last.uppercased())" : last.uppercased()
        guard let id = StoreID(store) else { return nil }
        self = .store(id)
      }
    }
  }

  /// Reads a sheet.
  ///
  /// - Parameters:
  ///   - bytes: The file, CSV.
  ///   - source: Where it comes from, without secrets.
  /// - Throws: ``PageError`` when it is no sheet, is damaged, or has no column of SKUs.
  init(_ bytes: [UInt8], source: String) throws(PageError) {
    let start = bytes.skippingBlanks(from: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0)
    guard start < bytes.count else {
      throw PageError(code: .empty, source: source, detail: "the sheet is empty")
    }
    if bytes[start] == 0x3C {
      throw PageError(
        code: .notCSV, source: source,
        detail: "a web page came where a sheet was expected: the sheet is not published as CSV")
    }
    let rows: [CSVReader.Row]
    do { rows = try CSVReader.rows(bytes) } catch {
      throw PageError(code: .damaged, source: source, detail: "line \(error.line): \(error.message)")
    }
    guard let header = rows.first else {
      throw PageError(code: .empty, source: source, detail: "the sheet is empty")
    }
    let columns = header.fields.map(Column.init)
    let known = columns.compactMap(\.self)
    guard known.contains(.sku) else {
      throw PageError(
        code: .notCSV, source: source,
        detail: "the first row names no column SKU: "
          + header.fields.prefix(8).joined(separator: ", "))
    }
    if let twice = Dictionary(grouping: known, by: \.self).first(where: { $0.value.count > 1 })?.key {
      throw PageError(code: .notCSV, source: source, detail: "two columns are called the same: \(twice)")
    }
    var seen: [SKU: Int] = [:]
    var conflicting: Set<SKU> = []
    for row in rows.dropFirst() { read(row, columns, source, &seen, &conflicting) }
    lines.removeAll { $0.sku.map(conflicting.contains) ?? false }
  }

  private mutating func read(
    _ row: CSVReader.Row, _ columns: [Column?], _ source: String, _ seen: inout [SKU: Int],
    _ conflicting: inout Set<SKU>
  ) {
    let place = Place(source, line: row.line)
    var values: [Column: String] = [:]
    for (column, field) in zip(columns, row.fields) {
      guard let column else { continue }
      let text = field.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      if !text.isEmpty { values[column] = text }
    }
    guard let written = values[.sku] else {
      if !values.isEmpty {
        findings.append(
          Finding(rule: "sheet-row", severity: .warning, place: place, message: "a row without a SKU"))
      }
      return
    }
    guard let sku = SKU(written) else {
      heldBack.append(
        HeldBackOffer(sku: written, rule: "sheet-sku", place: place, message: "the SKU cannot be used"))
      return
    }
    let surplus = row.fields.count - columns.count
    if surplus > 0 {
      findings.append(
        Finding(
          rule: "sheet-row", severity: .warning, place: place, sku: written,
          message: "the row has \(surplus) fields more than the first row",
          hint: "A field with a comma in it needs quotes."))
    }
    let first = seen[sku].map { lines[$0] }
    var line = SourceLine(sku: sku)
    line.title = values[.title]
    line.brand = values[.brand].flatMap(CardFields.brand)
    if let text = values[.price] {
      if let amount = Self.amount(text), let price = Tenge(amount) {
        line.pricing = .everywhere(price)
      } else {
        bad(place, written, "price", text)
      }
    }
    let days = values[.preorder].flatMap { Int($0) }.flatMap { (1...30).contains($0) ? $0 : nil }
    (line.availabilities, line.unreadableStores) = availabilities(values, days, place, written)
    guard let first else {
      seen[sku] = lines.count
      lines.append(line)
      return
    }
    // An earlier row that says the same is one too many; of two that disagree nobody knows which is meant.
    if first.saysTheSame(as: line) {
      findings.append(
        Finding(
          rule: "sheet-duplicate", severity: .warning, place: place, sku: written,
          message: "the SKU stands in an earlier row already, which says the same"))
    } else if conflicting.insert(sku).inserted {
      let (rule, message) = (
        "conflicting-duplicate", "the SKU stands in an earlier row already, which says something else"
      )
      heldBack.append(HeldBackOffer(sku: written, rule: rule, place: place, message: message))
      findings.append(
        Finding(
          rule: rule, severity: .warning, place: place, sku: written, message: message,
          hint: "Neither row is used; keep one."))
    }
  }

  /// Stock of every store that the row speaks of, and stores whose cell cannot be read; an empty cell says nothing.
  ///
  /// A count below zero is what an overdrawn stock looks like: nothing is there to sell.
  private mutating func availabilities(
    _ values: [Column: String], _ days: Int?, _ place: Place, _ sku: String
  ) -> (stock: [Availability]?, unreadable: [StoreID]) {
    var stock: [Availability] = []
    var unreadable: [StoreID] = []
    for (column, text) in values {
      guard case .store(let store) = column else { continue }
      switch text.lowercased() {
      case "yes", "да", "есть":
        stock.append(Availability(store: store, isAvailable: true, preorderDays: days))
      case "no", "нет", "-": stock.append(Availability(store: store, isAvailable: false, stock: 0))
      default:
        let isNegative = text.hasPrefix("-") || text.hasPrefix("−")
        guard
          let count = Self.amount(isNegative ? String(text.dropFirst()) : text).map({ isNegative ? 0 : $0 })
        else {
          bad(place, sku, store.text, text)
          unreadable.append(store)
          continue
        }
        stock.append(
          Availability(
            store: store, isAvailable: count > 0, stock: count, preorderDays: count > 0 ? days : nil))
      }
    }
    return (stock.isEmpty ? nil : stock.sorted { $0.store < $1.store }, unreadable.sorted())
  }

  private mutating func bad(_ place: Place, _ sku: String, _ column: String, _ text: String) {
    findings.append(
      Finding(
        rule: "sheet-value", severity: .warning, place: place, sku: sku,
        message: "the column \(column) holds “\(text.prefix(40))”, which is no number to use",
        hint: "Nothing of this cell is used; what was published before stays."))
  }

  /// `12 990`, `12990.00`, `12990,00 ₸` as a whole number; `nil` for anything that would have to be guessed.
  static func amount(_ text: String) -> Int? {
    var digits = text.filter { !$0.isWhitespace && $0 != "\u{A0}" && $0 != "\u{202F}" }[...]
    for unit in ["₸", "тг.", "тг", "тнг", "kzt", "шт.", "шт"] where digits.lowercased().hasSuffix(unit) {
      digits = digits.dropLast(unit.count)
    }
    if let point = digits.lastIndex(where: { $0 == "." || $0 == "," }) {
      let rest = digits[digits.index(after: point)...]
      guard (1...2).contains(rest.count), rest.allSatisfy({ $0 == "0" }) else { return nil }
      digits = digits[..<point]
    }
    guard !digits.isEmpty, digits.utf8.allSatisfy(\.isDigit) else { return nil }
    return Int(digits)
  }

  /// The sheet without columns that are of no use here: what may be kept of it.
  ///
  /// - Parameter bytes: The file as it came.
  /// - Returns: CSV with the known columns, or a short word in place of a file that is no sheet.
  static func withoutOtherColumns(_ bytes: [UInt8]) -> [UInt8] {
    let rows: [CSVReader.Row]
    do { rows = try CSVReader.rows(bytes) } catch { return Redaction.unreadable(bytes) }
    guard let header = rows.first else { return [] }
    let kept = header.fields.indices.filter { Column(header.fields[$0]) != nil }
    guard !kept.isEmpty else { return Redaction.unreadable(bytes) }
    var text = ""
    var line = 1
    for row in rows {
      // Empty lines keep every row on its line, so that findings name the same places.
      while line < row.line {
        text += "\n"
        line += 1
      }
      // What stands beyond the columns is dropped, and that it was there stays to be seen.
      let surplus = max(0, row.fields.count - header.fields.count)
      let fields =
        kept.map { $0 < row.fields.count ? row.fields[$0] : "" } + Array(repeating: "", count: surplus)
      let words = fields.map { field in
        field.contains { $0 == "," || $0 == "\"" || $0.isNewline }
          ? "\"" + field.replacing("\"", with: "\"\"") + "\"" : field
      }
      let written = words.joined(separator: ",")
      text += written + "\n"
      line += 1 + written.utf8.count { $0 == 0x0A }
    }
    return Array(text.utf8)
  }
}
