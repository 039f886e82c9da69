internal import Store

/// The state that a page's scripts carry: found by byte search, cut out by counting braces outside strings.
///
/// Only what stands inside a `<script>` counts: the same words in a review are text.
struct EmbeddedState {
  /// What was found under one name.
  enum Part {
    /// No script assigns it.
    case absent
    /// Assigned, and decoded.
    case value(JSONNode)
    /// Assigned, but not decodable.
    ///
    /// `cut` means that the page ends before the value does.
    case damaged(offset: Int, cut: Bool, reason: String)

    var value: JSONNode? {
      if case .value(let value) = self { value } else { nil }
    }
  }

  /// `BACKEND.components.item`: the card.
  private(set) var item = Part.absent
  /// `BACKEND.components.configurator`: the card's other forms.
  private(set) var configurator = Part.absent
  /// `digitalData.product`: a second witness for title, brand and categories.
  ///
  /// Its `stock` and `reviewCount` are always 0.
  private(set) var digitalProduct = Part.absent
  /// The city that the page was made for, as written.
  private(set) var region: String?
  /// `BACKEND.state.productId`, as written.
  private(set) var productID: String?
  /// The `Product` block of JSON-LD, where there is a readable one.
  private(set) var linkedProduct: JSONNode?
  /// Whether any script speaks of `BACKEND.`: every page of the shop does, a block page does not.
  private(set) var isShopPage = false

  private static let scriptStart = BytePattern("<script")
  private static let scriptEnd = BytePattern("</script")
  private static let backend = BytePattern("BACKEND.")
  private static let backendItem = BytePattern("BACKEND.components.item")
  private static let backendConfigurator = BytePattern("BACKEND.components.configurator")
  private static let backendProductID = BytePattern("BACKEND.state.productId")
  private static let digitalData = BytePattern("digitalData")
  private static let digitalDataProduct = BytePattern("digitalData.product")
  private static let linkedData = BytePattern("application/ld+json")
  private static let regionID = BytePattern("regionId")

  /// Nesting of the card is 7; a page that goes beyond this is hostile.
  static let maximumDepth = 64

  /// Reads the scripts of a page, in one pass.
  ///
  /// - Parameter page: The page's bytes.
  init(_ page: [UInt8]) {
    var position = 0
    while let start = Self.scriptStart.first(in: page, position..<page.count) {
      guard let open = ByteSearch.first(0x3E, in: page, start..<page.count) else { break }
      let body = open + 1
      let end = Self.scriptEnd.first(in: page, body..<page.count) ?? page.count
      let attributes = start..<open
      if Self.linkedData.first(in: page, attributes) != nil {
        readLinkedData(page, body..<end)
        position = end
      } else {
        position = max(end, readScript(page, body..<end))
      }
      if isComplete { break }
    }
  }

  /// Whether everything that a page can say has been read; most of the page is behind it.
  private var isComplete: Bool {
    item.value != nil && configurator.value != nil && digitalProduct.value != nil && productID != nil
      && region != nil && linkedProduct != nil
  }

  /// Reads what one script assigns; gives the end of the last value, which may lie behind the script's.
  private mutating func readScript(_ page: [UInt8], _ body: Range<Int>) -> Int {
    var end = body.lowerBound
    if !isShopPage, Self.backend.first(in: page, body) != nil { isShopPage = true }
    if isShopPage {
      read(Self.backendItem, in: page, body, into: &item, &end)
      read(Self.backendConfigurator, in: page, body, into: &configurator, &end)
      if productID == nil { productID = Self.assignedString(Self.backendProductID, page, body) }
    }
    guard Self.digitalData.first(in: page, body) != nil else { return end }
    read(Self.digitalDataProduct, in: page, body, into: &digitalProduct, &end)
    if region == nil { region = Self.region(page, body) }
    return end
  }

  private mutating func readLinkedData(_ page: [UInt8], _ body: Range<Int>) {
    // A block that is not JSON is passed over: the breadcrumb block of every page ends in a stray comma.
    guard linkedProduct == nil, body.count < 1 << 20,
      let value = Self.decoded(page, body), value["@type"]?.string == "Product"
    else { return }
    linkedProduct = value
  }

  private func read(
    _ name: BytePattern, in page: [UInt8], _ body: Range<Int>, into part: inout Part, _ end: inout Int
  ) {
    switch part {
    // A value without an end reaches to the end of the page; looking again would only cost time.
    case .value, .damaged(_, cut: true, _): return
    case .absent, .damaged: break
    }
    var position = body.lowerBound
    while position < body.upperBound, let start = Self.assignment(name, page, position..<body.upperBound) {
      position = start.value
      guard page[start.value] == 0x7B else { continue }
      if let tape = JSONTape(prefixOf: page, from: start.value, maximumDepth: Self.maximumDepth) {
        part = .value(tape.root)
        end = max(end, tape.end)
        return
      }
      // Not JSON: find out where it ends, and what is wrong with it.
      switch Self.balancedEnd(page, from: start.value) {
      case .success(let valueEnd):
        do {
          part = .value(
            try JSONTape(
              parsing: page, in: start.value..<valueEnd, maximumDepth: Self.maximumDepth
            ).root)
          end = max(end, valueEnd)
          return
        } catch {
          part = .damaged(
            offset: start.value, cut: false,
            reason: "line \(error.line), column \(error.column): \(error.message)")
        }
        position = valueEnd
      case .failure(let problem):
        part = .damaged(offset: start.value, cut: problem == .unterminated, reason: problem.words)
        return
      }
    }
  }

  private static func decoded(_ page: [UInt8], _ range: Range<Int>) -> JSONNode? {
    do { return try JSONTape(parsing: page, in: range, maximumDepth: maximumDepth).root } catch { return nil }
  }
}

extension EmbeddedState {
  /// Why no end of a value was found.
  enum BraceProblem: Error {
    case unterminated, tooDeep

    var words: String {
      switch self {
      case .unterminated: "the page ends before the value does"
      case .tooDeep: "nested deeper than \(maximumDepth)"
      }
    }
  }

  /// The next `name = value` whose name stands for itself: not part of a longer one and not inside a string.
  private static func assignment(
    _ name: BytePattern, _ page: [UInt8], _ range: Range<Int>
  ) -> (name: Int, value: Int)? {
    var position = range.lowerBound
    while let start = name.first(in: page, position..<range.upperBound) {
      position = start + name.bytes.count
      guard startsStatement(page, start) else { continue }
      var index = page.skippingBlanks(from: position)
      guard index < range.upperBound, page[index] == 0x3D else { continue }
      index = page.skippingBlanks(from: index + 1)
      guard index < range.upperBound, page[index] != 0x3D else { continue }
      return (start, index)
    }
    return nil
  }

  private static let window = Array("window.".utf8)

  /// Whether a name at an index follows a blank, the end of a statement or a tag, or `window.`.
  private static func startsStatement(_ page: [UInt8], _ index: Int) -> Bool {
    var before = index - 1
    if index >= window.count, page[index - window.count..<index].elementsEqual(window) {
      before = index - window.count - 1
    }
    guard before >= 0 else { return true }
    switch page[before] {
    case 0x3B, 0x3E, 0x7B, 0x7D, 0x29, 0x2C: return true
    case let byte: return byte.isMarkupBlank
    }
  }

  /// The index behind the brace that closes the one at `start`; braces in strings do not count.
  static func balancedEnd(_ page: [UInt8], from start: Int) -> Result<Int, BraceProblem> {
    let span = page.span
    var (depth, index, inString) = (0, start, false)
    while index < span.count {
      let byte = span[index]
      index &+= 1
      if inString {
        if byte == 0x5C { index &+= 1 } else if byte == 0x22 { inString = false }
        continue
      }
      switch byte {
      case 0x22: inString = true
      case 0x7B, 0x5B:
        depth &+= 1
        if depth > maximumDepth { return .failure(.tooDeep) }
      case 0x7D, 0x5D:
        depth &-= 1
        if depth == 0 { return .success(index) }
      default: break
      }
    }
    return .failure(.unterminated)
  }

  private static func assignedString(_ name: BytePattern, _ page: [UInt8], _ body: Range<Int>) -> String? {
    guard let start = assignment(name, page, body), page[start.value] == 0x22,
      let end = ByteSearch.first(0x22, in: page, (start.value + 1)..<(start.value + 65))
    else { return nil }
    return String(decoding: page[(start.value + 1)..<end], as: UTF8.self)
  }

  /// The nine digits behind `regionId`, with or without quotes around the key.
  private static func region(_ page: [UInt8], _ body: Range<Int>) -> String? {
    guard let start = regionID.first(in: page, body) else { return nil }
    let window = page[(start + regionID.bytes.count)..<min(page.count, start + 40)]
    guard let first = window.firstIndex(where: \.isDigit) else { return nil }
    return String(decoding: page[first...].prefix(10).prefix(while: \.isDigit), as: UTF8.self)
  }
}
