/// Texts of the prototype and its successor, with `{names}` in single braces, as templates of this program.
public enum TemplateImport {
  /// A translated text and what a person should know about it.
  public struct Result: Sendable, Hashable {
    /// The template.
    public var text: String
    /// What was changed on the way, one sentence each.
    public var notes: [String]
  }

  /// Translates a text.
  ///
  /// - Parameters:
  ///   - text: The old text.
  ///   - file: The name of the new template, for errors.
  /// - Returns: The template; it still has to be checked like any other.
  /// - Throws: ``TemplateProblems`` with every name that has no counterpart, with its place.
  public static func translate(_ text: String, file: String) throws(TemplateProblems) -> Result {
    var result = Result(text: "", notes: [])
    var problems: [TemplateError] = []
    var (line, column) = (1, 1)
    var rest = text.replacingLineEnds.unicodeScalars[...]
    func advance(_ scalar: Unicode.Scalar) {
      (line, column) = scalar == "\n" ? (line + 1, 1) : (line, column + 1)
    }
    while let scalar = rest.first {
      if scalar == "{", let end = rest.firstIndex(of: "}") {
        let name = String(String.UnicodeScalarView(rest[rest.index(after: rest.startIndex)..<end]))
        if isName(name) {
          if let translation = names[name] {
            result.text += translation.text
            if let note = translation.note, !result.notes.contains(note) { result.notes.append(note) }
          } else {
            let near = names.keys.sorted().min {
              (TemplateScanner.distance($0, name), $0) < (TemplateScanner.distance($1, name), $1)
            }
            problems.append(
              TemplateError(
                code: .unknownName, file: file, line: line, column: column,
                message: refused[name] ?? "The prototype has no '{\(name)}'.",
                hint: refused[name] == nil
                  ? "Did you mean '{\(near ?? "")}'?" : "Take it out of the text, then import again."))
          }
          for passed in rest[...end] { advance(passed) }
          rest = rest[rest.index(after: end)...]
          continue
        }
      }
      result.text.unicodeScalars.append(scalar)
      advance(scalar)
      rest = rest.dropFirst()
    }
    if !problems.isEmpty { throw TemplateProblems(problems: problems) }
    return result
  }

  private static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x5F }
  }

  private static let defaults =
    "Where an order has no such value, the line leaves it out; the prototype wrote a default."

  private static let names: [String: (text: String, note: String?)] = [
    "user_name": ("{{buyer}}", nil), "customer_name": ("{{buyer}}", "Only first names are used."),
    "customer_first_name": ("{{buyer}}", nil), "order_num": ("{{order_code}}", nil),
    "order_id": ("{{order_code}}", nil), "order_code": ("{{order_code}}", nil),
    "product_name": ("{{#first_item}}{{first_item}}{{/first_item}}", defaults),
    "first_item": ("{{#first_item}}{{first_item}}{{/first_item}}", defaults),
    "item_qty": ("{{#items_count}}{{items_count}}{{/items_count}}", defaults),
    "items_count": ("{{#items_count}}{{items_count}}{{/items_count}}", defaults),
    "items_list": ("{{#items}}\n• {{title}} — {{pieces(quantity)}}\n{{/items}}", nil),
    "shop_name": ("{{shop_name}}", nil), "store_name": ("{{shop_name}}", nil),
    "delivery_type": ("{{delivery}}", nil), "order_date": ("{{date_dots(order_date)}}", nil),
    "total_amount": ("{{#total}}{{money(total)}}{{/total}}", defaults),
    "order_total": ("{{#total}}{{money(total)}}{{/total}}", defaults),
    "order_total_raw": ("{{#total}}{{amount(total)}}{{/total}}", defaults),
    "delivery_city": ("{{#city}}{{city}}{{/city}}", defaults),
    "delivery_address": ("{{#city}}{{city}}{{/city}}", "Only the town of an address is used."),
  ]

  private static let refused = [
    "customer_phone": "A message does not repeat the buyer's telephone.",
    "promo_code": "There are no promotion codes here; write the code into the text.",
  ]
}
