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
      if stopped != .interrupted { try await settle(entry, .mayWait) }
      return .done
    case .notSent, .refused:
      return try await handle(verdict, entry, phone, &tries)
    }
  }

  func send(_ entry: OutboxEntry, chat: String) async -> SendVerdict {
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
  func stop(_ reason: String) -> Ending {
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

  /// Keeps what an answer tells about the recipient: WhatsApp may file the chat under an opaque id.
  func remember(_ verdict: SendVerdict, _ phone: PhoneNumber) throws {
    guard let chat = verdict.chat, chat.hasSuffix("@lid"), outbox.read({ $0.aliases[chat] }) == nil else {
      return
    }
    try outbox.append([.alias(chat, phone, at: time.now)])
  }

  func chat(of phone: PhoneNumber) -> String {
    chats[phone] ?? outbox.read { $0.numbers[phone]?.chat } ?? WAHAClient.chat(for: phone)
  }

  /// Reads acknowledgements of what was accepted; what is not confirmed is reported, never repeated.
  func confirm() async throws {
    if stopped != nil { return }
    let now = time.now
    var failures = 0
    for entry in outbox.content.entries(in: .accepted) where now.since(entry.changed) < .seconds(86_400) {
      switch await lookOnce(entry) {
      case .found(let acknowledgement):
        failures = 0
        if acknowledgement.isProof { try move(entry, to: .confirmed) }
      case .missing, .behind: failures = 0
      case .undecided(let error):
        // The next run looks again; nothing is decided by a look that failed, and many in a row tell of more.
        failures += 1
        if !error.isPassing || failures > 3 { return }
      }
    }
  }
}
