import CXML

/// A compiled XPath 1.0 expression.
///
/// libxml2 keeps notes in it while it is evaluated, so it stays with one task.
@safe public struct XPath: ~Copyable {
  let expression: xmlXPathCompExprPtr

  /// Compiles an expression.
  ///
  /// - Parameter text: The expression.
  /// - Throws: ``XMLError`` with code `invalidQuery`.
  public init(_ text: String) throws(XMLError) {
    LibXML.prepare()
    guard let compiled = unsafe xmlXPathCompile(text) else {
      throw XMLError(code: .invalidQuery, message: "not an XPath expression: \(text)")
    }
    unsafe expression = compiled
  }

  deinit { unsafe xmlXPathFreeCompExpr(expression) }
}
