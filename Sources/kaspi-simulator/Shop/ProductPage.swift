import Store

/// A product page, built like the live ones: scripts with JSON, three JSON-LD blocks of which one is broken, meta tags,
/// and a rendered body.
struct ProductPage {
  /// The article on a night.
  let offering: Offering
  /// Everything of the same family.
  let siblings: [Offering]
  /// Where the buyer is.
  let city: (id: String, name: String)

  private var article: Article { offering.article }
  private var price: Int? { offering.sale(in: city.id) }
  private var brand: String { article.brand ?? "Без бренда" }
  private var title: String { article.title.escapedForHTML }
  private var cover: String { ImageLink.address(article.images[0], "gallery-large") }

  /// The whole page.
  var html: String {
    let card = ProductCard(offering: offering, siblings: siblings, city: city.id)
    return """
      <!DOCTYPE html><html lang="ru-RU" prefix="og: http://ogp.me/ns#" class="js"><head>\(head)\(structuredData(card))\
      <script>\(PageFurniture.settings)</script><script>
              BACKEND.components.citySelection = {
                citys:  \(text(PageFurniture.cities)),
                defaultCityID: \(city.id),
                enable: false,
              }</script><script>
            BACKEND.state.productId = "\(article.card)";
            BACKEND.components.item = \(text(card.item))
          </script><script>
          window.digitalData = \(text(PageFurniture.otherPage(city)));
          window.digitalData.page = { type: "product", category: "Product Detail" };
          window.digitalData.product = \(text(card.digitalData));

          </script><script>BACKEND.components.configurator = \(text(card.configurator));
              BACKEND.components.merchantShop = null
              </script>\(PageFurniture.styles)</head><body class=" cssanimations">\(PageFurniture.top)\(body)\
      \(PageFurniture.bottom)</body></html>

      """
  }

  /// `{"a":1}` as a script carries it; `</` would end the script.
  private func text(_ value: JSONValue) -> String {
    String(decoding: CanonicalJSON.line(value), as: UTF8.self).replacing("</", with: "<\\/")
  }

  private var head: String {
    let words = "Купить \(title) в городе \(city.name) – Магазин на Kaspi.kz"
    let about = "Kaspi Магазин - \(title) в рассрочку, кредит. Цены, характеристики, отзывы, доставка."
    return """
      <title>\(words)</title><link rel="image_src" type="image/jpeg" href="\(cover)">\
      <meta content="IE=edge" http-equiv="X-UA-Compatible"><meta name="viewport" content="width=1000">\
      <meta property="og:site_name" content="Kaspi Магазин"><meta name="title" content="\(words)">\
      <meta name="description" content="\(about)"><meta property="og:description" content="\(about)">\
      <meta property="og:locale" content="ru_KZ"><meta property="og:title" content="\(words)">\
      <meta property="og:url" content="https://kaspi.kz/shop\(article.shopLink)">\
      <meta property="og:image" content="\(cover)">\
      <meta property="product:price:amount"\(price.map { " content=\"\($0)\"" } ?? "")>\
      <meta property="product:price:currency" content="KZT">\
      <meta property="product:retailer_item_id" content="\(article.card)">\
      <meta property="product:availability" content="\(price == nil ? "out of stock" : "in stock")">\
      <link rel="canonical" href="https://kaspi.kz/shop\(article.shopLink)">
      """
  }

  private func structuredData(_ card: ProductCard) -> String {
    func quoted(_ words: String) -> String { text(.string(words)) }
    let steps = card.breadcrumbs.enumerated().map { position, step in
      """
      {
                  "@type": "ListItem",
                  "position": \(position + 1),
                  "item":
                  {
                  "@id": "https://kaspi.kz/shop/\(position == 0 ? "" : "c/\(step.code.link)")",
                  "name": \(quoted(step.title))
                  }
                }
      """
    }
    return """
      <script type="application/ld+json">
            {
              "@context": "http://schema.org",
              "@type": "Organization",
              "email": "help@example.kz",
              "name": "Kaspi Магазин",
              "url": "https://kaspi.kz/shop/",
              "sameAs": []
            }
          </script><script type="application/ld+json">
            {
                "@context": "https://schema.org",
                "@type": "Product",
                "id": "\(article.card)",
                "productID": "\(article.card)",
                "description": "",
                "image": "\(cover)",
                "brand": \(quoted(brand)),
                "name": \(quoted(article.title)),
                "sku": "\(article.card)",
                "category": \(quoted(article.category.title)),
                "offers": [
                  { "@type": "AggregateOffer", "lowPrice": null },
                  {
                    "@type": "Offer",
                    "price": "\(price.map(String.init) ?? "undefined")",
                    "priceCurrency": "KZT",
                    "availability": "\(price == nil ? "OutOfStock" : "InStock")"
                  }
                ]
            }
            </script><script type="application/ld+json">
            {
              "@context": "https://schema.org",
              "@type": "BreadcrumbList",
              "itemListElement":
              [
                \(steps.joined(separator: ","))
              ]
            },
          </script>
      """
  }

  private var body: String {
    let crumbs = ([(code: "Categories", title: "Kaspi Магазин")] + article.category.path).map { step in
      "<a href=\"/shop/c/\(step.code.link)/\" class=\"breadcrumbs__item\">\(step.title.escapedForHTML)</a>"
    }.joined()
    let slides = article.images.map { path in
      "<li class=\"item__slider-slide\"><div class=\"item__slider-pic-wrapper\"><img alt=\"\" class=\"item__slider-pic\" "
        + "src=\"\(ImageLink.address(path, "gallery-medium"))\"></div></li>"
    }.joined()
    let stars =
      offering.rating == 0
      ? ""
      : "<div class=\"item__rating\"><span class=\"rating _\((offering.rating + 5) / 10)\"></span>&nbsp;"
        + "<a class=\"item__rating-link\"><span>(\(offering.ratings) \(Self.reviews(offering.ratings)))</span></a></div>"
    let cost =
      price.map { price in
        "<div class=\"item__price \"><div class=\"item__price-left-side\"><div class=\"item__price-heading\">Цена</div>"
          + "<div class=\"item__price-once\">\(Self.money(price))</div></div>"
          + "<div class=\"item__price-right-side\"><div class=\"item__price-heading\">В рассрочку</div>"
          + "<div class=\"item__price-month\">\(Self.money((price + 2) / 3))</div>"
          + "<div class=\"item__price-info\">x 3 мес</div></div></div>"
      } ?? ""
    return """
      <div id="mount-item-page"><div id="ItemView"><div class="breadcrumbs ">\(crumbs)</div><div class="item">\
      <div class="item__inner"><div class="item__inner-left"><ul class="item__slider-self">\(slides)</ul></div>\
      <div class="item__inner-right"><div class="item__description"><div>\
      <div class="item__sku">Код товара: \(article.card)</div><h1 class="item__heading">\(title)</h1>\(stars)\(cost)\
      </div></div></div></div></div><div class="item-content"><div class="tabs-content">\
      <div id="offers" class="tab-content__el"><div class="sellers-table">\(sellers)</div></div>\
      <div id="reviews" class="tab-content__el">\(comments)</div>\
      <div id="specifications" class="tab-content__el"><div class="specifications-list ">\
      <h2 class="item-content__el-heading">Характеристики \(title)</h2>\(specifications)</div></div>\
      <div id="description" class="tab-content__el"><div class="description__text">\
      \((article.text ?? "").escapedForHTML)</div></div></div></div></div></div>
      """
  }

  private var sellers: String {
    let offers = ProductOffers.all(of: offering, city: city.id)
    guard !offers.isEmpty else {
      return
        "<div class=\"seller-table__inner\"><h4 class=\"seller-table__no-offers-text\">К сожалению, в настоящее "
        + "время нет предложений по данному товару.</h4></div>"
    }
    let rows = offers.map { offer in
      "<tr class=\"\"><td class=\"sellers-table__cell\"><a href=\"/shop/info/merchant/\(offer.merchant)/review/"
        + "?productCode=\(article.card)&amp;tabId=PRODUCT\">\(offer.name.escapedForHTML)</a></td>"
        + "<td class=\"sellers-table__cell\"><div class=\"sellers-table__price-cell-text\">\(Self.money(offer.price))"
        + "</div></td></tr>"
    }.joined()
    return "<table class=\"sellers-table__self\"><tbody>\(rows)</tbody></table>"
  }

  private var comments: String {
    let rows = ReviewBook.reviews(of: offering).prefix(4).map { review in
      "<div class=\"reviews__review\"><header class=\"reviews__review-meta\"><div class=\"rating  _\(review.rating)0\">"
        + "</div><div class=\"reviews__author\">\(review.author.escapedForHTML)</div><div class=\"reviews__date\">"
        + "\(review.date)</div></header><div class=\"reviews__review-text\"><p><b>Комментарий: </b>"
        + "\(review.text.escapedForHTML)</p></div></div>"
    }.joined()
    return "<div class=\"reviews\"><div class=\"reviews__inner\">"
      + "<h2 class=\"item-content__el-heading\">Отзывы о \(title)</h2>\(rows)</div></div>"
  }

  private var specifications: String {
    func row(_ name: String, _ value: String) -> String {
      "<dl class=\"specifications-list__spec\"><dt class=\"specifications-list__spec-term\">"
        + "<span class=\"specifications-list__spec-term-text\">\(name.escapedForHTML)</span></dt>"
        + "<dd class=\"specifications-list__spec-definition\">\(value.escapedForHTML)</dd></dl>"
    }
    return article.groups.enumerated().map { position, group in
      let rows = group.features.map { feature in
        row(feature.name, feature.values.joined(separator: ", ") + (feature.unit.map { " \($0)" } ?? ""))
      }
      return "<dl class=\"specifications-list__el\"><dt class=\"specifications-list__term\">"
        + "<h4 class=\"specifications-list__header\">\(group.name.escapedForHTML)</h4></dt>"
        + "<dd class=\"specifications-list__specs\">\(position == 0 ? row("Код товара:", article.card) : "")"
        + "\(rows.joined())</dd></dl>"
    }.joined()
  }

  /// `4&nbsp;990 ₸`, the blank before the sign a no-break one as well.
  static func money(_ amount: Int) -> String { amount.spaced("&nbsp;") + "&nbsp;₸" }

  /// "отзыв", "отзыва", "отзывов".
  static func reviews(_ count: Int) -> String {
    switch (count % 100, count % 10) {
    case (11...14, _): "отзывов"
    case (_, 1): "отзыв"
    case (_, 2...4): "отзыва"
    default: "отзывов"
    }
  }
}

extension Int {
  /// Digits in groups of three.
  func spaced(_ blank: String) -> String {
    var groups: [String] = []
    var rest = self
    while rest >= 1000 {
      groups.insert(String(String(1000 + rest % 1000).dropFirst()), at: 0)
      rest /= 1000
    }
    return ([String(rest)] + groups).joined(separator: blank)
  }
}
