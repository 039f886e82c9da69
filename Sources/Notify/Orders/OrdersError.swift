/// Why the orders could not be read.
///
/// Nothing is ever taken as "no orders": every page came whole, or this is thrown.
public struct OrdersError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What callers tell apart.
  public enum Code: String, Sendable, CaseIterable {
    /// 401 or 403: the token is wrong, expired or not for this shop.
    case refused
    /// 400 or another 4xx: the question was not understood.
    case rejected
    /// 404 for one order, or for everything when the address is wrong.
    case notFound = "not-found"
    /// No answer, 429 or 5xx: later it may work.
    case unavailable
    /// An answer that is not what it should be.
    case badAnswer = "bad-answer"
    /// A saved answer that cannot be read.
    case badFile = "bad-file"
  }

  /// The kind.
  public var code: Code
  /// Address without query, or a file's name.
  public var source: String
  /// What happened, without data of orders.
  public var detail: String

  /// Makes an error.
  ///
  /// - Parameters:
  ///   - code: The kind.
  ///   - source: Address without query, or a file's name.
  ///   - detail: What happened.
  public init(code: Code, source: String, detail: String) {
    self.code = code
    self.source = source
    self.detail = detail
  }

  /// What a person should do.
  public var hint: String {
    switch code {
    case .refused:
      "Make a new token in the seller's cabinet (Settings, API token) and put it where kaspi.yaml reads it."
    case .rejected: "Check notifier.orders in kaspi.yaml; if it is as documented, Kaspi changed its API."
    case .notFound: "Check endpoints.api of the shop in kaspi.yaml."
    case .unavailable: "Run again later; the last snapshot is untouched."
    case .badAnswer: "Run again later; if it stays, something between us and Kaspi answers in its place."
    case .badFile: "Pass the answers of /orders as they came, and of /entries as a map by order id."
    }
  }

  /// Whether running again may help.
  public var isTemporary: Bool {
    switch code {
    case .unavailable, .badAnswer: true
    case .refused, .rejected, .notFound, .badFile: false
    }
  }

  /// What, where, what to do.
  public var description: String { "\(detail) (\(source)). \(hint)" }
}
