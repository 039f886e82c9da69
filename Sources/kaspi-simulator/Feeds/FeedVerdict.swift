import Model
import PriceList
import Store
import XML

/// What the feed puller says about a published price list.
struct FeedVerdict: Sendable {
  /// One complaint.
  struct Complaint: Sendable, Equatable {
    /// The offer it stands in, or `nil` when it is about the file.
    var sku: String?
    /// From 1, or `nil`.
    var line: Int?
    /// What is the case.
    var message: String
  }

  /// The shop's name in the file.
  var company = ""
  /// The seller's number in the file.
  var merchant = ""
  /// Offers in the file.
  var offers = 0
  /// Sum of all prices, every city counted.
  var priceSum = 0
  /// Reasons why an offer, or the file, is not taken.
  var errors: [Complaint] = []
  /// What is taken and should be looked at.
  var warnings: [Complaint] = []

  /// Offers that are taken: none of a file with an error of its own.
  var accepted: Int {
    guard !errors.contains(where: { $0.sku == nil }) else { return 0 }
    return offers - Set(errors.compactMap(\.sku)).count
  }

  /// Judges a file as the cabinet does: the schema, then what no schema can say.
  static func judge(_ bytes: [UInt8]) -> FeedVerdict {
    var verdict = FeedVerdict()
    do {
      let spans = try verdict.read(bytes)
      for violation in try PriceListSchema.validate(bytes) {
        // An offer is named by the lines it covers; a file on one line has all its offers there.
        let owners = spans.filter { $0.lines.contains(violation.line) }
        verdict.errors.append(
          Complaint(
            sku: owners.count == 1 ? owners[0].sku : nil, line: violation.line, message: violation.message))
      }
    } catch {
      verdict.errors.append(Complaint(sku: nil, line: error.line, message: error.message))
    }
    return verdict
  }

  private mutating func read(_ bytes: [UInt8]) throws(XMLError) -> [(sku: String, lines: ClosedRange<Int>)] {
    var reader = try XMLReader(bytes)
    var spans: [(sku: String, lines: ClosedRange<Int>)] = []
    var seen: [String: Int] = [:]
    var current: (sku: String, line: Int)?
    var text = ""
    while let event = try reader.next() {
      switch event {
      case .start(let element):
        text = ""
        guard element.name == "offer" else { continue }
        let sku = element["sku"] ?? ""
        current = (sku, reader.line)
        offers += 1
        if let first = seen[sku] {
          errors.append(
            Complaint(sku: sku, line: reader.line, message: "duplicate SKU, first on line \(first)"))
        }
        seen[sku] = seen[sku] ?? reader.line
        if let valid = SKU(sku) {
          if !valid.isPlain {
            warnings.append(
              Complaint(sku: sku, line: reader.line, message: "unusual characters or length of a SKU"))
          }
        } else {
          errors.append(Complaint(sku: sku, line: reader.line, message: "no SKU that could be taken"))
        }
      case .text(let piece): text += piece
      case .end(let name, _):
        close(name, text.trimmed, reader.line, current?.sku)
        if name == "offer", let open = current {
          spans.append((sku: open.sku, lines: open.line...max(open.line, reader.line)))
          current = nil
        }
        text = ""
      }
    }
    if offers == 0 { errors.append(Complaint(sku: nil, line: nil, message: "no offers")) }
    return spans
  }

  private mutating func close(_ name: String, _ text: String, _ line: Int, _ sku: String?) {
    switch name {
    case "company": company = text
    case "merchantid":
      merchant = text
      if text.isEmpty { errors.append(Complaint(sku: nil, line: line, message: "merchantid is empty")) }
    case "model" where text.isEmpty:
      warnings.append(Complaint(sku: sku, line: line, message: "empty title; the card's is shown"))
    case "price", "cityprice":
      priceSum += Int(text) ?? 0
      if Int(text) == 0 { errors.append(Complaint(sku: sku, line: line, message: "price 0")) }
    default: break
    }
  }

  /// As the control endpoint writes it.
  var json: JSONValue {
    func list(_ complaints: [Complaint]) -> JSONValue {
      .array(
        complaints.map {
          .object(["sku": .text($0.sku), "line": .number($0.line), "message": .string($0.message)])
        })
    }
    return [
      "company": .string(company), "merchantid": .string(merchant), "offers": .integer(offers),
      "accepted": .integer(accepted), "priceSum": .integer(priceSum), "errors": list(errors),
      "warnings": list(warnings),
    ]
  }
}
