import Console
import Model
import Notify
import Store

extension SnapshotReport {
  /// How the reading ended: partly, where an order was left out that could not be read.
  var status: ExitStatus { findings.contains { $0.rule == "unreadable-order" } ? .partly : .done }
}

extension Terminal {
  /// Says what a snapshot holds.
  func say(_ report: SnapshotReport, shop: String) {
    if manner.quiet, report.findings.isEmpty { return }
    say(
      "\(shop): \(report.snapshot.orders.count) orders, \(report.pages) pages, \(report.entriesAsked) orders asked for their lines"
    )
    if report.withoutEntries > 0 { say("  without lines: \(report.withoutEntries)") }
    for finding in report.findings {
      say("  \(finding.severity.rawValue): \(finding.message) [\(finding.rule)]")
    }
  }

  /// Says what a scan planned; no text, no name, recipients masked.
  func say(_ plan: ScanPlan, shop: String) {
    if manner.quiet, plan.findings.isEmpty, plan.status == .done { return }
    if plan.isSilent {
      say("\(shop): first run: every order already there is taken as told, nothing will be sent")
      say("  (to write about recent ones after all: kaspi-notifier scan --since INSTANT)")
    }
    say("\(shop): \(plan.messages.count) messages planned, \(plan.settled.count) settled without a message")
    for message in plan.messages { say("  \(message)  due \(message.due.almaty)") }
    var reasons: [String: Int] = [:]
    for entry in plan.settled { reasons[entry.reason ?? entry.state.rawValue, default: 0] += 1 }
    for (reason, count) in reasons.sorted(by: { $0.key < $1.key }) { say("  \(reason): \(count)") }
    for finding in plan.findings {
      say("  \(finding.severity.rawValue): \(finding.message) [\(finding.rule)]")
    }
  }

  /// Says what a send did; no text, no name, recipients masked.
  func say(_ report: SendReport, shop: String) {
    if manner.quiet, report.stopped == nil, report.status == .done { return }
    let states = OutboxState.allCases.filter { report.count($0) > 0 }.map {
      "\($0.rawValue) \(report.count($0))"
    }
    say("\(shop): " + (states.isEmpty ? "nothing to send" : states.joined(separator: ", ")))
    for entry in report.entries { say("  \(entry)") }
    for (reason, count) in report.deferred.sorted(by: { $0.key < $1.key }) {
      say("  later, \(reason): \(count)")
    }
    if report.unconfirmed > 0 { say("  not confirmed by WhatsApp yet: \(report.unconfirmed)") }
    say(report.inbox)
    for note in report.notes { say("  note: \(SendNote.sentence(note))") }
    if let stopped = report.stopped { say("  stopped: \(stopped.word). \(stopped.hint)") }
  }
}

extension Terminal {
  /// Says what the inbox held, if anything.
  func say(_ inbox: InboxReport) {
    if inbox.isEmpty { return }
    say("  inbox: \(inbox.messages) messages, \(inbox.stops) stops, \(inbox.starts) starts")
    if inbox.unattributed > 0 {
      say("  \(inbox.unattributed) stops from hidden numbers: look into the chats and use 'contact stop'")
    }
    for (reason, count) in inbox.refused.sorted(by: { $0.key < $1.key }) {
      say("  dropped events put aside, \(reason): \(count)")
    }
  }
}

/// What is special about a run, in a sentence.
enum SendNote {
  static func sentence(_ word: String) -> String {
    switch word {
    case "ids_not_honoured":
      "this engine or version takes no ids: what is unknown is looked for by its text and never repeated"
    case "chats_not_readable":
      "this WAHA cannot read chats: stops are heard through webhooks only (see 'receive')"
    case "store_lags":
      "WAHA's store lags behind what it has taken: messages of unknown fate are looked for again by the next run"
    case "attachment_unreadable": "an attachment could not be read and was left out"
    case "attachment_refused": "WAHA refused an attachment"
    case "attachment_unknown": "whether an attachment arrived is not known; it is not sent again"
    default: word
    }
  }
}

extension SendReport {
  /// How a command ends with it.
  var status: ExitStatus {
    if isClean { return .done }
    guard let stopped else { return .partly }
    if stopped.isTemporary { return .temporary }
    return count(.accepted) + count(.confirmed) > 0 ? .partly : .failed
  }
}

extension ScanPlan {
  /// How a command ends with it: a message that could not be written needs a person.
  var status: ExitStatus { settled.contains { $0.state == .parked } ? .partly : .done }
}

extension SnapshotReport {
  /// Numbers for `--json`; no order, no person.
  var summary: JSONValue {
    [
      "taken": .string(snapshot.taken.description), "orders": .integer(snapshot.orders.count),
      "pages": .integer(pages), "entries_asked": .integer(entriesAsked),
      "without_entries": .integer(withoutEntries),
      "findings": .integer(findings.count),
    ]
  }
}
