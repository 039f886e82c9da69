internal import Model

/// The addresses of the public shop that a crawl asks for.
struct ShopAddresses: Sendable {
  /// The shop, like `https://kaspi.kz`, without a slash at the end.
  let base: String
  /// The buyer's city, or `nil`.
  let city: CityID?

  /// Names a shop.
  ///
  /// - Parameters:
  ///   - base: Its address; slashes at the end are dropped.
  ///   - city: The buyer's city.
  init(base: String, city: CityID?) {
    var base = base[...]
    while base.last == "/" { base = base.dropLast() }
    self.base = String(base)
    self.city = city
  }

  /// The page of a card.
  func page(_ id: ProductID) -> String { ProductLink(id).address(base: base, city: city) }

  /// The rating figures of a card; the fewest reviews that the interface gives.
  func reviews(_ id: ProductID) -> String {
    "\(base)/yml/review-view/api/v1/reviews/product/\(id)"
      + "?filter=ALL&sort=POPULARITY&limit=1&page=0&withAgg=true"
  }

  /// The sellers of a card; asked with `POST`.
  func offers(_ id: ProductID) -> String { "\(base)/yml/offer-view/offers/\(id)" }

  /// One page of a listing: the first comes with its total, the others are plain lists.
  ///
  /// - Parameters:
  ///   - page: From 0.
  ///   - query: What the listing is about.
  /// - Returns: An absolute address.
  func listing(page: Int, query: ListingQuery) -> String {
    var pairs = [("q", query.search)]
    if let text = query.text { pairs.append(("text", text)) }
    pairs += [
      ("page", "\(page)"), ("sort", "relevance"), ("all", "false"), ("fl", "true"), ("ui", "d"), ("i", "-1"),
    ]
    if let city { pairs.append(("c", city.code)) }
    let line = pairs.map { "\($0)=\(WebAddress.encoded($1))" }.joined(separator: "&")
    return "\(base)/yml/product-view/pl/\(page == 0 ? "filters" : "results")?\(line)"
  }
}

/// What a listing is about.
struct ListingQuery: Sendable, Hashable {
  /// Colon-separated pairs, like `:allMerchants:14000001`.
  var search: String
  /// Words to search for, or `nil`.
  var text: String?

  /// Takes the query out of a listing's address, as copied from a browser or from the interface.
  ///
  /// Gives `nil` when the address has neither `q` nor `text`, and names no seller in its path.
  ///
  /// - Parameters:
  ///   - address: Like `https://kaspi.kz/shop/search/?q=%3AallMerchants%3A14000001`; also
  ///     `…/shop/info/merchant/14000001/…`, a bare query like `:allMerchants:14000001`, or only the shop itself.
  ///   - merchant: The seller that is meant when the address names only the shop.
  init?(_ address: String, merchant: MerchantID? = nil) {
    if address.hasPrefix(":") {
      self.init(search: address, text: nil)
      return
    }
    let query = WebAddress.query(of: address)
    if query["q"] != nil || query["text"] != nil {
      self.init(search: query["q"] ?? "", text: query["text"])
      return
    }
    let path = WebAddress.parts(of: address).path.split(separator: "/")
    if let merchant, path.isEmpty || path == ["shop"] {
      self.init(search: ":allMerchants:\(merchant)", text: nil)
      return
    }
    guard let index = path.firstIndex(of: "merchant"), index + 1 < path.count else { return nil }
    self.init(search: ":allMerchants:\(path[index + 1])", text: nil)
  }

  private init(search: String, text: String?) {
    self.search = search
    self.text = text
  }
}
