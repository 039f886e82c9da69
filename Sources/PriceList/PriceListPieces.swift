public import Model
import XML

/// Writes a price list offer by offer, in bounded memory: the same bytes as ``PriceListWriter`` gives for the whole.
public struct PriceListPieces: ~Copyable {
  private var out = MarkupBuffer(capacity: 1 << 17)
  private var last: SKU?
  private let sink: (RawSpan) throws -> Void

  /// Bytes that are gathered before they are handed on.
  private static let piece = 1 << 16

  /// What stands behind the last offer.
  package static let tail: StaticString = "\n  </offers>\n</kaspi_catalog>\n"

  /// Bytes written and not yet handed on.
  package var count: Int { out.count }

  /// Begins a price list.
  ///
  /// - Parameters:
  ///   - company: The shop's name; not blank.
  ///   - merchant: The seller's number.
  ///   - date: What stands in the `date` attribute, or `nil` for none.
  ///   - sink: Takes the file piece by piece; what it throws, the calls below throw.
  /// - Throws: ``PriceListError`` for a name that the file could not carry.
  public init(
    company: String, merchant: MerchantID, date: String? = nil,
    sink: @escaping (RawSpan) throws -> Void
  ) throws(PriceListError) {
    self.sink = sink
    guard !Blank.isNothing(company) else {
      throw PriceListWriter.refusal(.emptyCompany, nil, "the company's name is empty")
    }
    do throws(XMLError) {
      out.append("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<kaspi_catalog")
      if let date {
        out.append(" date=\"")
        try out.append(escaped: date, inAttribute: true)
        out.append("\"")
      }
      out.append(" xmlns=\"")
      out.append(raw: PriceListSchema.namespace)
      out.append("\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"")
      out.append(raw: PriceListSchema.namespace)
      out.append(" ")
      out.append(raw: PriceListSchema.location)
      out.append("\">\n  <company>")
      try out.append(escaped: company, inAttribute: false)
      out.append("</company>\n  <merchantid>")
      try out.append(escaped: merchant.text, inAttribute: false)
      out.append("</merchantid>\n  <offers>")
    } catch {
      throw PriceListWriter.refusal(.controlCharacter, nil, "the head of the file: \(error.message)")
    }
  }

  /// Writes the next offer.
  ///
  /// - Parameter offer: Behind every offer so far, in the order of SKUs.
  /// - Throws: ``PriceListError`` for anything that the file could not carry, the file is of no use then; or what the
  ///   sink threw.
  public mutating func add(_ offer: Offer) throws {
    if let last, !(last < offer.sku) {
      throw PriceListWriter.refusal(
        .duplicateSKU, offer.sku,
        last == offer.sku ? "two offers have this SKU" : "it stands behind \(last), which is greater")
    }
    last = offer.sku
    try PriceListWriter.check(offer)
    do throws(XMLError) { try write(offer) } catch {
      throw PriceListWriter.refusal(.controlCharacter, offer.sku, error.message)
    }
    if out.count >= Self.piece { try out.take(sink) }
  }

  /// Ends the file.
  ///
  /// - Throws: ``PriceListError`` when there was no offer, or what the sink threw.
  public consuming func finish() throws {
    guard last != nil else { throw PriceListWriter.refusal(.noOffers, nil, "there are no offers to write") }
    out.append(Self.tail)
    try out.take(sink)
  }

  private mutating func write(_ offer: Offer) throws(XMLError) {
    out.append("\n    <offer sku=\"")
    try out.append(escaped: offer.sku.text, inAttribute: true)
    out.append("\">")
    try element("model", offer.model)
    if let brand = offer.brand { try element("brand", brand) }
    if !offer.availabilities.isEmpty {
      out.append("\n      <availabilities>")
      for entry in offer.availabilities {
        if entry.isAvailable {
          out.append("\n        <availability available=\"yes\" storeId=\"")
        } else {
          out.append("\n        <availability available=\"no\" storeId=\"")
        }
        try out.append(escaped: entry.store.text, inAttribute: true)
        if let days = entry.preorderDays {
          out.append("\" preOrder=\"")
          out.append(number: days)
        }
        if let stock = entry.stock {
          out.append("\" stockCount=\"")
          out.append(number: stock)
        }
        out.append("\"/>")
      }
      out.append("\n      </availabilities>")
    }
    switch offer.pricing {
    case .everywhere(let price):
      out.append("\n      <price>")
      out.append(number: price.amount)
      out.append("</price>")
    case .byCity:
      out.append("\n      <cityprices>")
      for (city, price) in offer.pricing.cities {
        out.append("\n        <cityprice cityId=\"")
        try out.append(escaped: city.code, inAttribute: true)
        out.append("\">")
        out.append(number: price.amount)
        out.append("</cityprice>")
      }
      out.append("\n      </cityprices>")
    }
    out.append("\n    </offer>")
  }

  /// An element that holds only text; without any it is one tag.
  private mutating func element(_ name: StaticString, _ text: String) throws(XMLError) {
    out.append("\n      <")
    out.append(name)
    guard !text.isEmpty else { return out.append("/>") }
    out.append(">")
    try out.append(escaped: text, inAttribute: false)
    out.append("</")
    out.append(name)
    out.append(">")
  }
}
