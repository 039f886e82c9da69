import Model

/// Sends exactly what is planned, in order, each message once.
public struct Sender: Sendable {
  private let waha: WAHAClient
  private let settings: SendSettings
  private let time: Timekeeper
  private let seed: UInt64
  private let media: MediaSource?

  /// Makes a sender.
  ///
  /// - Parameters:
  ///   - waha: Where messages go.
  ///   - settings: How.
  ///   - time: Tells the time and waits.
  ///   - seed: Draws the pauses.
  ///   - media: Reads the pictures and documents behind texts; `nil` sends none.
  public init(
    waha: WAHAClient, settings: SendSettings, time: Timekeeper, seed: UInt64, media: MediaSource? = nil
  ) {
    self.waha = waha
    self.settings = settings
    self.time = time
    self.seed = seed
    self.media = media
  }

  /// Sends what is due.
  ///
  /// First every message whose fate is not known is looked up: those a killed run left behind too. Then the
  /// planned ones go out, then acknowledgements are read. When the run is called off, everything done so far is
  /// in the journal and in the report.
  ///
  /// - Parameters:
  ///   - outbox: The open outbox; the caller holds the shop's lock.
  ///   - progress: Called after each planned message with the number done and the number in all.
  /// - Returns: What was done; a run that had to stop says why.
  /// - Throws: `StoreError` when the journal cannot be written: then nothing more is sent.
  public func run(
    _ outbox: Outbox, progress: (Int, Int) -> Void = { _, _ in }
  ) async throws -> SendReport {
    let run = SendRun(outbox: outbox, waha: waha, settings: settings, time: time, seed: seed, media: media)
    try await run.all(progress)
    return run.report
  }
}
