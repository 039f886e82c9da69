public import Model
import Store

/// Reads a neutral product file, one JSON object a line, in pieces of any size.
///
/// A line is
/// `{"sku","title","brand","category","price","specs":[{"name","value"}],"description"}`; only `sku` must be
/// there. `stock`, `available`, `rating` (stars, 0 to 5) and `reviews` (how many) are taken too, other members are not looked at. A line that cannot be read
/// is a finding with its number and does not end the reading. Memory holds one line.
public struct CorpusReader: Sendable {
  /// Longest line that is read.
  public static let maximumLineBytes = 16 << 20
  /// Most findings that are kept; ``refusedCount`` counts on.
  public static let maximumFindings = 100

  /// Lines so far, empty ones included.
  public private(set) var lineCount = 0
  /// Documents so far.
  public private(set) var documentCount = 0
  /// Lines that could not be read.
  public private(set) var refusedCount = 0
  /// Why, for the first ``maximumFindings`` of them.
  public private(set) var findings: [Finding] = []

  private let source: String
  private let isFirst: Bool
  private var rest: [UInt8] = []
  private var isSkipping = false

  /// Starts a file.
  ///
  /// - Parameter source: What findings name.
  public init(source: String) { self.init(source: source, isFirst: true) }

  /// Starts a part of a file; only the first one can have a byte order mark.
  init(source: String, isFirst: Bool) { (self.source, self.isFirst) = (source, isFirst) }

  /// Reads a whole file that is in memory.
  ///
  /// - Parameters:
  ///   - bytes: The file.
  ///   - source: What findings name.
  ///   - body: Called for each document, in the order of the lines.
  /// - Returns: The reader, with counts and findings.
  /// - Throws: What `body` throws.
  public static func read<Failure: Error>(
    _ bytes: [UInt8], source: String, _ body: (SearchDocument) throws(Failure) -> Void
  ) throws(Failure) -> CorpusReader {
    var reader = CorpusReader(source: source)
    try reader.read(bytes, body)
    try reader.finish(body)
    return reader
  }

  /// Takes the next piece of the file.
  ///
  /// - Parameters:
  ///   - piece: Any number of bytes; lines may be cut anywhere.
  ///   - body: Called for each document of a line that ended.
  /// - Throws: What `body` throws; the rest of the piece is then lost.
  public mutating func read<Failure: Error>(
    _ piece: [UInt8], _ body: (SearchDocument) throws(Failure) -> Void
  ) throws(Failure) {
    try readSources(piece) { (document, _) throws(Failure) in try body(document) }
  }

  /// Takes the next piece of the file; documents come with the fingerprints of their lines.
  mutating func readSources<Failure: Error>(
    _ piece: [UInt8], _ body: (SearchDocument, Fingerprint) throws(Failure) -> Void
  ) throws(Failure) {
    var start = piece.startIndex
    while let end = piece[start...].firstIndex(of: 0x0A) {
      append(piece[start..<end])
      try endLine(body)
      start = end + 1
    }
    append(piece[start...])
  }

  /// Reads the last line, if it has no newline.
  ///
  /// - Parameter body: Called for the document of the last line.
  /// - Throws: What `body` throws.
  public mutating func finish<Failure: Error>(
    _ body: (SearchDocument) throws(Failure) -> Void
  ) throws(Failure) {
    try finishSources { (document, _) throws(Failure) in try body(document) }
  }

  /// Reads the last line, if it has no newline.
  mutating func finishSources<Failure: Error>(
    _ body: (SearchDocument, Fingerprint) throws(Failure) -> Void
  ) throws(Failure) {
    if !rest.isEmpty || isSkipping { try endLine(body) }
  }

  /// Reads one line alone.
  ///
  /// - Parameters:
  ///   - line: Without its newline.
  ///   - number: Counted from 1 in the whole file.
  ///   - body: Called for its document.
  /// - Throws: What `body` throws.
  mutating func readLine<Failure: Error>(
    _ line: [UInt8], number: Int, _ body: (SearchDocument) throws(Failure) -> Void
  ) throws(Failure) {
    lineCount = number - 1
    append(line[...])
    try endLine { (document, _) throws(Failure) in try body(document) }
  }

  private mutating func append(_ bytes: ArraySlice<UInt8>) {
    guard !isSkipping, rest.count + bytes.count <= Self.maximumLineBytes else {
      rest.removeAll()
      isSkipping = true
      return
    }
    rest += bytes
  }

  private mutating func endLine<Failure: Error>(
    _ body: (SearchDocument, Fingerprint) throws(Failure) -> Void
  ) throws(Failure) {
    lineCount += 1
    let fingerprint = Fingerprint(source: rest.span)
    if isFirst, lineCount == 1, rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest.removeFirst(3) }
    let isTooLong = isSkipping
    let line = rest
    isSkipping = false
    rest.removeAll(keepingCapacity: true)
    if isTooLong { return refuse("longer than \(Self.maximumLineBytes) bytes", column: nil) }
    if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { return }
    let value: JSONNode
    do throws(JSONError) { value = try JSONTape(parsing: line).root } catch {
      return refuse(error.message, column: error.column)
    }
    guard value.isObject else { return refuse("not a JSON object", column: 1) }
    guard let document = SearchDocument(corpus: value) else {
      return refuse("no member \"sku\" with a text", column: 1)
    }
    documentCount += 1
    try body(document, fingerprint)
  }

  private mutating func refuse(_ message: String, column: Int?) {
    refusedCount += 1
    guard findings.count < Self.maximumFindings else { return }
    findings.append(
      Finding(
        rule: "corpus-line", severity: .error, place: Place(source, line: lineCount, column: column),
        message: "The line cannot be read: \(message).",
        hint: "Write one JSON object a line, each with a \"sku\"."))
  }
}

extension SearchDocument {
  /// Makes a document of a line of a neutral product file, or gives `nil` where it has no SKU.
  init?(corpus value: JSONNode) {
    guard let sku = Self.text(value["sku"]), !sku.isEmpty else { return nil }
    let stock = value["stock"]?.int
    self.init(
      sku: sku, title: Self.text(value["title"]) ?? "", brand: Self.text(value["brand"]),
      category: Self.text(value["category"], separator: " / "), price: Self.amount(value["price"]),
      stock: stock, rating: Self.rating(value), isAvailable: value["available"]?.bool ?? (stock != 0),
      characteristics: Self.properties(value["specs"]), description: Self.text(value["description"]))
  }

  /// A text, number or list as one text; `nil` for anything else and for an empty one.
  private static func text(_ node: JSONNode?, separator: String = ", ") -> String? {
    guard let node else { return nil }
    if let text = node.string { return text.isEmpty ? nil : text }
    if let list = node.array {
      let text = list.compactMap { Self.text($0) }.joined(separator: separator)
      return text.isEmpty ? nil : text
    }
    let text: String
    switch node.value {
    case .string(let string): text = string
    case .integer(let number): text = String(number)
    case .decimal(let number):
      // Beyond what a number can hold it is a code.
      let digits = node.digits ?? ""
      text =
        digits.utf8.allSatisfy { $0 != 0x2E && $0 | 0x20 != 0x65 } && !digits.isEmpty
        ? digits : String(number)
    case .bool(let flag): text = flag ? "true" : "false"
    case .null, .object, .array: return nil
    }
    return text.isEmpty ? nil : text
  }

  private static func rating(_ value: JSONNode) -> Rating? {
    guard let stars = value["rating"]?.double, (0...5).contains(stars) else { return nil }
    return Rating(hundredths: Int((stars * 100).rounded()), count: value["reviews"]?.int ?? 1)
  }

  /// A price, rounded to whole units, also where it is written as a text («12 990,50»); `nil` for anything else and
  /// below zero.
  private static func amount(_ value: JSONNode?) -> Int? {
    let written = value?.string?.unicodeScalars.filter { !$0.properties.isWhitespace }
    let text = written.map { String(String.UnicodeScalarView($0)).replacing(",", with: ".") }
    guard let number = value?.double ?? text.flatMap({ Double($0) }), number >= 0, number < 1e15 else {
      return nil
    }
    return Int(number.rounded())
  }

  private static func properties(_ value: JSONNode?) -> [Property] {
    guard let list = value?.array else { return [] }
    return list.compactMap { entry in
      let (name, text) = (Self.text(entry["name"]), Self.text(entry["value"]))
      guard name != nil || text != nil else { return nil }
      return Property(name: name ?? "", value: text ?? "")
    }
  }
}
