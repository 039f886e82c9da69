public import Model
import XML

extension PriceListReader {
  /// What stands around the offers of a price list, and what was counted in it.
  public struct Frame: Sendable, Hashable {
    /// The shop's name.
    public var company: String
    /// The seller's number.
    public var merchant: String
    /// The `date` attribute, or `nil`.
    public var date: String?
    /// Offers handed out.
    public var offers = 0
    /// Sum of all their prices and city prices.
    public var priceSum = 0
  }

  /// Reads a price list offer by offer, in memory that does not grow with it but for eight bytes an offer.
  ///
  /// It takes only what ``read(_:source:maximumBytes:maximumOffers:)`` would take without a word: a file of plain XML
  /// in which each SKU stands once and no rule has anything to say.
  ///
  /// - Parameters:
  ///   - maximumOffers: The most offers to accept.
  ///   - next: Gives the next bytes of the file, as many as it likes; none at its end.
  ///   - body: Takes each offer, in the order of the file.
  /// - Returns: The frame; `nil` for any other file, and what `body` was given is to be forgotten then.
  /// - Throws: What `next` or `body` throw.
  public static func stream(
    maximumOffers: Int = 2_000_000, _ next: @escaping () throws -> [UInt8], _ body: (Offer) throws -> Void
  ) throws -> Frame? {
    var window = PlainWindow(next)
    var frame: Frame?
    var seen = SeenSKUs()
    var isBehindOffers = false
    var misses = 0
    let isPlain = try window.scan { scanner, isWhole in
      guard frame != nil else {
        frame = self.frame(&scanner)
        return frame == nil ? .stuck : .again
      }
      if isBehindOffers {
        guard scanner.skipBlanks(), scanner.endTag("kaspi_catalog"), scanner.skipBlanks(), scanner.isFinished
        else { return .stuck }
        if isWhole { return .done }
        scanner.noteEnd()
        return .stuck
      }
      guard scanner.skipBlanks() else { return .stuck }
      if scanner.isAtEndTag {
        guard scanner.endTag("offers") else { return .stuck }
        isBehindOffers = true
        return .again
      }
      guard let (offer, sum) = offer(&scanner, &misses) else { return .stuck }
      guard seen.insert(offer.sku), seen.count <= maximumOffers else {
        scanner.forgetEnd()
        return .stuck
      }
      frame?.offers += 1
      frame?.priceSum &+= sum
      try body(offer)
      return .again
    }
    return isPlain && seen.count > 0 ? frame : nil
  }

  /// Whether a file is a price list in which each SKU stands once and no rule has anything to say.
  static func hasNothingToSay(file path: String) throws(XMLError) -> Bool {
    let pieces = try FilePieces(path)
    do { return try stream({ try pieces.next() }, { _ in }) != nil } catch {
      // Nothing but the reading throws here.
      throw error as? XMLError ?? XMLError(code: .unreadable, message: "\(error)")
    }
  }

  private static func offer(_ scanner: inout PlainScanner, _ misses: inout Int) -> (offer: Offer, sum: Int)? {
    let bookmark = scanner.bookmark
    if misses < 8 {
      if let written = scanner.writtenOffer() { return written }
      scanner.rewind(to: bookmark)
    }
    guard let clean = scanner.cleanOffer() else { return nil }
    // A file in another layout is not asked for ours all the time.
    misses += 1
    return clean
  }

  /// Reads everything up to the start tag of `offers`; `nil` when some rule has something to say about it.
  private static func frame(_ scanner: inout PlainScanner) -> Frame? {
    guard scanner.takeDeclaration(), scanner.skipBlanks(), let root = scanner.root(),
      root.name == "kaspi_catalog", root.namespace == PriceListSchema.namespace
    else { return nil }
    var parser = FeedParser(source: "", maximumOffers: 0)
    parser.note(root: root, prefix: nil)
    for name in ["company", "merchantid"] {
      guard scanner.skipBlanks(), let element = scanner.element(namespace: root.namespace),
        element.name == name, element.children.isEmpty
      else { return nil }
      parser.keep(parser.offers.simpleText(element, isTitle: true), of: name, element)
    }
    guard scanner.skipBlanks(), scanner.startTag(), scanner.equals(scanner.name, "offers"),
      scanner.attributeCount == 0, !scanner.isEmptyTag, parser.sortedFindings.isEmpty,
      let company = parser.result.company, let merchant = parser.result.merchant
    else { return nil }
    return Frame(company: company, merchant: merchant, date: parser.result.date)
  }
}

/// SKUs that were seen, eight bytes each; two that may be equal count as equal.
struct SeenSKUs {
  private(set) var count = 0
  private var last = Key()
  private var isRising = true
  private var hashes: [UInt64] = []
  /// Built when an SKU stands before the one it follows; until then no two can be equal.
  private var table: [UInt64] = []

  /// An SKU as numbers: its first sixteen bytes as they sort, and what tells longer ones apart.
  private struct Key {
    var high: UInt64 = 0
    var low: UInt64 = 0
    /// Of all bytes; never zero, which marks a free slot.
    var hash: UInt64 = 0

    init() {}

    init(_ sku: SKU) {
      let utf8 = sku.text.utf8
      let bytes = utf8.span
      var mixed = UInt64(truncatingIfNeeded: bytes.count)
      var word: UInt64 = 0
      for index in bytes.indices {
        word = word << 8 | UInt64(bytes[index])
        guard index & 7 == 7 else { continue }
        if index == 7 { high = word } else if index == 15 { low = word }
        mixed = Self.mix(mixed, word)
        word = 0
      }
      let rest = bytes.count & 7
      if rest > 0 {
        mixed = Self.mix(mixed, word)
        let padded = word << UInt64(64 - 8 * rest)
        if bytes.count < 8 { high = padded } else if bytes.count < 16 { low = padded }
      }
      hash = max(1, mixed)
    }

    private static func mix(_ state: UInt64, _ word: UInt64) -> UInt64 {
      let (high, low) = (state ^ word ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
      return high ^ low
    }

    /// Whether this surely sorts before another.
    func isBefore(_ other: Key) -> Bool { high != other.high ? high < other.high : low < other.low }
  }

  /// - Returns: Whether it is surely a new one.
  mutating func insert(_ sku: SKU) -> Bool {
    let key = Key(sku)
    count += 1
    if isRising {
      defer { last = key }
      if count == 1 || last.isBefore(key) {
        hashes.append(key.hash)
        return true
      }
      isRising = false
      grow(to: hashes)
      hashes = []
    }
    if count * 2 > table.count { grow(to: table.filter { $0 != 0 }) }
    return put(key.hash)
  }

  private mutating func grow(to hashes: [UInt64]) {
    var slots = 1024
    while slots < hashes.count * 2 + 2 { slots *= 2 }
    table = [UInt64](repeating: 0, count: slots)
    for hash in hashes { _ = put(hash) }
  }

  private mutating func put(_ hash: UInt64) -> Bool {
    let mask = table.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while table[slot] != 0 {
      if table[slot] == hash { return false }
      slot = (slot + 1) & mask
    }
    table[slot] = hash
    return true
  }
}
