public import Model
import XML

/// `catalog.xml`: the same facts as `catalog.json`, for feeds and validators of other people.
public enum CatalogXML {
  /// The namespace; its last part is the number of the format.
  public static let namespace = "urn:kaspi-catalog:1"

  /// Writes a catalog.
  ///
  /// - Parameter catalog: Any catalog.
  /// - Returns: The same bytes for the same facts; valid against ``CatalogSchema``.
  /// - Throws: ``CatalogFormatError`` for a character that XML cannot carry.
  public static func encode(_ catalog: Catalog) throws(CatalogFormatError) -> [UInt8] {
    var bytes: [UInt8] = []
    do {
      _ = try write(company: catalog.company, merchant: catalog.merchant, catalog.entries) { bytes += $0 }
    } catch let error as CatalogFormatError {
      throw error
    } catch {
      preconditionFailure("memory takes every piece: \(error)")
    }
    return bytes
  }

  /// Writes a catalog piece by piece, as ``encode(_:)`` does.
  ///
  /// - Parameters:
  ///   - company: The shop's name in the price list.
  ///   - merchant: The seller's number.
  ///   - entries: In the order of SKUs, each once; at least one.
  ///   - sink: Takes the bytes.
  /// - Returns: Bytes that stand around the entries, whatever their number.
  /// - Throws: ``CatalogFormatError`` for a character that XML cannot carry, or what `sink` throws.
  public static func write(
    company: String, merchant: MerchantID, _ entries: some Sequence<CatalogEntry>,
    to sink: ([UInt8]) throws -> Void
  ) throws -> Int {
    var writer = XMLByteWriter(indentation: 2, capacity: 1 << 17)
    var around = 0
    do {
      writer.declaration()
      writer.start("catalog")
      try writer.attribute("xmlns", namespace)
      try writer.element("company", company)
      try writer.element("merchant", merchant.text)
      writer.start("offers")
      let head = writer.take()
      around = head.count
      try sink(head)
      var isFirst = true
      for entry in entries {
        try write(entry, to: &writer)
        if isFirst { around += 1 }  // the bracket of the tag above
        isFirst = false
        if writer.count >= 1 << 16 { try sink(writer.take()) }
      }
      try sink(writer.take())
      writer.end()
      writer.end()
    } catch let error as XMLError {
      throw CatalogFormatError("catalog.xml", error.message)
    }
    let tail = writer.finish()
    try sink(tail)
    return around + tail.count
  }

  // MARK: Writing

  private static func write(_ entry: CatalogEntry, to writer: inout XMLByteWriter) throws(XMLError) {
    let offer = entry.offer
    writer.start("offer")
    try writer.attribute("sku", offer.sku.text)
    if case .withdrawn(let day) = entry.standing { try writer.attribute("withdrawn", day.description) }
    if let id = entry.productID, id != entry.product?.id { try writer.attribute("product", id.text) }
    try writer.element("model", offer.model)
    if let brand = offer.brand { try writer.element("brand", brand) }
    writer.start("prices")
    switch offer.pricing {
    case .everywhere(let price): try writer.element("price", price.description)
    case .byCity:
      for (city, price) in offer.pricing.cities {
        writer.start("price")
        try writer.attribute("city", city.code)
        try writer.text(price.description)
        writer.end()
      }
    }
    writer.end()
    if !offer.availabilities.isEmpty {
      writer.start("stock")
      for availability in offer.availabilities { try write(availability, to: &writer) }
      writer.end()
    }
    if let product = entry.product { try write(product, to: &writer) }
    writer.end()
  }

  private static func write(
    _ availability: Availability, to writer: inout XMLByteWriter
  ) throws(XMLError) {
    writer.start("store")
    try writer.attribute("id", availability.store.text)
    try writer.attribute("available", availability.isAvailable ? "true" : "false")
    if let count = availability.stock { try writer.attribute("count", "\(count)") }
    if let days = availability.preorderDays { try writer.attribute("preorder", "\(days)") }
    writer.end()
  }

  private static func write(_ product: Product, to writer: inout XMLByteWriter) throws(XMLError) {
    writer.start("product")
    try writer.attribute("id", product.id.text)
    try writer.element("title", product.title)
    if let brand = product.brand { try writer.element("brand", brand) }
    for category in product.categories {
      writer.start("category")
      if let code = category.code { try writer.attribute("code", code) }
      try writer.text(category.title)
      writer.end()
    }
    if let description = product.description { try writer.element("description", description) }
    for group in product.characteristics {
      writer.start("group")
      try writer.attribute("name", group.name)
      for one in group.characteristics {
        writer.start("characteristic")
        if let code = one.code { try writer.attribute("code", code) }
        try writer.attribute("name", one.name)
        if let unit = one.unit { try writer.attribute("unit", unit) }
        for value in one.values { try writer.element("value", value) }
        writer.end()
      }
      writer.end()
    }
    for image in product.images { try writer.element("image", image) }
    for variant in product.variants {
      writer.start("variant")
      try writer.attribute("product", variant.product.text)
      if let isAvailable = variant.isAvailable {
        try writer.attribute("available", isAvailable ? "true" : "false")
      }
      for choice in variant.choices {
        writer.start("choice")
        try writer.attribute("name", choice.name)
        try writer.text(choice.value)
        writer.end()
      }
      writer.end()
    }
    if let rating = product.rating {
      writer.start("rating")
      try writer.attribute("hundredths", "\(rating.hundredths)")
      if let count = rating.count { try writer.attribute("count", "\(count)") }
      writer.end()
    }
    for (city, sale) in product.sales.sorted(by: { $0.key < $1.key }) {
      writer.start("sale")
      try writer.attribute("city", city.code)
      switch sale {
      case .price(let price): try writer.text(price.description)
      case .soldOut: try writer.text("sold out")
      }
      writer.end()
    }
    writer.end()
  }
}
