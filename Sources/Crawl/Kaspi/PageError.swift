/// Why an answer of the public shop is not what was asked for.
public struct PageError: Error, Sendable, Equatable {
  /// What callers tell apart.
  public enum Code: String, Sendable, Equatable, CaseIterable {
    /// No byte.
    case empty
    /// The body is no HTML where a page was asked for.
    case notHTML
    /// The body is no JSON where JSON was asked for.
    case notJSON
    /// Not a sheet: a web page, or no column of SKUs.
    case notCSV = "not-csv"
    /// The shop refuses to talk: a page about access, or a page instead of JSON.
    case blocked
    /// The answer ends before its content does.
    case cut
    /// A whole page of something else: a search, a category, an error.
    case notAProduct
    /// Of the right kind, but not decodable.
    case damaged
    /// Not UTF-8.
    case encoding
  }

  /// The kind.
  public var code: Code
  /// Where the answer comes from, without secrets.
  public var source: String
  /// What was seen, in one sentence without full stop.
  public var detail: String

  /// Makes an error.
  ///
  /// - Parameters:
  ///   - code: The kind.
  ///   - source: Address or path.
  ///   - detail: What was seen.
  public init(code: Code, source: String, detail: String) {
    self.code = code
    self.source = source
    self.detail = detail
  }

  /// What to do next.
  public var hint: String {
    switch code {
    case .empty, .cut: "Fetch it again; if it stays so, look at the address in a browser."
    case .notHTML: "Give the saved product page itself, not an answer of an interface."
    case .notJSON: "Look at the address; it must answer with JSON."
    case .notCSV: "Publish the sheet as CSV; its first row names the columns SKU, price, PP1, PP2, …"
    case .blocked: "Wait an hour, lower the rate, and crawl again."
    case .notAProduct: "Give the address of a product: …/shop/p/<name>-<number>/."
    case .damaged: "Keep the file and report it: the page has changed its form."
    case .encoding: "Save the page as it came, in UTF-8."
    }
  }
}

extension PageError: CustomStringConvertible {
  /// Source, kind and detail in one line.
  public var description: String { "\(source): \(detail) (\(code.rawValue))" }
}
