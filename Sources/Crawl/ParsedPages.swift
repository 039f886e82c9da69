internal import CatalogFormat
internal import Model
internal import Store
internal import Synchronization
internal import SystemPackage

/// What the parser read in kept pages, so that no page is read twice by one parser.
///
/// One file a shop, a line a page, found by the name of the kept bytes. Nothing depends on it but time: whatever does
/// not fit, is damaged, or comes from another parser is read again from the page itself. The format is described in the
/// article ParsedPages.
final class ParsedPages: Sendable {
  /// The number of the format.
  static let format = 1
  /// Its file.
  static let name = "parsed.jsonl"

  private let folder: FilePath
  private let archive: PageArchive
  private let file: Mutex<File>

  private struct File: Sendable {
    var journal: Journal
    var reader: JournalReader
    var places: [ContentName: Range<Int>] = [:]
  }

  /// What a crawl needs of a page.
  struct Page: Sendable, Hashable {
    /// The card.
    var product: Product
    /// The city that the page was made for.
    var city: CityID?
    /// Group cards that the card belongs to.
    var groupCards: [ProductID]
    /// What to know of the page.
    var findings: [Finding]
    /// Its looks.
    var shape: Shape
    /// Parts of the card that the page does not speak of.
    var unseen: CardParts
    /// Whether the embedded card was damaged.
    var isDamaged: Bool { findings.contains { $0.rule == ProductPage.damagedState } }

    init(
      product: Product, city: CityID?, groupCards: [ProductID], findings: [Finding], shape: Shape,
      unseen: CardParts
    ) {
      self.product = product
      self.city = city
      self.groupCards = groupCards
      self.findings = findings
      self.shape = shape
      self.unseen = unseen
    }

    /// Takes it from what a parser gave.
    init(_ page: ExtractedPage) {
      self.init(
        product: page.product, city: page.city, groupCards: page.groupCards, findings: page.findings,
        shape: page.shape, unseen: page.unseen)
    }
  }

  /// Opens the file, or begins it anew.
  ///
  /// - Parameters:
  ///   - folder: The crawl's folder of a shop.
  ///   - archive: Where the pages themselves are kept.
  /// - Throws: ``StoreError`` when the disk refuses.
  init(_ folder: FilePath, archive: PageArchive) throws(StoreError) {
    self.folder = folder
    self.archive = archive
    let path = folder.appending(Self.name)
    var places: [ContentName: Range<Int>] = [:]
    var isOurs = false
    // Lines are checked when they are read; here only their names are taken.
    var (journal, _) = try Journal.open(path) { line in
      if line.place.lowerBound == 0 {
        isOurs = line.json.map { Array($0) == Self.head } ?? false
      } else if isOurs, let name = Self.name(of: line.bytes) {
        places[name] = line.place
      }
      return true
    }
    if !isOurs {
      try AtomicFile.write([], to: path)
      journal = try Journal.open(path).journal
      try journal.appendLazily(json: Self.head)
      places = [:]
    }
    file = Mutex(File(journal: journal, reader: try JournalReader(path), places: places))
  }

  /// The first line: another format, or another parser, makes the rest worthless.
  private static let head = CanonicalJSON.line([
    "format": .integer(format), "parser": .integer(ProductPage.parserVersion), "record": "parsed",
  ])

  private static let prefix = Array("{\"answer\":\"".utf8)

  private static func name(of line: ArraySlice<UInt8>) -> ContentName? {
    guard line.count > prefix.count + 64, line.starts(with: prefix) else { return nil }
    return ContentName(line.dropFirst(prefix.count).prefix(64))
  }

  private func line(of kept: String) throws(StoreError) -> JSONNode? {
    guard let name = ContentName(kept.utf8) else { return nil }
    let found = file.withLock { file in file.places[name].map { (file.reader, $0) } }
    guard let (reader, place) = found, let bytes = try reader.read(at: place) else { return nil }
    return JSONTape.root(of: bytes)
  }

  /// The looks of a page whose kept bytes are still there in their full length.
  ///
  /// - Parameter kept: The name of the kept bytes.
  /// - Returns: Its looks, without the page itself; `nil` when the page must be read.
  /// - Throws: ``StoreError`` when the disk refuses.
  func looks(_ kept: String) throws(StoreError) -> Fetcher.PageLooks? {
    guard let line = try line(of: kept), let size = line["size"]?.int, try archive.has(kept, size: size),
      let card = line["card"]?["id"]?.string.flatMap({ ProductID($0) })
    else { return nil }
    return Fetcher.PageLooks(
      shape: Shape(line["shape"]), city: line["city"]?.string.flatMap { CityID($0) }, card: card,
      groups: Self.groups(line),
      isDamaged: (line["findings"]?.array ?? []).contains {
        $0["rule"]?.string == ProductPage.damagedState
      })
  }

  private static func groups(_ line: JSONNode) -> [ProductID] {
    (line["groups"]?.array ?? []).compactMap { $0.string.flatMap { ProductID($0) } }
  }

  /// What was read in a page.
  ///
  /// - Parameters:
  ///   - kept: The name of the kept bytes.
  ///   - source: Where the page comes from, for its findings.
  /// - Returns: `nil` when the page must be read.
  /// - Throws: ``StoreError`` when the disk refuses.
  func page(_ kept: String, source: String) throws(StoreError) -> Page? {
    try line(of: kept).flatMap { Self.page($0, source: source) }
  }

  /// Notes what was read in a page, unless it stands there already.
  ///
  /// - Parameters:
  ///   - page: What was read.
  ///   - kept: The name of the kept bytes.
  ///   - size: Their length.
  ///   - source: Where the page comes from.
  /// - Throws: ``StoreError`` when it could not be written.
  func note(_ page: Page, kept: String, size: Int, source: String) throws(StoreError) {
    guard let name = ContentName(kept.utf8),
      page.findings.allSatisfy({ $0.place == Place(source) && $0.sku == nil }), try self.line(of: kept) == nil
    else { return }
    let line = Self.line(page, kept: kept, size: size)
    let journal = file.withLock { $0.journal }
    let place = try journal.appendLazily(json: line)
    file.withLock { $0.places[name] = place }
  }

  /// Removes what belongs to no kept page, once most of the file is of that kind.
  ///
  /// - Parameter names: The names to keep.
  /// - Throws: ``StoreError`` when the disk refuses.
  func sweep(keeping names: Set<ContentName>) throws(StoreError) {
    let (reader, places) = file.withLock { ($0.reader, $0.places) }
    let wanted = places.filter { names.contains($0.key) }.sorted { $0.value.lowerBound < $1.value.lowerBound }
    guard wanted.count < places.count / 2 else { return }
    let path = folder.appending(Self.name)
    let fresh = try PieceFile(path)
    var moved: [ContentName: Range<Int>] = [:]
    var end = try append(Self.head, to: fresh, at: 0)
    for (name, place) in wanted {
      guard let bytes = try reader.read(at: place) else { continue }
      let start = end
      end = try append(bytes, to: fresh, at: start)
      moved[name] = start..<end
    }
    try fresh.commit()
    let journal = try Journal.open(path, lines: { _ in true }).journal
    let next = File(journal: journal, reader: try JournalReader(path), places: moved)
    file.withLock { $0 = next }
  }

  private func append(_ json: [UInt8], to file: PieceFile, at start: Int) throws(StoreError) -> Int {
    let line = Journal.line(json)
    try file.append(line)
    return start + line.count
  }
}

extension ParsedPages {
  /// A page as a line of the file; places of findings are left out, they are the page's own.
  static func line(_ page: Page, kept: String, size: Int) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("answer", kept)
    writer.name("card")
    CardJSON.write(page.product, to: &writer)
    writer.member("city", page.city?.code)
    writer.name("findings")
    writer.beginArray()
    for finding in page.findings {
      writer.beginObject()
      writer.member("hint", finding.hint)
      writer.member("message", finding.message)
      writer.member("rule", finding.rule)
      writer.member("severity", finding.severity.rawValue)
      writer.endObject()
    }
    writer.endArray()
    writer.name("groups")
    writer.strings(page.groupCards.map(\.text))
    writer.name("shape")
    page.shape.write(to: &writer)
    writer.member("size", size)
    if !page.unseen.isEmpty {
      writer.name("unseen")
      writer.strings(page.unseen.names)
    }
    writer.endObject()
    return writer.bytes
  }

  /// Reads a line; gives `nil` when a fact in it is impossible.
  static func page(_ line: JSONNode, source: String) -> Page? {
    guard let product = line["card"].flatMap(CardJSON.product) else { return nil }
    var findings: [Finding] = []
    for finding in line["findings"]?.array ?? [] {
      guard let rule = finding["rule"]?.string, let message = finding["message"]?.string,
        let severity = finding["severity"]?.string.flatMap({ Finding.Severity(rawValue: $0) })
      else { return nil }
      findings.append(
        Finding(
          rule: rule, severity: severity, place: Place(source), message: message,
          hint: finding["hint"]?.string))
    }
    guard let unseen = CardParts(names: (line["unseen"]?.array ?? []).compactMap(\.string)) else {
      return nil
    }
    return Page(
      product: product, city: line["city"]?.string.flatMap { CityID($0) },
      groupCards: groups(line), findings: findings, shape: Shape(line["shape"]), unseen: unseen)
  }
}

extension Shape {
  /// Writes the looks of a page, without what depends on who asks.
  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    let sets: [(name: JSONName, paths: Names)] = [("empty", empty), ("filled", filled)]
    for (name, set) in sets {
      writer.name(name)
      writer.strings(set.sorted())
    }
    writer.member("language", language)
    writer.name("unknown")
    writer.strings(unknown.sorted())
    writer.endObject()
  }

  /// Reads the looks of a page.
  init(_ value: JSONNode?) {
    func names(_ key: String) -> Names { Names((value?[key]?.array ?? []).compactMap(\.string)) }
    filled = names("filled")
    empty = names("empty")
    unknown = names("unknown")
    language = value?["language"]?.string
  }
}
