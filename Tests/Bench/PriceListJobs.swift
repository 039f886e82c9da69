import Model
import PriceList
import Store
import SystemPackage

/// Writing, reading and judging price lists.
enum PriceListJobs {
  static let all: [String: @Sendable ([String]) async throws -> Work] = [
    "pricelist-table": table, "pricelist-schema": schema, "pricelist-write": write, "pricelist-read": read,
    "pricelist-stream": stream, "pricelist-validate": validate, "pricelist-lint": lint,
  ]

  /// `pricelist-table COUNT FILE`: generated offers as a table for peers: SKU, title, brand, price, stock in PP1 and PP2.
  @Sendable private static func table(_ arguments: [String]) async throws -> Work {
    let count = try BenchUsage.number(arguments, 0, "COUNT")
    let file = FilePath(try BenchUsage.argument(arguments, 1, "FILE"))
    return try await Work.measure {
      var text = ""
      for offer in GeneratedOffers.make(count) {
        let stocks = offer.availabilities.map { String($0.stock ?? 0) }
        let cells = [offer.sku.text, offer.model, offer.brand ?? "", "\(offer.pricing.lowest?.amount ?? 0)"]
        text += (cells + stocks).joined(separator: "\t") + "\n"
      }
      try AtomicFile.write(Array(text.utf8), to: file)
      return (count, text.utf8.count, count)
    }
  }

  /// `pricelist-schema FILE`: the schema for peers.
  @Sendable private static func schema(_ arguments: [String]) async throws -> Work {
    let file = FilePath(try BenchUsage.argument(arguments, 0, "FILE"))
    return try await Work.measure {
      try AtomicFile.write(Array(PriceListSchema.text.utf8), to: file)
      return (1, PriceListSchema.text.utf8.count, 1)
    }
  }

  /// `pricelist-write COUNT FILE`: generated offers to a durable file.
  @Sendable private static func write(_ arguments: [String]) async throws -> Work {
    let count = try BenchUsage.number(arguments, 0, "COUNT")
    let file = FilePath(try BenchUsage.argument(arguments, 1, "FILE"))
    let offers = GeneratedOffers.make(count)
    guard let merchant = MerchantID("14000001") else { throw BenchUsage(description: "no merchant") }
    return try await Work.measure {
      let pieces = try PieceFile(file)
      var list = try PriceListPieces(company: "Bench", merchant: merchant) { try pieces.append($0) }
      for offer in offers { try list.add(offer) }
      try list.finish()
      try pieces.commit()
      return (offers.count, Int(try FileStamp.of(file)?.size ?? 0), offers.count)
    }
  }

  /// `pricelist-stream FILE`: a file to offers, one after another; checked by the sum of prices.
  @Sendable private static func stream(_ arguments: [String]) async throws -> Work {
    let file = FilePath(try BenchUsage.argument(arguments, 0, "FILE"))
    return try await Work.measure {
      let pieces = try PieceReader(file)
      var (count, sum) = (0, 0)
      guard
        try PriceListReader.stream(
          { try pieces.next() },
          { offer in
            count += 1
            sum += offer.pricing.lowest?.amount ?? 0
          }) != nil
      else { throw BenchUsage(description: "not a plain price list") }
      return (count, pieces.position, sum)
    }
  }

  /// `pricelist-lint FILE`: a file against our own rules; checked by the number of findings.
  @Sendable private static func lint(_ arguments: [String]) async throws -> Work {
    let file = FilePath(try BenchUsage.argument(arguments, 0, "FILE"))
    return try await Work.measure {
      let bytes = try AtomicFile.read(file, maximumBytes: 1 << 30)
      let report = Linter.lint(bytes, source: "bench")
      return (1, bytes.count, report.findings.count)
    }
  }

  /// `pricelist-read FILE`: a file to offers; checked by the sum of prices.
  @Sendable private static func read(_ arguments: [String]) async throws -> Work {
    let file = FilePath(try BenchUsage.argument(arguments, 0, "FILE"))
    return try await Work.measure {
      let bytes = try AtomicFile.read(file, maximumBytes: 1 << 30)
      let reading = try PriceListReader.read(bytes, source: "bench", maximumBytes: 1 << 30)
      let sum = reading.offers.reduce(0) { $0 + ($1.pricing.lowest?.amount ?? 0) }
      return (reading.offers.count, bytes.count, sum)
    }
  }

  /// `pricelist-validate FILE`: a file against the schema.
  @Sendable private static func validate(_ arguments: [String]) async throws -> Work {
    let file = FilePath(try BenchUsage.argument(arguments, 0, "FILE"))
    return try await Work.measure {
      let violations = try PriceListSchema.validate(file: file.string)
      return (1, Int(try FileStamp.of(file)?.size ?? 0), violations.count)
    }
  }
}
