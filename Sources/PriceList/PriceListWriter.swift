public import Model
import XML

/// Writes a price list that Kaspi takes, byte for byte the same for the same offers.
///
/// An offer without any store is written without `availabilities`, as the schema allows: leaving it out of
/// the file would take it off sale silently.
public enum PriceListWriter {
  /// Writes a price list: sorted by SKU, one element a line, two blanks a level, line feeds.
  ///
  /// - Parameters:
  ///   - company: The shop's name; not blank.
  ///   - merchant: The seller's number.
  ///   - offers: In any order, each SKU once; at least one.
  ///   - date: What stands in the `date` attribute, or `nil` for none.
  /// - Returns: The whole file.
  /// - Throws: ``PriceListError`` for anything that the file could not carry; no bytes exist then.
  public static func write(
    company: String, merchant: MerchantID, offers: [Offer], date: String? = nil
  ) throws(PriceListError) -> [UInt8] {
    guard !Blank.isNothing(company) else { throw refusal(.emptyCompany, nil, "the company's name is empty") }
    guard !offers.isEmpty else { throw refusal(.noOffers, nil, "there are no offers to write") }
    let sorted = offers.sorted { $0.sku < $1.sku }
    for (left, right) in zip(sorted, sorted.dropFirst()) where left.sku == right.sku {
      throw refusal(.duplicateSKU, left.sku, "two offers have this SKU")
    }
    for offer in sorted { try check(offer) }

    var writer = XMLByteWriter(capacity: 1024 + offers.count * 512)
    do throws(XMLError) {
      writer.declaration()
      writer.start("kaspi_catalog")
      if let date { try writer.attribute("date", date) }
      try writer.attribute("xmlns", PriceListSchema.namespace)
      try writer.attribute("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
      try writer.attribute("xsi:schemaLocation", "\(PriceListSchema.namespace) \(PriceListSchema.location)")
      try writer.element("company", company)
      try writer.element("merchantid", merchant.text)
      writer.start("offers")
    } catch {
      throw refusal(.controlCharacter, nil, "the head of the file: \(error.message)")
    }
    for offer in sorted {
      do throws(XMLError) {
        try write(offer, to: &writer)
      } catch {
        throw refusal(.controlCharacter, offer.sku, error.message)
      }
    }
    writer.end()
    writer.end()
    return writer.finish()
  }

  // MARK: Inside

  private static func write(_ offer: Offer, to writer: inout XMLByteWriter) throws(XMLError) {
    writer.start("offer")
    try writer.attribute("sku", offer.sku.text)
    try writer.element("model", offer.model)
    if let brand = offer.brand { try writer.element("brand", brand) }
    if !offer.availabilities.isEmpty {
      writer.start("availabilities")
      for entry in offer.availabilities {
        writer.start("availability")
        try writer.attribute("available", entry.isAvailable ? "yes" : "no")
        try writer.attribute("storeId", entry.store.text)
        if let days = entry.preorderDays { try writer.attribute("preOrder", String(days)) }
        if let stock = entry.stock { try writer.attribute("stockCount", String(stock)) }
        writer.end()
      }
      writer.end()
    }
    switch offer.pricing {
    case .everywhere(let price): try writer.element("price", price.description)
    case .byCity:
      writer.start("cityprices")
      for (city, price) in offer.pricing.cities {
        writer.start("cityprice")
        try writer.attribute("cityId", city.code)
        try writer.text(price.description)
        writer.end()
      }
      writer.end()
    }
    writer.end()
  }

  /// What the types do not promise.
  private static func check(_ offer: Offer) throws(PriceListError) {
    for entry in offer.availabilities {
      if let stock = entry.stock, stock < 0 {
        throw refusal(.badStock, offer.sku, "the stock in store \(entry.store) is \(stock)")
      }
      if let days = entry.preorderDays, !(1...30).contains(days) {
        throw refusal(.badPreorder, offer.sku, "\(days) days of preorder in store \(entry.store)")
      }
    }
    for (left, right) in zip(offer.availabilities, offer.availabilities.dropFirst())
    where left.store.text.utf8.elementsEqual(right.store.text.utf8) {
      throw refusal(.conflictingStore, offer.sku, "store \(left.store) is named twice")
    }
    if case .byCity(let prices) = offer.pricing, prices.isEmpty {
      throw refusal(.noPrice, offer.sku, "there is no city price")
    }
  }

  private static func refusal(_ rule: LintRule, _ sku: SKU?, _ message: String) -> PriceListError {
    PriceListError(
      rule.finding(Place("price list"), sku: sku?.text, severity: .error, message))
  }
}
