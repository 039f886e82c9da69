import Model

/// `plan.txt` and `CHANGES.md`: the same facts as the machine's files, for people.
public struct Reports: Sendable {
  private let phrases: Phrases

  /// Chooses a language.
  ///
  /// - Parameter language: `ru`, `kk` or `en`.
  public init(language: String) { phrases = Phrases.of(language) }

  /// `plan.txt`.
  ///
  /// - Parameters:
  ///   - plan: Any plan.
  ///   - digest: Of its document, for the command that approves it.
  /// - Returns: Text with a line end behind every line.
  public func plan(_ plan: Plan, digest: String) -> String {
    let summary = plan.diff.summary
    var lines = [phrases.planFor(plan.shop)]
    let offers = plan.offered
    let base = plan.base.map { "\(phrases.base) \($0.version)" } ?? phrases.noBase
    lines.append("  \(offers) \(phrases.offers) · \(base)")
    lines.append("")
    let counts = [
      (phrases.added, summary.added), (phrases.withdrawn, summary.withdrawn),
      (phrases.returned, summary.returned),
      (phrases.archived, summary.archived), (phrases.price, summary.price), (phrases.stock, summary.stock),
      (phrases.text, summary.text), (phrases.card, summary.card), (phrases.rulePrices, plan.rulePrices.count),
    ].filter { $0.1 > 0 }
    lines += counts.isEmpty ? ["  " + phrases.nothing] : counts.map { "  \($0.0): \($0.1)" }
    lines += list(phrases.heldBack, plan.heldBack.map { "\($0.sku) · \($0.rule) · \($0.place)" })
    lines += list(phrases.notSeen, plan.notSeen.map(\.text))
    lines += list(
      phrases.echoes,
      plan.echoes.map { "\($0.sku) · \($0.fact.rawValue)\($0.shown.isEmpty ? "" : " · \($0.shown)")" })
    lines += list(phrases.gaps, plan.gaps.map { "\($0.source): \($0.reason)" })
    lines.append("")
    if plan.objections.isEmpty {
      lines.append(phrases.goes)
    } else {
      lines.append(phrases.refused)
      for objection in plan.objections {
        lines.append(
          "  [\(objection.rule.rawValue)] \(phrases.objections(objection.rule))\(scope(objection)): "
            + amount(objection))
        lines += objection.examples.map { "      \($0)" }
        if objection.unnamed > 0 { lines.append("      … +\(objection.unnamed) \(phrases.more)") }
      }
      lines.append("")
      if plan.canBeApproved {
        lines += [phrases.approve, "  kaspi-catalog publish --shop \(plan.shop) --approve \(digest)"]
      } else {
        lines.append(phrases.cannotApprove)
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// `CHANGES.md`.
  ///
  /// - Parameters:
  ///   - diff: This version against its parent.
  ///   - version: Its number.
  ///   - isFirst: Whether it has no parent; then offers are counted, not listed.
  ///   - rulePrices: Prices of the price list that other rules have moved.
  /// - Returns: Markdown with a line end behind every line.
  public func changes(
    _ diff: CatalogDiff, version: Int, isFirst: Bool, rulePrices: [PriceMove] = []
  ) -> String {
    var lines = ["# \(phrases.changes(version))", ""]
    if isFirst {
      lines += ["\(phrases.first) \(diff.summary.added) \(phrases.offers)."]
      return lines.joined(separator: "\n") + "\n"
    }
    if diff.summary.isEmpty, rulePrices.isEmpty { lines.append(phrases.nothing) }
    lines += section(phrases.added) { if case .added(let offer) = $0.kind { price(offer) } else { nil } }(
      diff)
    lines += section(phrases.withdrawn) { if case .withdrawn = $0.kind { "" } else { nil } }(diff)
    lines += section(phrases.returned) {
      if case .returned(let offer) = $0.kind { price(offer) } else { nil }
    }(diff)
    lines += section(phrases.archived) { $0.kind == .archived ? "" : nil }(diff)
    lines += table(phrases.price, [.price], diff) + table(phrases.stock, [.stock], diff)
    lines +=
      table(phrases.text, [.title, .brand], diff) + table(phrases.card, [.card, .characteristic], diff)
    lines += table(rulePrices)
    while lines.last == "" { lines.removeLast() }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The whole difference as a table: a row for every offer that came or went, and one for every changed fact.
  ///
  /// - Parameters:
  ///   - diff: Any difference.
  ///   - title: What was compared.
  /// - Returns: The table; unlike ``changes(_:version:isFirst:)`` it is never cut.
  public func table(_ diff: CatalogDiff, title: String) -> ReportTable {
    let columns = phrases.columns
    return ReportTable(
      title: title, columns: [columns.sku, columns.title, columns.event, columns.old, columns.new],
      rows: diff.changes.flatMap { change -> [[String]] in
        let head = [change.sku.text, change.title]
        switch change.kind {
        case .added(let offer): return [head + [phrases.added, "", price(offer)]]
        case .withdrawn(let offer): return [head + [phrases.withdrawn, price(offer), ""]]
        case .returned(let offer): return [head + [phrases.returned, "", price(offer)]]
        case .archived: return [head + [phrases.archived, "", ""]]
        case .changed(let fields):
          return fields.map { field in
            let key = field.key.isEmpty ? "" : " (\(field.key))"
            return head + [
              name(field.field) + key, whole(field.old, field.field), whole(field.new, field.field),
            ]
          }
        }
      }, empty: phrases.nothing)
  }

  // MARK: Parts

  private func name(_ field: FieldChange.Field) -> String {
    switch field {
    case .price: phrases.price
    case .stock: phrases.stock
    case .title, .brand: phrases.text
    case .card, .characteristic: phrases.card
    }
  }

  private func whole(_ value: String?, _ field: FieldChange.Field) -> String {
    guard let value, !value.isEmpty else { return "—" }
    return field == .price ? Int(value)?.grouped ?? value : value
  }

  private func amount(_ objection: Objection) -> String {
    var text =
      objection.whole > 0 ? "\(objection.count.grouped) / \(objection.whole.grouped)" : "\(objection.count)"
    if objection.whole > 0 {
      text += " = \(percent(Double(objection.count) / Double(objection.whole)))"
    }
    if let limit = objection.limit { text += ", \(phrases.limit) \(percent(limit))" }
    return text
  }

  private func scope(_ objection: Objection) -> String {
    objection.category.map { " (\(phrases.category) \($0))" } ?? ""
  }

  private func percent(_ share: Double) -> String {
    let tenths = Int((share * 1000).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)%" : "\(tenths / 10).\(tenths % 10)%"
  }

  private func list(_ title: String, _ items: [String]) -> [String] {
    guard !items.isEmpty else { return [] }
    var lines = ["", "  \(title): \(items.count)"] + items.prefix(20).map { "      \($0)" }
    if items.count > 20 { lines.append("      … +\(items.count - 20) \(phrases.more)") }
    return lines
  }

  private func price(_ offer: Offer) -> String { offer.pricing.lowest?.grouped ?? "" }

  private func section(
    _ title: String, _ note: @escaping (Change) -> String?
  ) -> (CatalogDiff) -> [String] {
    { diff in
      let items = diff.changes.compactMap { change in
        note(change).map { "- `\(change.sku)` \(escaped(change.title))" + ($0.isEmpty ? "" : " — \($0)") }
      }
      return items.isEmpty ? [] : ["## \(title): \(items.count)", ""] + cut(items, "- ") + [""]
    }
  }

  private func table(_ title: String, _ fields: Set<FieldChange.Field>, _ diff: CatalogDiff) -> [String] {
    var rows: [String] = []
    var offers = 0
    for change in diff.changes {
      guard case .changed(let all) = change.kind else { continue }
      let own = all.filter { fields.contains($0.field) }
      offers += own.isEmpty ? 0 : 1
      for field in own {
        let key = field.key.isEmpty ? "" : " (\(escaped(field.key)))"
        let (old, new) = (shown(field.old, field.field), shown(field.new, field.field))
        rows.append("| `\(change.sku)` | \(escaped(change.title))\(key) | \(old) | \(new) |")
      }
    }
    guard !rows.isEmpty else { return [] }
    let columns = phrases.columns
    return [
      "## \(title): \(offers)", "",
      "| \(columns.sku) | \(columns.title) | \(columns.old) | \(columns.new) |", "| --- | --- | --- | --- |",
    ] + cut(rows, "") + [""]
  }

  /// What other price rules have made of the price list.
  private func table(_ moves: [PriceMove]) -> [String] {
    guard !moves.isEmpty else { return [] }
    let columns = phrases.columns
    let rows = moves.map {
      "| `\($0.sku)` | \(escaped($0.title)) | \($0.old.grouped) | \($0.new.grouped) |"
    }
    return [
      "## \(phrases.rulePrices): \(moves.count)", "",
      "| \(columns.sku) | \(columns.title) | \(columns.old) | \(columns.new) |", "| --- | --- | --- | --- |",
    ] + cut(rows, "") + [""]
  }

  /// At most a thousand lines of a section: the whole difference is what `diff` answers.
  private func cut(_ lines: [String], _ prefix: String) -> [String] {
    guard lines.count > Self.longest else { return lines }
    return lines.prefix(Self.longest) + ["", "\(prefix)… +\(lines.count - Self.longest) \(phrases.more)"]
  }

  static let longest = 1000

  private func shown(_ value: String?, _ field: FieldChange.Field) -> String {
    guard let value, !value.isEmpty else { return "—" }
    if field == .price, let amount = Int(value) { return amount.grouped }
    let short = value.count > 120 ? value.prefix(117) + "…" : value[...]
    return escaped(String(short))
  }

  /// Text that cannot break a Markdown table.
  private func escaped(_ text: String) -> String {
    text.replacing("|", with: "\\|").replacing("\n", with: " ").replacing("\r", with: " ")
  }
}
