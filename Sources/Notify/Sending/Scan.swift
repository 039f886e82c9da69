public import Model

/// From two snapshots to the messages that would go out.
///
/// Pure: same input, same plan. Nothing is written and nobody is asked.
public enum Scan {
  /// What a scan wants to know of the snapshots, as the outbox and the rules stand.
  ///
  /// - Parameters:
  ///   - outbox: What was said before.
  ///   - rules: The rules.
  ///   - base: The snapshot to compare with, or `nil`.
  ///   - current: The newest snapshot.
  ///   - since: Earlier events are left alone.
  ///   - now: The moment of the scan.
  /// - Returns: The question for ``SnapshotFolder/changes(_:)``.
  public static func question(
    outbox: OutboxContent, rules: [NotificationRule], base: Instant?, current: Instant, since: Instant?,
    now: Instant
  ) -> ChangesQuestion {
    var watching = Set(outbox.entries(in: .planned).map(\.order))
    for (order, at) in outbox.deliveries where rules.contains(where: { $0.isDue(after: at, now: now) }) {
      watching.insert(order)
    }
    return ChangesQuestion(
      base: base, current: current, since: since, watching: watching,
      asksForBuyers: rules.contains { $0.isSent && $0.filter.buyers != .any })
  }

  /// Plans messages.
  ///
  /// - Parameter input: Changes, outbox, rules and texts.
  /// - Returns: The plan; ``Outbox/record(_:now:)`` writes it down.
  /// - Throws: ``TemplateProblems`` when a rule sends and its template is missing: nothing is planned then.
  public static func plan(_ input: ScanInput) throws(TemplateProblems) -> ScanPlan {
    let missing = input.templates.missing(for: input.rules, locale: input.locale)
    if !missing.isEmpty { throw TemplateProblems(problems: missing) }
    var plan = ScanPlan(
      snapshot: input.changes.taken, horizon: horizon(input), isSilent: false, messages: [], settled: [],
      overtaken: overtaken(input), delivered: [], waiting: input.outbox.entries(in: .planned), events: [:],
      findings: [])
    if !input.changes.hasBase, input.since == nil {
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
    for entry in plan.waiting { if let phone = entry.recipient { greeted.insert(phone) } }
    var deliveries = input.outbox.deliveries
    for found in input.changes.events {
      var event = found
      // Nothing happens later than now: a scan of another moment looks at answers that were saved after it.
      event.occurred = min(event.occurred, input.now)
      if let since = input.since, event.occurred < since { continue }
      // Orders move between the pages of a reading: one that the first run missed was there all the same.
      if input.since == nil, event.hasAppeared, let horizon = input.outbox.horizon,
        event.order.created < horizon
      {
        continue
      }
      plan.events[event.kind, default: 0] += 1
      if event.kind == .orderDelivered, deliveries[event.order.code] == nil {
        deliveries[event.order.code] = event.occurred
        plan.delivered.append(ScanPlan.Delivery(order: event.order.code, at: event.occurred))
      }
      guard let rule = rules[event.kind], rule.isSent else { continue }
      add(event, rule, input, &greeted, to: &plan)
    }
    for event in timed(deliveries, rules, input) {
      plan.events[event.kind, default: 0] += 1
      guard let rule = rules[event.kind] else { continue }
      add(event, rule, input, &greeted, to: &plan)
    }
    return plan
  }

  /// Up to when orders count as known to a scan that has nothing to compare with.
  private static func horizon(_ input: ScanInput) -> Instant? {
    guard !input.changes.hasBase else { return nil }
    // Saved answers are what they are: an order that only later ones have is new.
    return input.changes.isSaved ? Instant(milliseconds: 0) : min(input.changes.taken, input.now)
  }

  /// Events that time alone makes, of orders whose delivery a scan has seen.
  private static func timed(
    _ deliveries: [String: Instant], _ rules: [OrderEventKind: NotificationRule], _ input: ScanInput
  ) -> [OrderEvent] {
    var events: [OrderEvent] = []
    let fresh = Dictionary(
      input.changes.events.map { ($0.order.code, $0.order) }, uniquingKeysWith: { first, _ in first })
    for (code, at) in deliveries.sorted(by: { $0.key < $1.key }) {
      for kind in OrderEventKind.allCases where kind.isTimed {
        guard let rule = rules[kind], rule.isDue(after: at, now: input.now),
          let order = input.changes.watched[code] ?? fresh[code], OrderDiff.isStillTrue(kind, of: order),
          order.status == .completed
        else { continue }
        events.append(OrderEvent(kind: kind, order: order, occurred: at))
      }
    }
    return events
  }

  /// Waiting messages that the order has left behind.
  private static func overtaken(_ input: ScanInput) -> [String] {
    input.outbox.entries(in: .planned).filter { entry in
      input.changes.watched[entry.order].map { !OrderDiff.isStillTrue(entry.event, of: $0) } ?? false
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
    guard !input.outbox.hasDecided(identity.digest) else { return }
    let person = phone.flatMap { input.outbox.person($0) }
    if skip == nil, !rule.filter.matches(event.order, isReturning: isReturning(event.order, person, input)) {
      skip = .ruleFilter
    }
    let variant = phone.map { rule.variant(shop: input.shop.key, phone: $0) } ?? RuleVariant.main
    let locale = MessageLocale.chosen(
      rule: rule.locale, order: event.order.language, person: person?.locale, shop: input.locale,
      hasTemplate: { input.templates.template(event.kind, $0, variant: variant) != nil })
    if rule.locale == nil, let asked = event.order.language.flatMap(MessageLocale.init(wire:)),
      asked != locale
    {
      tellMissing(asked, for: event.kind, instead: locale, variant, in: &plan)
    }
    var entry = OutboxEntry(
      identity: identity.digest, order: event.order.code, event: event.kind, recipient: phone,
      messageID: identity.messageID, text: "", locale: locale, due: rule.due(after: event.occurred),
      expires: rule.expiry(after: event.occurred), state: .planned, reason: nil, attempts: 0,
      firstReserved: nil, changed: input.now)
    entry.variant = variant == RuleVariant.main ? nil : variant
    entry.attachment = rule.attachment
    if let skip {
      (entry.state, entry.reason) = (.skipped, skip.rawValue)
    } else if person?.stopped != nil {
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
    guard let template = input.templates.template(event.kind, locale, variant: variant) else { return }
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

  /// Tells once that buyers who asked for a language get another one.
  private static func tellMissing(
    _ asked: MessageLocale, for event: OrderEventKind, instead locale: MessageLocale, _ variant: String,
    in plan: inout ScanPlan
  ) {
    let file = MessageTemplate.fileName(event: event, locale: asked, variant: variant)
    let place = Place("templates/\(file)")
    guard !plan.findings.contains(where: { $0.place == place }) else { return }
    plan.findings.append(
      Finding(
        rule: "template-language", severity: .warning, place: place,
        message:
          "Orders ask for '\(asked.rawValue)', and there is no such text; '\(locale.rawValue)' is sent.",
        hint: "Add templates/\(file)."))
  }

  /// Whether a buyer has bought before, as far as snapshots and outbox tell.
  private static func isReturning(
    _ order: Order, _ person: OutboxContent.Person?, _ input: ScanInput
  ) -> Bool {
    if let person, person.orders.contains(where: { $0 != order.code }) { return true }
    guard case .number(let phone) = order.customer.phone else { return false }
    return input.changes.firstOrders[phone].map { $0 < order.created } ?? false
  }
}
