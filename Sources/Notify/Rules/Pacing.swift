public import Model

/// How slowly messages go out, so that nobody is flooded and the account stays trusted.
///
/// Zero is allowed everywhere: a zero cap sends nothing, a zero gap or block means none.
public struct Pacing: Sendable, Hashable {
  /// Pause between two messages, drawn evenly.
  public var gap: ClosedRange<Duration>
  /// Messages between two long pauses; 0 for no long pauses.
  public var block: Int
  /// The long pause, drawn evenly.
  public var blockPause: ClosedRange<Duration>
  /// Most messages in any 60 minutes.
  public var hourly: Int
  /// Most messages on one Almaty day.
  public var daily: Int
  /// Most messages on one Almaty day to people the shop has never written to.
  public var dailyNew: Int
  /// Whether "typing…" is shown before a text.
  public var showsTyping: Bool

  /// Makes a pace.
  ///
  /// - Parameters:
  ///   - gap: Pause between two messages.
  ///   - block: Messages between two long pauses.
  ///   - blockPause: The long pause.
  ///   - hourly: Most messages in 60 minutes.
  ///   - daily: Most messages a day.
  ///   - dailyNew: Most messages a day to new people.
  ///   - showsTyping: Whether "typing…" is shown.
  public init(
    gap: ClosedRange<Duration> = .seconds(30) ... .seconds(60), block: Int = 20,
    blockPause: ClosedRange<Duration> = .seconds(300) ... .seconds(600), hourly: Int = 60, daily: Int = 300,
    dailyNew: Int = 20, showsTyping: Bool = true
  ) {
    self.gap = gap
    self.block = block
    self.blockPause = blockPause
    self.hourly = hourly
    self.daily = daily
    self.dailyNew = dailyNew
    self.showsTyping = showsTyping
  }

  /// The pace without any pause or cap, for tests and rehearsals.
  public static let unlimited = Pacing(
    gap: .zero ... .zero, block: 0, blockPause: .zero ... .zero, hourly: .max, daily: .max, dailyNew: .max,
    showsTyping: false)

  /// What stands in the way of a message.
  public enum Obstacle: String, Sendable, Hashable {
    /// The pause after the last message.
    case gap
    /// The long pause after a block.
    case blockPause = "block_pause"
    /// Enough for this hour.
    case hourly
    /// Enough for today.
    case daily
    /// Enough new people for today.
    case dailyNew = "daily_new"
  }

  /// When the next message may go.
  public enum Permission: Sendable, Hashable {
    /// At once.
    case now
    /// Not before a moment.
    case wait(until: Instant, Obstacle)
  }

  /// Asks for the next message.
  ///
  /// Everything follows from what the journal says about earlier attempts, so a restart changes nothing but the
  /// random part of the pause.
  ///
  /// - Parameters:
  ///   - now: The moment of asking.
  ///   - isNew: Whether the recipient has never been written to.
  ///   - history: Earlier attempts of this shop, in order of time.
  ///   - random: Draws the pauses.
  /// - Returns: Now, or the first moment at which no rule speaks against it.
  public func permission(
    now: Instant, isNew: Bool, history: [SendAttempt], random: inout some RandomNumberGenerator
  ) -> Permission {
    let today = Day(of: now)
    let midnight = today.start
    let tomorrow = Day(number: today.number + 1).start
    let hour = Duration.seconds(3600)
    let hourAgo = now.advanced(by: .zero - hour)
    var (sentToday, newToday, lastHour): (Int, Int, [Instant]) = (0, 0, [])
    // From the youngest back; in order of time, but for clocks that were set back, so a few old ones end it.
    var old = 0
    for attempt in history.reversed() where attempt.at <= now.advanced(by: hour) {
      if attempt.at < midnight, attempt.at <= hourAgo {
        old += 1
        if old > 64 { break }
        continue
      }
      if attempt.at >= midnight {
        sentToday += 1
        if attempt.isNew { newToday += 1 }
      }
      if attempt.at > hourAgo { lastHour.append(attempt.at) }
    }
    if sentToday >= daily { return .wait(until: tomorrow, .daily) }
    if isNew, newToday >= dailyNew { return .wait(until: tomorrow, .dailyNew) }
    if lastHour.count >= hourly {
      let freed = hourly == 0 ? now.advanced(by: hour) : lastHour[hourly - 1].advanced(by: hour)
      return .wait(until: freed, .hourly)
    }
    // What lies more than an hour ahead was made under another clock, by `--now`: no pause counts from it.
    guard let last = history.last, last.at <= now.advanced(by: hour) else { return .now }
    let isBlockOver = block > 0 && sentToday > 0 && sentToday.isMultiple(of: block)
    let pause = Self.draw(isBlockOver ? blockPause : gap, &random)
    let free = last.at.advanced(by: pause)
    return free <= now ? .now : .wait(until: free, isBlockOver ? .blockPause : .gap)
  }

  /// Time to show "typing…": as long as the text would take a quick writer, 2 to 5 seconds.
  ///
  /// - Parameter text: The text to come.
  /// - Returns: Zero when typing is not shown.
  public func typingTime(for text: String) -> Duration {
    showsTyping ? .milliseconds(min(5000, max(2000, text.unicodeScalars.count * 15))) : .zero
  }

  static func draw(_ range: ClosedRange<Duration>, _ random: inout some RandomNumberGenerator) -> Duration {
    let low = range.lowerBound.milliseconds
    let high = max(low, range.upperBound.milliseconds)
    return .milliseconds(Int64.random(in: low...high, using: &random))
  }
}

/// One attempt to send, as the journal remembers it.
public struct SendAttempt: Sendable, Hashable {
  /// When it was reserved.
  public var at: Instant
  /// Whether the recipient was new then.
  public var isNew: Bool

  /// Makes an attempt.
  ///
  /// - Parameters:
  ///   - at: When it was reserved.
  ///   - isNew: Whether the recipient was new then.
  public init(at: Instant, isNew: Bool) {
    self.at = at
    self.isNew = isNew
  }
}

extension Duration {
  /// Whole milliseconds, rounded down.
  var milliseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1000 + attoseconds / 1_000_000_000_000_000
  }
}
