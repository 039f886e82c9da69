import Model

/// From two snapshots to the messages that would go out.
///
/// Pure: same input, same plan. Nothing is written and nobody is asked.
public enum Scan {
  /// Plans messages.
  ///
  /// - Parameter input: Snapshots, outbox, rules and texts.
  /// - Returns: The plan; ``Outbox/record(_:now:)`` writes it down.
  /// - Throws: ``TemplateProblems`` when a rule sends and its template is missing: nothing is planned then.
  public static func plan(_ input: ScanInput) throws(TemplateProblems) -> ScanPlan {
    let missing = input.templates.missing(for: input.rules, locale: input.locale)
    if !missing.isEmpty { throw TemplateProblems(problems: missing) }
    var plan = ScanPlan(
      snapshot: input.current.taken, isSilent: false, messages: [], settled: [],
      overtaken: overtaken(input), events: [:], findings: [])
    if input.previous == nil, input.since == nil {
      plan.isSilent = true
      if input.outbox.scanned != nil {
        plan.findings.append(
          Finding(
            rule: "base-missing", severity: .warning, place: Place("orders/"),
            message: "The snapshot that was scanned last is gone, and every older one.",
            hint: "Nothing is sent for what is there now; '--since' plans it all the same."))
      }
      return plan
    }
    var rules: [OrderEventKind: NotificationRule] = [:]
    for rule in input.rules where rules[rule.event] == nil { rules[rule.event] = rule }
    var greeted: Set<PhoneNumber> = []
    for entry in input.outbox.entries(in: .planned) {
      if let phone = entry.recipient { greeted.insert(phone) }
    }
    for event in OrderDiff.events(from: input.previous, to: input.current) {
      if let since = input.since, event.occurred < since { continue }
      plan.events[event.kind, default: 0] += 1
      guard let rule = rules[event.kind], rule.isSent else { continue }
      add(event, rule, input, &greeted, to: &plan)
    }
    return plan
  }

  /// Waiting messages that the order has left behind.
  private static func overtaken(_ input: ScanInput) -> [String] {
    let waiting = input.outbox.entries(in: .planned)
    if waiting.isEmpty { return [] }
    let orders = Dictionary(
      input.current.orders.map { ($0.code, $0) }, uniquingKeysWith: { first, _ in first })
    return waiting.filter { entry in
      orders[entry.order].map { !OrderDiff.isStillTrue(entry.event, of: $0) } ?? false
    }.map(\.identity)
  }

  private static func add(
    _ event: OrderEvent, _ rule: NotificationRule, _ input: ScanInput, _ greeted: inout Set<PhoneNumber>,
    to plan: inout ScanPlan
  ) {
    let phone: PhoneNumber?
    var skip: SkipReason?
    switch event.order.customer.phone {
    case .number(let number):
      phone = number
      if !number.isKazakhstanMobile, !input.allowsOtherNumbers { skip = .notMobile }
    case .masked: (phone, skip) = (nil, .maskedPhone)
    case .missing: (phone, skip) = (nil, .noPhone)
    }
    let identity = MessageIdentity(
      shop: input.shop.key, order: event.order.code, event: event.kind, recipient: phone?.digits ?? "")
    guard input.outbox.entries[identity.digest] == nil else { return }
    let locale = MessageLocale.chosen(rule: rule.locale, shop: input.locale)
    var entry = OutboxEntry(
      identity: identity.digest, order: event.order.code, event: event.kind, recipient: phone,
      messageID: identity.messageID, text: "", locale: locale, due: rule.due(after: event.occurred),
      expires: rule.expiry(after: event.occurred), state: .planned, reason: nil, attempts: 0,
      firstReserved: nil,
      changed: input.now)
    if let skip {
      (entry.state, entry.reason) = (.skipped, skip.rawValue)
    } else if let phone, input.outbox.optedOut.contains(phone) {
      entry.state = .optedOut
    } else if entry.expires <= input.now {
      (entry.state, entry.reason) = (.expired, "too_late")
    }
    guard entry.state == .planned, let phone else {
      plan.settled.append(entry)
      return
    }
    let isFirst = !input.outbox.isKnown(phone) && !greeted.contains(phone)
    let context = MessageContext(
      order: event.order, shop: input.shop, locale: locale, isFirstContact: isFirst, links: input.links)
    // A missing template was refused above, so there is one.
    guard let template = input.templates.template(event.kind, locale) else { return }
    do throws(TemplateError) {
      entry.text = try template.render(context)
      greeted.insert(phone)
      plan.messages.append(entry)
    } catch {
      (entry.state, entry.reason) = (.parked, "template_\(error.code.rawValue)")
      plan.settled.append(entry)
      plan.findings.append(
        Finding(
          rule: "template-\(error.code.rawValue)", severity: .error,
          place: Place("templates/\(error.file)", line: error.line, column: error.column),
          message: "Order \(event.order.code) got no message: \(error.message)", hint: error.hint))
    }
  }
}
