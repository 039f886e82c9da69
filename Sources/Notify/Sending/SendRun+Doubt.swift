import Model

/// Messages of which nobody knows whether they left.
///
/// How such a message is told from one that did not leave is in <doc:OnceAndOnlyOnce>.
extension SendRun {
  /// How sure a decision about a message of unknown fate has to be.
  enum Settling {
    /// What cannot be decided well yet waits for a later message to tell how far the store has come.
    case mayWait
    /// Nothing more will come: patience has to do.
    case now
  }

  /// The identity of a message that WAHA has taken after the last attempt of another, by the journal.
  ///
  /// By it is seen how far WAHA's store has come.
  private func witness(for entry: OutboxEntry) -> String? {
    guard honoursIDs else { return nil }
    return outbox.read { content in
      guard let last = content.lastAccepted, let since = content.unknownSince[entry.identity],
        last.step > since
      else { return nil }
      return last.identity
    }
  }

  /// Finds out what became of a message, and repeats it under its id only where that is safe.
  ///
  /// What cannot be found out is put aside for a person; it is never sent again blindly.
  func settle(_ entry: OutboxEntry, _ settling: Settling) async throws {
    var hasLooked = doubtful.contains { $0.identity == entry.identity }
    doubtful.removeAll { $0.identity == entry.identity }
    while true {
      var sight = Sight.missing(isTold: false)
      if !hasLooked || witness(for: entry) != nil { sight = try await look(entry, settings.lookUpPauses) }
      hasLooked = false
      if case .missing(false) = sight, mayRepeat(entry), stopped == nil {
        if settling == .mayWait {
          doubtful.append(entry)
          return
        }
        sight = try await look(entry, settings.patientPauses)
      }
      switch sight {
      case .found(let acknowledgement):
        try move(entry, to: .accepted, "looked_up")
        if acknowledgement.isProof { try move(entry, to: .confirmed, "looked_up") }
        seenWitness = entry.identity
        return
      case .undecided(let error): return try leave(entry, error)
      case .behind:
        // Not even what WAHA has taken since is in its store: that ours is not there says nothing.
        notes.insert("store_lags")
        if !isWithinWindow(entry) { try move(entry, to: .parked, "not_found") }
        return
      case .missing: break
      }
      // A run that has to stop decides nothing that the next one, minutes later, can still decide better.
      if stopped != nil, isWithinWindow(entry) { return }
      guard stopped == nil, mayRepeat(entry), let phone = entry.recipient else {
        try move(entry, to: .parked, "not_found")
        return
      }
      if try await !goesAgain(entry, phone) { return }
    }
  }

  /// Sends a message again under its id.
  ///
  /// - Returns: Whether its fate is unknown again and has to be looked for.
  private func goesAgain(_ entry: OutboxEntry, _ phone: PhoneNumber) async throws -> Bool {
    try move(entry, to: .reserved, "repeated")
    let verdict = await send(entry, chat: chat(of: phone))
    switch verdict.outcome {
    case .accepted:
      try move(entry, to: .accepted, "repeated")
      try remember(verdict, phone)
      return false
    case .unknown:
      try move(entry, to: .unknown, verdict.reason)
      if verdict.step == .lookUpAndStop { stop(verdict.reason) }
      return stopped != .interrupted
    case .notSent, .refused:
      // This attempt did not leave, but the first one may have.
      try move(entry, to: .unknown, verdict.reason)
      if verdict.step == .stop {
        stop(verdict.reason)
      } else {
        try move(entry, to: .parked, verdict.reason)
      }
      return false
    }
  }

  /// What follows when the looks themselves failed.
  private func leave(_ entry: OutboxEntry, _ error: WAHAError) throws {
    switch error.code {
    case .refused, .notFound: try move(entry, to: .parked, "cannot_look_up")
    case .failed, .badAnswer:
      // While it could still be repeated the next run looks again; after that a person does.
      if !isWithinWindow(entry) { try move(entry, to: .parked, "cannot_look_up") }
    case .unauthorized, .unreachable, .notReady, .limited, .proxyPage:
      stopped = stopped ?? StopReason(error)
    }
  }

  /// Comes back to messages that waited for a later one.
  ///
  /// - Parameter settling: `.mayWait` only looks at those that a later message can tell something about.
  /// - Throws: As ``settle(_:_:)``.
  func settleDoubtful(_ settling: Settling) async throws {
    let many = doubtful.count >= Self.manyDoubts
    for entry in doubtful where stopped == nil {
      guard settling == .now || many || witness(for: entry) != nil else { continue }
      try await settle(entry, many ? .now : settling)
    }
  }

  /// With so many doubts at once something is wrong: first they are settled, then more is sent.
  private static let manyDoubts = 3

  private func isWithinWindow(_ entry: OutboxEntry) -> Bool {
    guard honoursIDs, let first = outbox.read({ $0.entries[entry.identity]?.firstReserved }) else {
      return false
    }
    return time.now.since(first) <= settings.repeatWindow
  }

  private func mayRepeat(_ entry: OutboxEntry) -> Bool {
    guard isWithinWindow(entry), let phone = entry.recipient,
      let current = outbox.read({ $0.entries[entry.identity] }), !ignoresIDs(current)
    else { return false }
    let now = time.now
    return current.attempts < settings.maximumAttempts && current.expires > now
      && !outbox.read { $0.hasOptedOut(phone) } && !settings.quietHours.isQuiet(at: now)
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
    case .missing, .behind: return false
    case .undecided(let error):
      if error.code == .unauthorized || error.code == .unreachable { stopped = StopReason(error) }
      return nil
    }
  }

  // MARK: Looking

  /// What a look has shown.
  enum Sight {
    case found(Acknowledgement)
    /// Not there; `isTold` when a message that was taken later is.
    case missing(isTold: Bool)
    /// Not there, and neither is a message that WAHA has taken later.
    case behind
    case undecided(WAHAError)
  }

  /// Looks a few times, because storing lags behind sending.
  ///
  /// A look that failed does not count. Beside each look goes one for the witness, so that both have had the same chances.
  private func look(_ entry: OutboxEntry, _ pauses: [Duration]) async throws -> Sight {
    let witness = witness(for: entry)
    // At least one look, whatever is configured: without one, a repeat would be blind.
    var pauses = (pauses.isEmpty ? [.zero] : pauses)[...]
    var spare = pauses.count
    while let pause = pauses.first {
      try await time.sleep(pause)
      switch await lookOnce(entry) {
      case .found(let acknowledgement): return .found(acknowledgement)
      case .missing, .behind: pauses = pauses.dropFirst()
      case .undecided(let error):
        guard error.isPassing, spare > 0 else { return .undecided(error) }
        spare -= 1
        continue
      }
      if let witness, witness != seenWitness, await isInStore(witness) { seenWitness = witness }
    }
    guard let witness else { return .missing(isTold: false) }
    return witness == seenWitness ? .missing(isTold: true) : .behind
  }

  private func isInStore(_ identity: String) async -> Bool {
    guard let id = outbox.read({ $0.entries[identity]?.messageID }) else { return false }
    for _ in 0..<3 {
      do throws(WAHAError) {
        return try await waha.acknowledgement(of: id) != nil
      } catch {
        if !error.isPassing { return false }
      }
    }
    return false
  }

  /// Whether a message was taken under another id than ours, this one or any of this run.
  ///
  /// Then ours protects from nothing, whatever the server's version promises: what is sent again is a second message.
  private func ignoresIDs(_ entry: OutboxEntry?) -> Bool {
    if entry?.reason == SendVerdict.foreignID {
      hasSeenForeignID = true
      notes.insert("ids_not_honoured")
    }
    return hasSeenForeignID
  }

  func lookOnce(_ entry: OutboxEntry) async -> Sight {
    do throws(WAHAError) {
      let current = outbox.read { $0.entries[entry.identity] }
      if honoursIDs {
        if let found = try await waha.acknowledgement(of: entry.messageID) { return .found(found) }
        guard ignoresIDs(current) else { return .missing(isTold: false) }
      }
      guard let phone = entry.recipient else { return .missing(isTold: false) }
      let found = try await waha.acknowledgement(
        ofText: entry.text, chat: chat(of: phone), since: current?.firstReserved ?? entry.changed)
      return found.map { .found($0) } ?? .missing(isTold: false)
    } catch {
      return .undecided(error)
    }
  }
}

extension WAHAError {
  /// Whether asking again at once may help.
  var isPassing: Bool {
    switch code {
    case .unreachable, .proxyPage, .failed, .badAnswer: true
    case .unauthorized, .notFound, .notReady, .limited, .refused: false
    }
  }
}
