import Model

extension SendRun {
  /// How often a message met which trouble in this run.
  struct Tries {
    var backOffs = 0
    var sessionChecks = 0
    var looks = 0
  }

  /// How one attempt ended.
  enum Ending {
    case done
    case postponed(Postponement)
    case again
  }

  /// Reserves, sends once, and writes down what came of it.
  func attempt(
    _ entry: OutboxEntry, phone: PhoneNumber, chat: String, isNew: Bool, _ tries: inout Tries
  ) async throws -> Ending {
    try move(entry, to: .reserved, isNew: isNew)
    let verdict = await send(entry, chat: chat)
    switch verdict.outcome {
    case .accepted:
      deviceSuspect = nil
      try move(entry, to: .accepted)
      try remember(verdict, phone)
      try await sendMedia(entry, chat: chat)
      return .done
    case .unknown:
      try move(entry, to: .unknown, verdict.reason)
      if verdict.step == .lookUpAndStop { stop(verdict.reason) }
      if stopped != .interrupted { try await settle(entry) }
      return .done
    case .notSent, .refused:
      return try await handle(verdict, entry, phone, &tries)
    }
  }

  private func send(_ entry: OutboxEntry, chat: String) async -> SendVerdict {
    sends += 1
    return await waha.sendText(entry.text, chat: chat, id: honoursIDs ? entry.messageID : nil)
  }

  /// What certainly did not leave goes back to `planned`, unless it is to be put aside.
  private func handle(
    _ verdict: SendVerdict, _ entry: OutboxEntry, _ phone: PhoneNumber, _ tries: inout Tries
  ) async throws -> Ending {
    switch verdict.step {
    case .park:
      try move(entry, to: verdict.outcome == .refused ? .refused : .parked, verdict.reason)
      return .done
    case .parkRecipient:
      try move(entry, to: .parked, verdict.reason)
      failedRecipients.insert(phone)
      return .done
    case .goOn, .lookUp, .lookUpAndStop, .stop, .backOff, .checkSession, .holdNewContacts, .suspectDevice,
      .pause:
      try move(entry, to: .planned, verdict.reason)
    }
    switch verdict.step {
    case .backOff(let wished):
      tries.backOffs += 1
      let wait = wished ?? .seconds(5 << tries.backOffs)
      if tries.backOffs > 2 || wait > settings.patience { return stop(verdict.reason) }
      try await time.sleep(wait)
      return .again
    case .checkSession:
      tries.sessionChecks += 1
      if tries.sessionChecks > 2 { return stop(verdict.reason) }
      return try await isReadyAgain() ? .again : .postponed(.this("stopped"))
    case .holdNewContacts:
      let now = time.now
      try outbox.holdNewContacts(
        until: now.advanced(by: settings.newContactHold), reason: verdict.reason, at: now)
      return .postponed(.this("new_contacts_held"))
    case .suspectDevice:
      guard let other = deviceSuspect, other != phone else {
        deviceSuspect = phone
        return .postponed(.this(verdict.reason))
      }
      if wasRestarted { return stop(verdict.reason) }
      (wasRestarted, deviceSuspect) = (true, nil)
      do throws(WAHAError) {
        try await waha.restart()
      } catch {
        stopped = StopReason(error)
        return .postponed(.this("stopped"))
      }
      return try await isReadyAgain() ? .postponed(.this(verdict.reason)) : .postponed(.this("stopped"))
    case .pause:
      pauses += 1
      if pauses > 1 { return stop(verdict.reason) }
      try await time.sleep(.seconds(300))
      return .again
    case .goOn, .lookUp, .lookUpAndStop, .stop, .park, .parkRecipient:
      return stop(verdict.reason)
    }
  }

  private func isReadyAgain() async throws -> Bool {
    do {
      return try await isSessionReady()
    } catch let error as WAHAError {
      stopped = StopReason(error)
      return false
    }
  }

  @discardableResult
  private func stop(_ reason: String) -> Ending {
    stopped =
      switch reason {
      case "interrupted": .interrupted
      case "unauthorized": StopReason(WAHAError(.unauthorized, "POST /api/sendText", "WAHA refused the key"))
      case "no_such_call", "bad_address":
        StopReason(WAHAError(.notFound, "POST /api/sendText", "WAHA does not know the call"))
      case "proxy_page":
        StopReason(WAHAError(.proxyPage, "POST /api/sendText", "a page came instead of an answer"))
      case "not_connected": StopReason(WAHAError(.unreachable, "POST /api/sendText", "no connection to WAHA"))
      case "rate_overlimit", "too_many_requests":
        StopReason(WAHAError(.limited, "POST /api/sendText", "WhatsApp or a proxy asks to slow down"))
      case "device_session_broken":
        StopReason(
          word: reason,
          hint: "WhatsApp refuses this linked device even after a restart: link the session anew.",
          isTemporary: false)
      default:
        StopReason(WAHAError(.failed, "POST /api/sendText", "WAHA cannot send now (\(reason))"))
      }
    return .postponed(.this("stopped"))
  }

  // MARK: Unknown fate

  /// Finds out what became of a message, and repeats it under its id only where that is safe.
  ///
  /// What cannot be found out is put aside for a person; it is never sent again blindly.
  func settle(_ entry: OutboxEntry) async throws {
    while true {
      switch try await look(entry) {
      case .found(let acknowledgement):
        try move(entry, to: .accepted, "looked_up")
        if acknowledgement.isProof { try move(entry, to: .confirmed, "looked_up") }
        return
      case .undecided(let error):
        switch error.code {
        case .refused, .notFound: try move(entry, to: .parked, "cannot_look_up")
        case .failed, .badAnswer:
          // While it could still be repeated the next run looks again; after that a person does.
          if !isWithinWindow(entry) { try move(entry, to: .parked, "cannot_look_up") }
        case .unauthorized, .unreachable, .notReady, .limited, .proxyPage:
          stopped = stopped ?? StopReason(error)
        }
        return
      case .missing: break
      }
      // A run that has to stop decides nothing that the next one, minutes later, can still decide better.
      if stopped != nil, isWithinWindow(entry) { return }
      guard stopped == nil, mayRepeat(entry), let phone = entry.recipient else {
        try move(entry, to: .parked, "not_found")
        return
      }
      try move(entry, to: .reserved, "repeated")
      let verdict = await send(entry, chat: chat(of: phone))
      switch verdict.outcome {
      case .accepted:
        try move(entry, to: .accepted, "repeated")
        try remember(verdict, phone)
        return
      case .unknown:
        try move(entry, to: .unknown, verdict.reason)
        if verdict.step == .lookUpAndStop { stop(verdict.reason) }
        if stopped == .interrupted { return }
      case .notSent, .refused:
        // This attempt did not leave, but the first one may have.
        try move(entry, to: .unknown, verdict.reason)
        if verdict.step == .stop {
          stop(verdict.reason)
        } else {
          try move(entry, to: .parked, verdict.reason)
        }
        return
      }
    }
  }

  private func isWithinWindow(_ entry: OutboxEntry) -> Bool {
    guard honoursIDs, let first = outbox.read({ $0.entries[entry.identity]?.firstReserved }) else {
      return false
    }
    return time.now.since(first) <= settings.repeatWindow
  }

  private func mayRepeat(_ entry: OutboxEntry) -> Bool {
    guard isWithinWindow(entry), let phone = entry.recipient,
      let current = outbox.read({ $0.entries[entry.identity] })
    else { return false }
    let now = time.now
    return current.attempts < settings.maximumAttempts && current.expires > now
      && !outbox.read { $0.hasOptedOut(phone) } && !settings.quietHours.isQuiet(at: now)
  }

  /// Keeps what an answer tells about the recipient: WhatsApp may file the chat under an opaque id.
  private func remember(_ verdict: SendVerdict, _ phone: PhoneNumber) throws {
    guard let chat = verdict.chat, chat.hasSuffix("@lid"), outbox.read({ $0.aliases[chat] }) == nil else {
      return
    }
    try outbox.append([.alias(chat, phone, at: time.now)])
  }

  /// Looks for a message that a person has put back into the plan.
  ///
  /// - Returns: Whether it is there, or `nil` when that could not be found out.
  func isThereAlready(_ entry: OutboxEntry) async throws -> Bool? {
    switch await lookOnce(entry) {
    case .found(let acknowledgement):
      try move(entry, to: .accepted, "looked_up")
      if acknowledgement.isProof { try move(entry, to: .confirmed, "looked_up") }
      return true
    case .missing: return false
    case .undecided(let error):
      if error.code == .unauthorized || error.code == .unreachable { stopped = StopReason(error) }
      return nil
    }
  }

  func chat(of phone: PhoneNumber) -> String {
    chats[phone] ?? outbox.read { $0.numbers[phone]?.chat } ?? WAHAClient.chat(for: phone)
  }

  private enum Sight {
    case found(Acknowledgement)
    case missing
    case undecided(WAHAError)
  }

  /// Looks a few times, because storing lags behind sending.
  private func look(_ entry: OutboxEntry) async throws -> Sight {
    var sight = Sight.missing
    // At least one look, whatever is configured: without one, a repeat would be blind.
    for pause in settings.lookUpPauses.isEmpty ? [.zero] : settings.lookUpPauses {
      try await time.sleep(pause)
      sight = await lookOnce(entry)
      if case .found = sight { return sight }
    }
    return sight
  }

  private func lookOnce(_ entry: OutboxEntry) async -> Sight {
    do throws(WAHAError) {
      let found: Acknowledgement?
      if honoursIDs {
        found = try await waha.acknowledgement(of: entry.messageID)
      } else {
        guard let phone = entry.recipient else { return .missing }
        let current = outbox.read { $0.entries[entry.identity] }
        found = try await waha.acknowledgement(
          ofText: entry.text, chat: chat(of: phone),
          since: current?.firstReserved ?? entry.changed)
      }
      return found.map { .found($0) } ?? .missing
    } catch {
      return .undecided(error)
    }
  }

  /// Reads acknowledgements of what was accepted; what is not confirmed is reported, never repeated.
  func confirm() async throws {
    if stopped != nil { return }
    let now = time.now
    for entry in outbox.content.entries(in: .accepted) where now.since(entry.changed) < .seconds(86_400) {
      switch await lookOnce(entry) {
      case .found(let acknowledgement):
        if acknowledgement.isProof { try move(entry, to: .confirmed) }
      case .missing: continue
      case .undecided:
        // The next run looks again; nothing is decided by a look that failed.
        return
      }
    }
  }
}
