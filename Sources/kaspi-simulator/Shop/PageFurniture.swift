import Store

/// The parts of a product page that are the same on every one, and make it as large as a live one.
enum PageFurniture {
  /// Settings that no crawler needs.
  static let settings = """
    window.BACKEND = window.BACKEND || { config: { constants: {} }, components: {}, state: {} };
    BACKEND.config.contextPath = '/shop';
    BACKEND.config.language = 'ru';
    BACKEND.components.form = {
      kzPhoneOperators: [700,701,702,703,704,705,706,707,708,709,747,750,751,760,761,762,763,764,771,775,776,777,778],
    };
    window.BACKEND.config.constants.autoloadBottomValue = 100;
    window.BACKEND.config.constants.note = "a brace in a text } and a quote \\" must not end anything";
    """

  /// The cities of the sample shop, in the shape of Kaspi's city list; stands in a script that is no JSON as a whole.
  static let cities = JSONValue.array(World.cities.map(letter))

  private static func letter(_ city: (id: String, name: String)) -> JSONValue {
    let entry: [String: JSONValue] = [
      "id": .string(city.id), "code": .string(city.name.slug), "name": .string(city.name),
      "link": .string("/shop/\(city.name.slug)/"), "countryCode": .string("KZ"), "hasGeoZones": .bool(false),
      "polygon": .array((0..<400).map(corner)), "visible": .bool(true),
    ]
    return .object(["char": .string(String(city.name.prefix(1))), "cityData": .array([.object(entry)])])
  }

  private static func corner(_ number: Int) -> JSONValue {
    let latitude = Double(43_000 + number * 7) / 1000
    let longitude = Double(76_000 + number * 11) / 1000
    return .object(["latitude": .decimal(latitude), "longitude": .decimal(longitude)])
  }

  /// The first `digitalData`, which describes a page that this is not.
  static func otherPage(_ city: (id: String, name: String)) -> JSONValue {
    .object([
      "version": .string("1.1.2"),
      "website": .object([
        "environment": .string("PRODUCTION"), "region": .string(city.name), "regionId": .string(city.id),
        "type": .string("mobile"),
      ]),
      "page": .object(["category": .string("Add Product Review"), "type": .string("content")]),
      "cart": .object([
        "currency": .string("KZT"), "total": .integer(0), "subtotal": .integer(0), "lineItems": .array([]),
      ]),
      "product": .object([
        "name": .string("Отзыв о товаре"), "stock": .integer(0), "reviewCount": .integer(0),
      ]),
      "recommendation": .array([]), "campaigns": .array([]), "events": .array([]), "changes": .array([]),
    ])
  }

  /// Style sheets, so that the head is as long as a live one.
  static let styles =
    "<style>"
    + (0..<260).map(rule).joined(separator: "\n") + "</style>"

  private static func rule(_ number: Int) -> String {
    ".ks-\(number){margin:\(number % 17)px;padding:\(number % 11)px 0;color:#\(100 + number);display:block}"
  }

  /// What stands above the product.
  static let top: String = {
    let links = CategoryTable.all.keys.sorted().compactMap { CategoryTable.all[$0] }.map { category in
      "<li data-category=\"\(category.code.escapedForHTML)\" class=\"nav__el  undefined\">"
        + "<a href=\"/shop/c/\(category.code.link)/\" class=\"nav__el-link\">"
        + "<span class=\"nav__el-link-text\">\(category.title.escapedForHTML)</span></a></li>"
    }
    return
      "<noscript><div class=\"warning\">Для корректной работы сайта включите JavaScript.</div></noscript>"
      + "<div id=\"page\" data-currency-iso-code=\"KZT\" class=\"layout\"><header class=\"topbar\">"
      + "<a href=\"/\" class=\"topbar__logo\">Kaspi Магазин</a></header>"
      + "<nav class=\"nav  \"><ul class=\"nav__list\">\(links.joined())</ul></nav>"
  }()

  /// What stands below it.
  static let bottom =
    "<footer class=\"footer\"><div class=\"footer__copyright\">Учебная витрина: эти товары и люди выдуманы."
    + "</div></footer></div>"
}
