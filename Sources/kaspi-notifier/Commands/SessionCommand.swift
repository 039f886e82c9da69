import ArgumentParser
import Console
import Model
import Notify
import Store

/// `session status|start|stop|restart|logout|link`.
struct SessionCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "session", abstract: "Look at the WhatsApp session, or link it.",
    subcommands: [Status.self, Start.self, Stop.self, Restart.self, Logout.self, Link.self])

  struct Status: Command {
    static let configuration = CommandConfiguration(abstract: "Say whether messages can be sent.")
    @OptionGroup var common: CommonOptions
    @OptionGroup var shops: ShopOptions

    func execute(_ context: CommandContext) async throws -> ExitStatus {
      try await withSession(shops, context) { waha, _ in
        let server = try await waha.server()
        let session = try await waha.sessionInfo()
        let advice = SessionAdvice.of(session.status)
        context.terminal.say("WAHA \(server.version), engine \(server.engine)")
        context.terminal.say("session \(waha.session): \(session.status.wire)")
        if let account = session.account { context.terminal.say("  account \(account)") }
        context.terminal.say("  \(advice.sentence)")
        context.terminal.document([
          "format": 1, "version": .string(server.version), "engine": .string(server.engine),
          "honours_ids": .bool(server.honoursIDs), "session": .string(waha.session),
          "status": .string(session.status.wire), "advice": .string(advice.sentence),
        ])
        return advice == .send ? .done : .failed
      }
    }
  }

  struct Start: Command {
    static let configuration = CommandConfiguration(abstract: "Start the session and wait until it works.")
    @OptionGroup var common: CommonOptions
    @OptionGroup var shops: ShopOptions
    @Flag(help: "Say where the session stands, change nothing.") var dryRun = false

    func execute(_ context: CommandContext) async throws -> ExitStatus {
      try await withSession(shops, context) { waha, time in
        if dryRun { return try await rehearse("started", waha, context) }
        try await waha.start()
        return try await ready(waha, time, context)
      }
    }
  }

  struct Stop: Command {
    static let configuration = CommandConfiguration(abstract: "Stop the session; the link is kept.")
    @OptionGroup var common: CommonOptions
    @OptionGroup var shops: ShopOptions
    @Flag(help: "Say where the session stands, change nothing.") var dryRun = false

    func execute(_ context: CommandContext) async throws -> ExitStatus {
      try await withSession(shops, context) { waha, _ in
        if dryRun { return try await rehearse("stopped", waha, context) }
        try await waha.stop()
        context.terminal.say("session \(waha.session): stopped; 'session start' goes on with the same link")
        context.terminal.document(["format": 1, "session": .string(waha.session), "stopped": true])
        return .done
      }
    }
  }

  struct Restart: Command {
    static let configuration = CommandConfiguration(abstract: "Restart the session; the link is kept.")
    @OptionGroup var common: CommonOptions
    @OptionGroup var shops: ShopOptions
    @Flag(help: "Say where the session stands, change nothing.") var dryRun = false

    func execute(_ context: CommandContext) async throws -> ExitStatus {
      try await withSession(shops, context) { waha, time in
        if dryRun { return try await rehearse("restarted", waha, context) }
        try await waha.restart()
        return try await ready(waha, time, context)
      }
    }
  }

  struct Logout: Command {
    static let configuration = CommandConfiguration(
      abstract: "Drop the link to the phone; it must be linked again afterwards.")
    @OptionGroup var common: CommonOptions
    @OptionGroup var shops: ShopOptions
    @Flag(help: "Say where the session stands, change nothing.") var dryRun = false

    func execute(_ context: CommandContext) async throws -> ExitStatus {
      try await withSession(shops, context) { waha, _ in
        if dryRun { return try await rehearse("logged out", waha, context) }
        try await waha.logout()
        context.terminal.say("session \(waha.session): logged out")
        context.terminal.document(["format": 1, "session": .string(waha.session)])
        return .done
      }
    }
  }

  struct Link: Command {
    static let configuration = CommandConfiguration(
      abstract: "Link the shop's phone by a pairing code.",
      discussion: "On the phone: Linked devices, Link a device, Link with phone number; type the code there.")
    @OptionGroup var common: CommonOptions
    @OptionGroup var shops: ShopOptions

    @Option(help: "The shop's own WhatsApp number.")
    var phone: String

    @Option(help: "Seconds to wait for the phone; a code lives about 160.")
    var wait = 160

    @Flag(help: "Say where the session stands, ask for no code.")
    var dryRun = false

    func execute(_ context: CommandContext) async throws -> ExitStatus {
      guard let number = PhoneNumber(phone) else {
        throw CommandError(
          .usage, what: "this is no telephone number", place: "--phone",
          remedy: "Write it like +7 701 123 45 67.")
      }
      return try await withSession(shops, context) { waha, time in
        if dryRun { return try await rehearse("linked to \(number)", waha, context) }
        let before = try await waha.waitForLinking(time)
        if before == .working {
          context.terminal.say("session \(waha.session) is linked already")
          context.terminal.document(["format": 1, "linked": true])
          return .done
        }
        guard before == .scanCode else { return notLinked(before, code: nil, context) }
        let code = try await waha.requestCode(for: number)
        // Whoever types the code needs it before the document that ends with it.
        let line = "code: \(code)"
        if context.terminal.manner.json { context.terminal.remark(line) } else { context.terminal.say(line) }
        context.terminal.remark(
          "On the phone \(number): Linked devices, Link a device, Link with phone number.")
        let end = time.now.advanced(by: .seconds(wait))
        var told = wait + 1
        while true {
          let session = try await waha.sessionInfo()
          let left = max(0, Int(end.since(time.now).components.seconds))
          switch session.status {
          case .working:
            context.terminal.say("linked" + (session.account.map { " to \($0)" } ?? ""))
            context.terminal.document(["format": 1, "code": .string(code), "linked": true])
            return .done
          case .scanCode where left > 0, .starting where left > 0:
            if told - left >= 20 || told > wait {
              context.terminal.remark("\(left) s left to type the code")
              told = left
            }
            try await time.sleep(.seconds(2))
          default: return notLinked(session.status, code: code, context)
          }
        }
      }
    }

    private func notLinked(
      _ status: SessionStatus, code: String?, _ context: CommandContext
    ) -> ExitStatus {
      let advice: String =
        switch status {
        case .failed, .scanCode:
          "The code has run out: run 'kaspi-notifier session link' again. After a few codes WhatsApp refuses for hours."
        default: SessionAdvice.of(status).sentence
        }
      context.terminal.say("not linked (\(status.wire)): \(advice)")
      context.terminal.document([
        "format": 1, "code": code.map { .string($0) } ?? .null, "linked": false,
        "status": .string(status.wire), "advice": .string(advice),
      ])
      return .failed
    }
  }
}

/// Opens WAHA for the session of the workspace.
private func withSession(
  _ shops: ShopOptions, _ context: CommandContext, _ body: (WAHAClient, Timekeeper) async throws -> ExitStatus
) async throws -> ExitStatus {
  guard let job = try shops.jobs(context).first else { return .done }
  return try await job.withClient { client in try await body(try await job.waha(client), job.time) }
}

/// Says where a session stands that a command would change.
private func rehearse(
  _ change: String, _ waha: WAHAClient, _ context: CommandContext
) async throws -> ExitStatus {
  let status = try await waha.sessionInfo().status
  context.terminal.say("session \(waha.session) is \(status.wire); it would be \(change)")
  context.terminal.document([
    "format": 1, "dry_run": true, "session": .string(waha.session), "status": .string(status.wire),
  ])
  return .done
}

private func ready(_ waha: WAHAClient, _ time: Timekeeper, _ context: CommandContext) async throws
  -> ExitStatus
{
  let session = try await SessionKeeper(waha, time: time).makeReady()
  let advice = SessionAdvice.of(session.status)
  context.terminal.say("session \(waha.session): \(session.status.wire). \(advice.sentence)")
  context.terminal.document([
    "format": 1, "session": .string(waha.session), "status": .string(session.status.wire),
  ])
  return advice == .send ? .done : .failed
}
