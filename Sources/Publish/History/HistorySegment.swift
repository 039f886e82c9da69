import Model
import Store
import SystemPackage

/// What one version changed, as a file that is searched by SKU without being read whole.
///
/// The first line says which version and which one before it; then one line an offer, sorted by the bytes of its SKU.
/// Every line carries its checksum.
struct HistorySegment {
  /// The number of the format; a segment of any other is made anew.
  static let format = 1

  /// What a segment is about.
  struct Header: Equatable {
    var version: Int
    var manifest: String
    var created: Instant
    var base: Plan.Base?
    /// Bytes behind the header line.
    var size: Int
    /// Sums for charts.
    var totals: Totals

    init?(_ line: ArraySlice<UInt8>) {
      guard let value = CheckedLine.decode(line), value["format"]?.int == HistorySegment.format,
        let version = value["version"]?.int,
        let manifest = value["manifest"]?.string,
        let created = value["created"]?.string.flatMap({ Instant($0) }),
        let size = value["size"]?.int, let totals = Totals(value["totals"])
      else { return nil }
      var base: Plan.Base?
      if let parent = value["base"] {
        guard let number = parent["version"]?.int, let digest = parent["manifest"]?.string else { return nil }
        base = Plan.Base(version: number, manifest: digest)
      }
      self.version = version
      self.manifest = manifest
      self.created = created
      self.base = base
      self.size = size
      self.totals = totals
    }
  }

  /// Sums over the offers of a version.
  struct Totals: Equatable {
    var offered = 0
    var withdrawn = 0
    /// Sum of the lowest prices of offers on sale, in tenge.
    var prices = 0
    /// Pieces in all stores that keep a count.
    var stock = 0

    init(_ catalog: Catalog) {
      for entry in catalog.entries {
        guard entry.standing == .offered else {
          withdrawn += 1
          continue
        }
        offered += 1
        prices += entry.offer.pricing.lowest?.amount ?? 0
        stock += entry.offer.totalStock ?? 0
      }
    }

    init?(_ value: JSONValue?) {
      guard let offered = value?["offered"]?.int, let withdrawn = value?["withdrawn"]?.int,
        let prices = value?["prices"]?.int, let stock = value?["stock"]?.int
      else { return nil }
      (self.offered, self.withdrawn, self.prices, self.stock) = (offered, withdrawn, prices, stock)
    }

    var json: JSONValue {
      [
        "offered": .integer(offered), "withdrawn": .integer(withdrawn), "prices": .integer(prices),
        "stock": .integer(stock),
      ]
    }
  }

  let header: Header
  private let bytes: [UInt8]
  private let start: Int

  // MARK: Writing

  /// Writes a segment: the lines are put aside, because the first line says how long they are.
  static func write(_ version: PublishedVersion, base: PublishedVersion?, to path: FilePath)
    throws(StoreError)
  {
    let lines = try SpoolFile(in: path.removingLastComponent())
    try OfferEvent.eachEvent(from: base?.catalog, to: version) { event throws(StoreError) in
      try lines.append(
        CheckedLine.encode(
          .array([
            .string(event.sku.text), .string(event.kind.rawValue), .string(event.title),
            .array(
              event.fields.map { field in
                [
                  .string(field.field.rawValue), .string(field.key), field.old.map { .string($0) } ?? .null,
                  field.new.map { .string($0) } ?? .null,
                ]
              }),
          ])))
    }
    var members: [String: JSONValue] = [
      "format": .integer(format), "version": .integer(version.manifest.version),
      "manifest": .string(version.digest), "created": .string(version.manifest.created.description),
      "size": .integer(lines.count), "totals": Totals(version.catalog).json,
    ]
    if let base {
      members["base"] = ["version": .integer(base.manifest.version), "manifest": .string(base.digest)]
    }
    let file = try PieceFile(path)
    try file.append(CheckedLine.encode(.object(members)))
    for start in stride(from: 0, to: lines.count, by: 1 << 18) {
      try file.append(try lines.read(start..<min(lines.count, start + 1 << 18)))
    }
    try file.commit()
  }

  // MARK: Reading

  /// Opens a segment; `nil` for one that is damaged or of another format.
  init?(_ bytes: [UInt8]) {
    guard let end = bytes.firstIndex(of: 0x0A), let header = Header(bytes[..<end]),
      bytes.count - end - 1 == header.size
    else { return nil }
    self.header = header
    self.bytes = bytes
    start = end + 1
  }

  /// The event of one offer.
  ///
  /// - Returns: The event, or `nil` when the version did not touch the offer.
  /// - Throws: ``Damage`` when a line on the way does not match its checksum.
  func event(of sku: SKU) throws(Damage) -> OfferEvent? {
    var (low, high) = (start, bytes.count)
    while low < high {
      let (begin, end) = line(around: low + (high - low) / 2, from: low)
      let event = try event(bytes[begin..<end])
      if event.sku == sku { return event }
      if event.sku < sku { low = end + 1 } else { high = begin }
    }
    return nil
  }

  /// All events in the order of SKUs.
  func events() throws(Damage) -> [OfferEvent] {
    var events: [OfferEvent] = []
    var begin = start
    while begin < bytes.count {
      guard let end = bytes[begin...].firstIndex(of: 0x0A) else { throw Damage() }
      events.append(try event(bytes[begin..<end]))
      begin = end + 1
    }
    return events
  }

  /// Offers that the version touched: a line each.
  var count: Int { bytes[start...].count { $0 == 0x0A } }

  /// A line that is not what was written.
  struct Damage: Error {}

  /// The line that holds a position; every line ends before `bytes.count`.
  private func line(around position: Int, from low: Int) -> (begin: Int, end: Int) {
    var begin = position
    while begin > low, bytes[begin - 1] != 0x0A { begin -= 1 }
    var end = position
    while end < bytes.count - 1, bytes[end] != 0x0A { end += 1 }
    return (begin, end)
  }

  private func event(_ line: ArraySlice<UInt8>) throws(Damage) -> OfferEvent {
    guard let value = CheckedLine.decode(line), let sku = value[0]?.string.flatMap({ SKU($0) }),
      let kind = value[1]?.string.flatMap({ OfferEvent.Kind(rawValue: $0) }), let title = value[2]?.string,
      let fields = value[3]?.array
    else { throw Damage() }
    var event = OfferEvent(
      version: header.version, created: header.created, sku: sku, title: title, kind: kind, fields: [])
    for field in fields {
      guard let name = field[0]?.string.flatMap({ FieldChange.Field(rawValue: $0) }),
        let key = field[1]?.string
      else { throw Damage() }
      event.fields.append(FieldChange(field: name, key: key, old: field[2]?.string, new: field[3]?.string))
    }
    return event
  }
}
