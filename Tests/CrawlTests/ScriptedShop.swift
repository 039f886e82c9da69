import HTTP
import Model
import Synchronization

@testable import Crawl

/// A shop in memory: answers by address, and remembers what it was asked.
final class ScriptedShop: HTTPClient {
  /// What the shop does when it is asked for an address.
  enum Reply: Sendable {
    case body(String)
    case bytes([UInt8])
    case status(Int, String)
    case moved(to: String, String)
    case error(HTTPError.Code)
  }

  private struct State {
    var replies: [String: Reply] = [:]
    var asked: [HTTPRequest] = []
    var limit = Int.max
  }

  private let state: Mutex<State>
  private let delays: @Sendable (String) -> Int

  /// Opens a shop.
  ///
  /// - Parameters:
  ///   - replies: By a part of the address; the longest part that matches wins.
  ///   - delays: How many times a request gives way to others before it is answered: shuffles answers.
  init(_ replies: [String: Reply], delays: @escaping @Sendable (String) -> Int = { _ in 0 }) {
    state = Mutex(State(replies: replies))
    self.delays = delays
  }

  /// Addresses in the order of asking.
  var asked: [String] { state.withLock { $0.asked.map(\.url) } }
  /// Requests in the order of asking.
  var requests: [HTTPRequest] { state.withLock { $0.asked } }

  /// Changes what the shop answers.
  func set(_ part: String, _ reply: Reply) { state.withLock { $0.replies[part] = reply } }

  /// The power goes off: after so many more answers every request is cancelled.
  func stop(after count: Int) { state.withLock { $0.limit = $0.asked.count + count } }

  func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
    let reply: Reply? = state.withLock { state in
      guard state.asked.count < state.limit else { return .error(.cancelled) }
      state.asked.append(request)
      let key = state.replies.keys.filter { request.url.contains($0) }.max { $0.count < $1.count }
      return key.flatMap { state.replies[$0] }
    }
    for _ in 0..<delays(request.url) { await Task.yield() }
    switch reply {
    case .body(let text): return response(200, Array(text.utf8), request.url)
    case .bytes(let bytes): return response(200, bytes, request.url)
    case .status(let status, let text): return response(status, Array(text.utf8), request.url)
    case .moved(let url, let text): return response(200, Array(text.utf8), url)
    case .error(let code):
      throw HTTPError(code: code, mayHaveReachedServer: true, url: request.url, message: "scripted")
    case nil: return response(404, Array("<html><body>404</body></html>".utf8), request.url)
    }
  }

  private func response(_ status: Int, _ body: [UInt8], _ url: String) -> HTTPResponse {
    HTTPResponse(status: status, headers: [], body: body, url: url)
  }
}

/// Pages, listings and price lists of our own making, in the shapes of the wire.
enum Fixtures {
  static let city = "750000000"

  /// A product page like the shop's: state in scripts, witnesses in the head, reviews with names in the markup.
  static func page(
    id: String, title: String = "Чайник Тест 1.7 л", brand: String = "Тест", price: String? = "12990",
    rating: (tenths: Int, count: Int)? = (47, 12), description: String = "null", city: String = Fixtures.city,
    specifications: String? = nil, item: String? = nil, extra: String = ""
  ) -> String {
    let priceMember = price.map { ",\"price\":\($0)" } ?? ""
    let specifications =
      specifications
        ?? """
        [{"code":"Kettles*Main","name":"Основные","features":[
          {"code":"kettles*volume","name":"Объем","featureUnit":"л","featureValues":[{"value":1.7}]},
          {"code":"kettles*colour","name":"Цвет","featureUnit":null,
           "featureValues":[{"value":"белый"},{"value":"серый"}]}]}]
        """
    let card = """
      {"card":{"id":"\(id)","title":"\(title)","shopLink":"/p/test-\(id)/","reviewsLink":"/shop/p/test-\(id)/?c=\(city)&v=reviews",\
      "promoConditions":{"brand":"\(brand)","categoryCodes":["Kettles","Kitchen","Categories"],"baseProductCodes":["777b"]}\(priceMember)},\
      "galleryImages":[{"small":"https://img.example/a.jpg?format=gallery-small","medium":"https://img.example/a.jpg?format=gallery-medium","large":"https://img.example/a.jpg?format=gallery-large","location":"a.jpg"}],\
      "breadcrumbs":[{"title":"Kaspi Магазин","id":"Categories"},{"title":"Кухня","id":"Kitchen"},{"title":"Чайники","id":"Kettles"}],\
      "description":\(description),"specifications":\(specifications)}
      """
    let ratingMarkup =
      rating.map {
        "<span class=\"rating _\($0.tenths)\"></span>&nbsp;<a class=\"item__rating-link\"><span>(\($0.count) отзывов)</span></a>"
      }
      ?? "<span class=\"rating _0\"></span>&nbsp;"
    let amount = price.map { "<meta property=\"product:price:amount\" content=\"\($0)\">" } ?? ""
    let plainTitle = title.replacing("&#34;", with: "\"")
    return """
      <!DOCTYPE html><html lang="ru-RU"><head><title>Купить \(plainTitle)</title>\
      \(amount)<meta property="product:retailer_item_id" content="\(id)">\
      <meta property="product:availability" content="\(price == nil ? "out of stock" : "in stock")">
      <script type="application/ld+json">{"@context":"https://schema.org","@type":"Product","name":"\(title)","productID":"\(id)",
      "offers":[{"@type":"AggregateOffer","lowPrice":null},{"@type":"Offer","price":"\(price ?? "undefined")"}]}</script>
      <script type="application/ld+json">{"@type":"BreadcrumbList","itemListElement":[]},</script></head><body>
      <script>window.BACKEND = window.BACKEND || {}; BACKEND.config = {};</script>
      <script>window.digitalData = {"website":{"region":"Алматы","regionId":"\(city)"},"page":{"type":"content"}};
      window.digitalData.page = { type: "product" };
      window.digitalData.product = {"id":"\(id)","name":"\(title)","category":["Кухня","Чайники"],"brand":"\(brand)","stock":0,"reviewCount":0};</script>
      <script>
        BACKEND.state.productId = "\(id)";
        BACKEND.components.item = \(item ?? card)
      </script><script>BACKEND.components.configurator = {"productCode":null,"characteristic":null,"matrix":[
        {"productCode":"\(id)","characteristic":{"id":"белый","title":"Цвет","values":[{"value":"белый","dimension":null}]},"matrix":null,"available":true},
        {"productCode":"199999999","characteristic":{"id":"серый","title":"Цвет","values":[{"value":"серый","dimension":null}]},"matrix":null,"available":false}]};
      </script>\(extra)
      <div class="item"><div class="item__sku">Код товара: \(id)</div><h1 class="item__heading">\(title)</h1>
      <div class="item__rating">\(ratingMarkup)</div>
      \(price.map { "<div class=\"item__price \"><div class=\"item__price-once\">\($0)&nbsp;₸</div></div>" } ?? "<div class=\"item__out-of-stock\"></div>")</div>
      <div id="reviews" data-id="reviews"><div class="reviews__review"><div class="reviews__author">Айгуль Секретная</div>
      <img src="https://img.example/img/p/r/555000111-\(id)/x.jpg"><div class="reviews__review-text">Хороший</div></div></div>
      <div id="specifications" data-id="specifications"><dl class="specifications-list__el"><dt><h4 class="specifications-list__header">Основные</h4></dt>
      <dd><dl class="specifications-list__spec"><dt><span class="specifications-list__spec-term-text">Код товара:</span></dt><dd class="specifications-list__spec-definition">\(id)</dd></dl>
      <dl class="specifications-list__spec"><dt><span class="specifications-list__spec-term-text">Цвет</span></dt><dd class="specifications-list__spec-definition">белый, серый</dd></dl></dd></dl></div>
      </body></html>
      """
  }

  /// A listing's card.
  static func card(
    _ id: String, title: String = "Чайник Тест 1.7 л", price: Int = 12990, rating: String = "4.71"
  ) -> String {
    """
    {"id":"\(id)","title":"\(title)","brand":"Тест","shopLink":"/p/test-\(id)/?c=\(city)","unitPrice":\(price + 10),\
    "unitSalePrice":\(price),"previewImages":[{"large":"https://img.example/l.jpg?format=preview-large"}],"rating":\(rating),\
    "reviewsQuantity":12,"category":["Кухня","Чайники"],"categoryCodes":["Kettles","Kitchen","Categories"]}
    """
  }

  /// The first answer of a listing.
  static func filters(_ cards: [String], total: Int) -> String {
    "{\"data\":{\"cards\":[\(cards.joined(separator: ","))],\"total\":\(total)}}"
  }

  /// A further answer of a listing.
  static func results(_ cards: [String]) -> String { "{\"data\":[\(cards.joined(separator: ","))]}" }

  /// Rating figures, with people in the answer.
  static func reviews(stars: String = "4.9", count: Int = 85) -> String {
    """
    {"data":[{"id":"x","author":"Айгуль Секретная","orderNumber":"555000111","rating":5,"comment":{"text":"Хороший"}}],
    "summary":{"global":\(stars),"statistic":[{"rate":5,"count":\(count)}]},"groupSummary":[{"id":"ALL","total":\(count)}]}
    """
  }

  /// A price list.
  static func feed(_ offers: [(sku: String, model: String, price: Int)]) -> String {
    let lines = offers.map { offer in
      """
      <offer sku="\(offer.sku)"><model>\(offer.model)</model><brand>Тест</brand>\
      <availabilities><availability available="yes" storeId="PP1" stockCount="3"/></availabilities>\
      <price>\(offer.price)</price></offer>
      """
    }
    return """
      <?xml version="1.0" encoding="utf-8"?>
      <kaspi_catalog date="2026-01-01" xmlns="kaspiShopping" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
      xsi:schemaLocation="kaspiShopping http://kaspi.kz/kaspishopping.xsd"><company>Demo</company>\
      <merchantid>14000001</merchantid><offers>\(lines.joined())</offers></kaspi_catalog>
      """
  }

  static let block = "<html><head><title>403 Forbidden</title></head><body>Доступ ограничен</body></html>"
}

/// A value behind a lock, for tests.
final class Locked<Value: Sendable>: Sendable {
  private let mutex: Mutex<Value>
  init(_ value: Value) { mutex = Mutex(value) }
  var value: Value { mutex.withLock { $0 } }
  func change(_ body: (inout Value) -> Void) { mutex.withLock { value in body(&value) } }
}
