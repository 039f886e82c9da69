public import Model

/// A link to a product page, freed from what sharing and tracking add to it.
///
/// The number is the last part of the path behind `/p/`, after the last dash: `/p/any-name-112066821/`.
public struct ProductLink: Sendable, Hashable {
  /// The card's number.
  public let id: ProductID

  /// Names a card's page.
  ///
  /// - Parameter id: The card's number.
  public init(_ id: ProductID) { self.id = id }

  /// Reads any link to a product page: absolute, a `shopLink` of an answer, with or without `/shop`.
  ///
  /// Gives `nil` for everything else, also for category links (`/shop/c/…`) and for short links, which say nothing
  /// before they are followed.
  ///
  /// - Parameter text: The link; its query is ignored.
  public init?(_ text: String) {
    let parts = WebAddress.parts(of: text)
    guard parts.scheme.isEmpty || parts.scheme == "http" || parts.scheme == "https" else { return nil }
    let path = parts.path.split(separator: "/")
    let names = path.first == "shop" ? path.dropFirst() : path[...]
    guard names.count == 2, names.first == "p", let name = names.last,
      let number = name.split(separator: "-").last, let id = ProductID(String(number))
    else { return nil }
    self.id = id
  }

  /// The address of the page.
  ///
  /// - Parameters:
  ///   - base: The shop, like `https://kaspi.kz`.
  ///   - city: The buyer's city, or `nil` to let the shop choose.
  /// - Returns: An absolute address; any name would do in front of the number, so there is none.
  public func address(base: String, city: CityID?) -> String {
    publicAddress(base: base) + (city.map { "?c=\($0)" } ?? "")
  }

  /// The address without a city, as a public link.
  ///
  /// - Parameter base: The shop, like `https://kaspi.kz`.
  /// - Returns: An absolute address.
  public func publicAddress(base: String) -> String { "\(base)/shop/p/-\(id)/" }
}
