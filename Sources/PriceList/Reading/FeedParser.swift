import Model
import XML

/// Goes through a feed: the frame around the offers, and the offers one by one.
struct FeedParser {
  var offers: OfferParser
  var result = PriceListReading()
  var lines = FeedLines()
  var rootNamespace: String?
  /// Offers in another layout than our writer's.
  var writtenMisses = 0
  private var hasNotedNamespace = false
  private var hasNotedPrefix = false
  private var isForeignRoot = false
  private var seen: [String] = []
  private let source: String
  let maximumOffers: Int

  init(source: String, maximumOffers: Int) {
    self.source = source
    self.maximumOffers = maximumOffers
    offers = OfferParser(source: source)
  }

  var sortedFindings: [Finding] { offers.list.sorted }

  // MARK: The frame

  /// Notes what only the bytes tell: a mark in front and the encoding.
  mutating func noteBytes(_ bytes: [UInt8]) {
    let start = Place(source, line: 1, column: 1)
    var head = bytes.prefix(200)
    if head.starts(with: [0xEF, 0xBB, 0xBF]) {
      offers.list.add(.byteOrderMark, start, "the file begins with a byte order mark")
      head = head.dropFirst(3)
    }
    if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) {
      offers.list.add(.notUTF8, start, "the file is in UTF-16")
      return
    }
    let text = String(decoding: head, as: UTF8.self)
    guard text.hasPrefix("<?xml"), let declaration = text.split(separator: "?>").first,
      let after = declaration.split(separator: "encoding", maxSplits: 1).dropFirst().first,
      let quote = after.first(where: { $0 == "\"" || $0 == "'" })
    else { return }
    let parts = after.split(separator: quote, maxSplits: 2, omittingEmptySubsequences: false)
    if parts.count > 1, !["utf-8", "utf8"].contains(parts[1].lowercased()) {
      offers.list.add(.notUTF8, start, "the file is in \(parts[1])")
    }
  }

  /// Reads the whole document.
  ///
  /// - Returns: Why it is no price list, or `nil`.
  mutating func parse(_ reader: inout XMLReader) throws(XMLError) -> Finding? {
    guard case .start(let start)? = try reader.next() else {
      return LintRule.emptyDocument.finding(Place(source, line: 1, column: 1), "the file holds no element")
    }
    let root = FeedElement(start, line: reader.line, column: reader.column)
    let place = offers.list.place(root)
    if let refusal = Refusal.finding(root: start.name, place: place) { return refusal }
    note(root: root, prefix: start.prefix)
    if start.name.lowercased() == "offers" {
      if try !readOffers(&reader) { return tooManyOffers(reader) }
    } else {
      while let event = try reader.next() {
        switch event {
        case .start(let child):
          if try !readTopLevel(child, &reader) { return tooManyOffers(reader) }
        case .text(let text): noteStray(text, reader, in: start.name)
        case .end: break
        }
      }
    }
    // Nothing may come behind the root; asking makes the parser say so.
    while try reader.next() != nil {}
    if isForeignRoot, lines.isEmpty {
      return LintRule.otherFormat.finding(
        place, "the root element \(start.name) holds no offers of a price list")
    }
    finishFrame(root)
    return nil
  }

  mutating func note(root: FeedElement, prefix: String?) {
    switch root.name {
    case "kaspi_catalog": break
    case _ where root.name.lowercased() == "kaspi_catalog":
      offers.note(.elementCase, root, "element \(root.name) is read as kaspi_catalog")
    case _ where root.name.lowercased() == "offers":
      offers.note(.wrongRoot, root, "the root element is \(root.name), not kaspi_catalog")
    default:
      isForeignRoot = true
      offers.note(.wrongRoot, root, "the root element is \(root.name), not kaspi_catalog")
    }
    rootNamespace = root.namespace
    if root.namespace != PriceListSchema.namespace {
      let found = root.namespace.map { "the namespace is \($0)" } ?? "there is no namespace"
      offers.note(.wrongNamespace, root, "\(found), not \(PriceListSchema.namespace)")
      hasNotedNamespace = true
    }
    notePrefix(prefix, root)
    result.date = offers.attributes(of: root, ["date"])["date"]
  }

  /// Reads a child of the root; `false` when there are too many offers.
  private mutating func readTopLevel(_ start: XMLElement, _ reader: inout XMLReader) throws(XMLError) -> Bool
  {
    var element = FeedElement(start, line: reader.line, column: reader.column)
    noteNamespace(element)
    notePrefix(start.prefix, element)
    let ranks = ["company": 0, "merchantid": 1, "offers": 2]
    guard let name = offers.canonical(element, ["company", "merchantid", "offers", "offer"]), name != "offer"
    else {
      offers.note(.unknownElement, element, "element \(start.name) is not known here")
      if start.name.lowercased() == "offer" { return try readOffer(start, &reader) }
      try skip(&reader)
      return true
    }
    if let rank = ranks[name], seen.contains(where: { (ranks[$0] ?? 0) > rank }) {
      offers.note(.topLevelOrder, element, "\(name) stands too late")
    }
    let isSecond = seen.contains(name)
    if isSecond { offers.note(.duplicateElement, element, "\(name) occurs twice") }
    seen.append(name)
    if name == "offers" {
      _ = offers.attributes(of: element, [])
      return try readOffers(&reader)
    }
    element = try self.element(start, &reader)
    let text = offers.simpleText(element, isTitle: true)
    if !isSecond { keep(text, of: name, element) }
    return true
  }

  mutating func keep(_ text: String, of name: String, _ element: FeedElement) {
    if name == "company" {
      result.company = text
      if Blank.isNothing(text) { offers.note(.emptyCompany, element, "the company's name is empty") }
    } else {
      result.merchant = text
      if Blank.isNothing(text) { offers.note(.emptyMerchant, element, "the seller's number is empty") }
    }
  }

  mutating func finishFrame(_ root: FeedElement) {
    if result.company == nil { offers.note(.missingCompany, root, "there is no element company") }
    if result.merchant == nil { offers.note(.missingMerchant, root, "there is no element merchantid") }
    if lines.isEmpty { offers.note(.noOffers, root, "there are no offers") }
  }

  // MARK: The offers

  /// Reads the children of `offers` up to its end; `false` when there are too many.
  private mutating func readOffers(_ reader: inout XMLReader) throws(XMLError) -> Bool {
    while let event = try reader.next() {
      switch event {
      case .start(let start):
        let element = FeedElement(start, line: reader.line, column: reader.column)
        guard offers.canonical(element, ["offer"]) != nil else {
          offers.note(.unknownElement, element, "element \(start.name) is not known in offers")
          try skip(&reader)
          continue
        }
        if try !readOffer(start, &reader) { return false }
      case .text(let text): noteStray(text, reader, in: "offers")
      case .end: return true
      }
    }
    return true
  }

  private mutating func readOffer(_ start: XMLElement, _ reader: inout XMLReader) throws(XMLError) -> Bool {
    guard lines.count < maximumOffers else { return false }
    notePrefix(start.prefix, FeedElement(start, line: reader.line, column: reader.column))
    let element = try element(start, &reader)
    lines.append(offers.line(element))
    return true
  }

  private func tooManyOffers(_ reader: borrowing XMLReader) -> Finding {
    LintRule.tooLarge.finding(
      Place(source, line: reader.line, column: reader.column), "there are more than \(maximumOffers) offers")
  }

  private mutating func element(_ start: XMLElement, _ reader: inout XMLReader) throws(XMLError)
    -> FeedElement
  {
    var foreign: FeedElement?
    let namespace = rootNamespace
    let element = try reader.element(start) { if foreign == nil, $0.namespace != namespace { foreign = $0 } }
    if let foreign { noteNamespace(foreign) }
    return element
  }

  private mutating func skip(_ reader: inout XMLReader) throws(XMLError) {
    var depth = 1
    while depth > 0, let event = try reader.next() {
      switch event {
      case .start: depth += 1
      case .end: depth -= 1
      case .text: break
      }
    }
  }

  // MARK: Notes

  private mutating func noteNamespace(_ element: FeedElement) {
    guard !hasNotedNamespace, element.namespace != rootNamespace else { return }
    hasNotedNamespace = true
    let found = element.namespace.map { "in the namespace \($0)" } ?? "in no namespace"
    offers.note(.wrongNamespace, element, "element \(element.name) is \(found), its root is not")
  }

  private mutating func notePrefix(_ prefix: String?, _ element: FeedElement) {
    guard let prefix, !hasNotedPrefix else { return }
    hasNotedPrefix = true
    offers.note(.prefixedElements, element, "elements are written with the prefix \(prefix):")
  }

  private mutating func noteStray(_ text: String, _ reader: borrowing XMLReader, in name: String) {
    guard !Blank.isNothing(text) else { return }
    var place = Place(source, line: reader.line, column: reader.column)
    for scalar in text.unicodeScalars {
      guard scalar.value < 0x80, Blank.isXML(UInt8(scalar.value)) else { break }
      let isBreak = scalar == "\n"
      place.line = (place.line ?? 1) + (isBreak ? 1 : 0)
      place.column = isBreak ? 1 : (place.column ?? 1) + 1
    }
    offers.list.add(.strayText, place, "text between the elements of \(name)")
  }

  // MARK: The result

  /// Brings lines of one SKU together and hands everything over.
  consuming func reading() -> PriceListReading {
    var (result, list) = (result, offers.list)
    lines.finish(&list, into: &result)
    result.counts.integerPriceSum = offers.integerPriceSum
    result.findings = list.sorted
    result.suppressed = list.suppressed
    return result
  }
}
