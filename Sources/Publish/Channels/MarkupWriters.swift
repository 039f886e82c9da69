import Model
import XML

/// Yandex YML: `shop` with currencies, categories and offers, in the order of its DTD.
enum YMLWriter {
  static func write(
    _ items: [ChannelItem], _ channel: Channel, _ version: PublishedVersion
  ) throws(XMLError) -> [UInt8] {
    var writer = XMLByteWriter(capacity: 1024 + items.count * 512)
    let categories = Categories(items)
    writer.declaration()
    writer.start("yml_catalog")
    try writer.attribute("date", version.manifest.created.almaty)
    writer.start("shop")
    try writer.element("name", String(version.catalog.company.prefix(20)))
    try writer.element("company", version.catalog.company)
    try writer.element("url", "https://kaspi.kz/shop/")
    writer.start("currencies")
    writer.start("currency")
    try writer.attribute("id", "KZT")
    try writer.attribute("rate", "1")
    writer.end()
    writer.end()
    writer.start("categories")
    for (number, category) in categories.list.enumerated() {
      writer.start("category")
      try writer.attribute("id", "\(number + 1)")
      if let parent = category.parent { try writer.attribute("parentId", "\(parent + 1)") }
      try writer.text(category.title)
      writer.end()
    }
    writer.end()
    writer.start("offers")
    for item in items { try write(item, channel, categories, to: &writer) }
    writer.end()
    writer.end()
    writer.end()
    return writer.finish()
  }

  private static func write(
    _ item: ChannelItem, _ channel: Channel, _ categories: Categories, to writer: inout XMLByteWriter
  ) throws(XMLError) {
    writer.start("offer")
    try writer.attribute("id", item.entry.offer.sku.text)
    try writer.attribute("available", item.isAvailable ? "true" : "false")
    if let link = item.link { try writer.element("url", link) }
    try writer.element("price", "\(item.price)")
    try writer.element("currencyId", "KZT")
    try writer.element("categoryId", "\(categories.number(of: item) + 1)")
    for image in item.images.prefix(10) { try writer.element("picture", image) }
    let mapped = Dictionary(channel.fields.map { ($0.name, item.value($0.source) ?? "") }) { first, _ in first
    }
    try writer.element("name", mapped["name"] ?? item.title)
    if let brand = mapped["vendor"] ?? item.brand, !brand.isEmpty { try writer.element("vendor", brand) }
    let text = mapped["description"] ?? item.entry.product?.description ?? ""
    if !text.isEmpty { try writer.element("description", String(text.prefix(3000))) }
    for group in item.entry.product?.characteristics ?? [] {
      for one in group.characteristics {
        for value in one.values {
          writer.start("param")
          try writer.attribute("name", one.name)
          if let unit = one.unit { try writer.attribute("unit", unit) }
          try writer.text(value)
          writer.end()
        }
      }
    }
    if let count = item.entry.offer.totalStock { try writer.element("count", "\(count)") }
    writer.end()
  }

  /// The tree of categories, numbered in the order of their paths.
  struct Categories {
    private(set) var list: [(title: String, parent: Int?)] = []
    private var numbers: [String: Int] = [:]
    private static let separator = " > "
    private static let none = "—"

    init(_ items: [ChannelItem]) {
      for path in Set(items.map(Self.path)).sorted() {
        var (parent, key) = (Int?.none, "")
        for title in path.split(separator: Self.separator, omittingEmptySubsequences: true) {
          key += Self.separator + title
          if let known = numbers[key] {
            parent = known
            continue
          }
          numbers[key] = list.count
          list.append((String(title), parent))
          parent = list.count - 1
        }
      }
    }

    func number(of item: ChannelItem) -> Int {
      let key = Self.path(item).split(separator: Self.separator, omittingEmptySubsequences: true)
        .reduce("") { $0 + Self.separator + $1 }
      return numbers[key] ?? 0
    }

    private static func path(_ item: ChannelItem) -> String {
      let parts = item.category.split(separator: separator, omittingEmptySubsequences: true)
      return parts.isEmpty ? none : parts.joined(separator: separator)
    }
  }
}

/// Google Merchant RSS 2.0.
enum GoogleWriter {
  static let namespace = "http://base.google.com/ns/1.0"

  static func write(
    _ items: [ChannelItem], _ channel: Channel, _ version: PublishedVersion
  ) throws(XMLError) -> [UInt8] {
    var writer = XMLByteWriter(capacity: 1024 + items.count * 768)
    writer.declaration()
    writer.start("rss")
    try writer.attribute("version", "2.0")
    try writer.attribute("xmlns:g", namespace)
    writer.start("channel")
    try writer.element("title", version.catalog.company)
    try writer.element("link", "https://kaspi.kz/shop/")
    try writer.element("description", version.catalog.company)
    for item in items {
      let mapped = Dictionary(channel.fields.map { ($0.name, item.value($0.source) ?? "") }) { first, _ in
        first
      }
      writer.start("item")
      try writer.element("g:id", String(item.entry.offer.sku.text.prefix(50)))
      try writer.element("g:title", String((mapped["title"] ?? item.title).prefix(150)))
      try writer.element("g:description", String((mapped["description"] ?? item.description).prefix(5000)))
      try writer.element("g:link", item.link ?? "")
      try writer.element("g:image_link", item.images.first ?? "")
      for image in item.images.dropFirst().prefix(10) { try writer.element("g:additional_image_link", image) }
      try writer.element("g:availability", item.isAvailable ? "in_stock" : "out_of_stock")
      try writer.element("g:price", "\(item.price) KZT")
      if let brand = mapped["brand"] ?? item.brand, !brand.isEmpty {
        try writer.element("g:brand", String(brand.prefix(70)))
      } else {
        try writer.element("g:identifier_exists", "no")
      }
      try writer.element("g:condition", "new")
      if !channel.categories.isEmpty, !item.category.isEmpty {
        try writer.element("g:google_product_category", item.category)
      }
      let path = item.value("category_path") ?? ""
      if !path.isEmpty { try writer.element("g:product_type", path) }
      let own: Set<String> = ["title", "description", "brand"]
      for field in channel.fields where !own.contains(field.name) {
        let value = item.value(field.source) ?? ""
        if !value.isEmpty { try writer.element("g:\(field.name)", value) }
      }
      writer.end()
    }
    writer.end()
    writer.end()
    return writer.finish()
  }
}
