public import Model

/// What rendering every template over many orders has shown.
public struct TemplateCheck: Sendable, Hashable {
  /// Texts rendered without a complaint.
  public var rendered: Int
  /// Longest text of each template in characters as WhatsApp shows them, by file name.
  public var longest: [String: Int]
  /// What went wrong, each once, by file.
  public var problems: [TemplateError]

  /// Renders each template over each order, as a first contact and as a later one.
  ///
  /// - Parameters:
  ///   - templates: The checked templates.
  ///   - orders: Recorded or made-up orders; ``SampleOrders`` show all sides.
  ///   - shop: Who writes.
  ///   - rules: The rules, for what is missing.
  ///   - locale: The shop's language.
  /// - Returns: What came out.
  public static func run(
    _ templates: TemplateSet, orders: [Order], shop: ShopProfile, rules: [NotificationRule],
    locale: MessageLocale
  ) -> TemplateCheck {
    var check = TemplateCheck(
      rendered: 0, longest: [:], problems: templates.missing(for: rules, locale: locale))
    for template in templates.all {
      for order in orders {
        for isFirst in [true, false] {
          let context = MessageContext(
            order: order, shop: shop, locale: template.locale, isFirstContact: isFirst)
          do throws(TemplateError) {
            let length = MessageLength.shown(try template.render(context))
            check.rendered += 1
            check.longest[template.file] = max(length, check.longest[template.file] ?? 0)
          } catch  where !check.problems.contains(error) {
            check.problems.append(error)
          } catch {
            // The same complaint about the same file is told once.
            continue
          }
        }
      }
    }
    return check
  }
}
