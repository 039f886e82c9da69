public import Model
import Store

/// A snapshot and what there is to say about it.
public struct SnapshotReport: Sendable {
  /// The orders.
  public var snapshot: OrderSnapshot
  /// What was left out or came short.
  public var findings: [Finding]
  /// Pages of orders that were read.
  public var pages: Int
  /// Orders whose entries were asked for.
  public var entriesAsked: Int

  /// Orders whose entries could not be read; the next snapshot asks again.
  public var withoutEntries: Int { snapshot.orders.count { $0.entries == nil } }
}

/// Makes snapshots, from the API or from saved answers.
public enum SnapshotService {
  /// How far back the orders are looked at: returns run 14 days, preorders 30.
  public static let lookBack = Duration.seconds(35 * 86_400)

  /// Reads all orders of the look-back.
  ///
  /// Entries are asked for only where an order is new or has changed.
  ///
  /// - Parameters:
  ///   - api: The reader.
  ///   - previous: The last snapshot, whose entries are taken over.
  ///   - now: The moment of the snapshot.
  ///   - lookBack: How far back.
  /// - Returns: The snapshot; nothing is written.
  /// - Throws: ``OrdersError`` when any page failed or the token was refused.
  public static func take(
    _ api: OrdersAPI, previous: OrderSnapshot?, now: Instant, lookBack: Duration = lookBack
  ) async throws(OrdersError) -> SnapshotReport {
    let reading = try await api.orders(from: now.advanced(by: .zero - lookBack), to: now)
    var snapshot = OrderSnapshot(taken: now, orders: reading.orders)
    var findings = reading.findings
    let known = Dictionary(
      (previous?.orders ?? []).map { ($0.code, $0) }, uniquingKeysWith: { first, _ in first })
    var wanted: [Int] = []
    for index in snapshot.orders.indices {
      if var old = known[snapshot.orders[index].code], let entries = old.entries {
        old.entries = nil
        if old == snapshot.orders[index] {
          snapshot.orders[index].entries = entries
          continue
        }
      }
      wanted.append(index)
    }
    let answers = await api.entries(of: wanted.map { snapshot.orders[$0] })
    for (index, answer) in zip(wanted, answers) {
      switch answer {
      case .success(let entries): snapshot.orders[index].entries = entries
      case .failure(let error) where error.code == .refused: throw error
      case .failure(let error):
        // The lines of an order do not change; what was known before still holds.
        snapshot.orders[index].entries = known[snapshot.orders[index].code]?.entries
        findings.append(
          Finding(
            rule: "entries-not-read", severity: .warning, place: Place(error.source),
            message: "The lines of order \(snapshot.orders[index].code) were not read: \(error.detail).",
            hint: "The next snapshot asks again."))
      }
    }
    return SnapshotReport(
      snapshot: snapshot, findings: findings, pages: reading.pages, entriesAsked: wanted.count)
  }

  /// Makes a snapshot from saved answers of the API.
  ///
  /// - Parameters:
  ///   - pages: Answers of `/orders`, each with the name it is known by.
  ///   - entries: One JSON object from order id to the answer of `/orders/{id}/entries`, or `nil`.
  ///   - taken: The moment that the snapshot stands for.
  /// - Returns: The snapshot; nothing is written.
  /// - Throws: ``OrdersError`` with code `badFile` and the file's name.
  public static func saved(
    pages: [(name: String, bytes: [UInt8])], entries: (name: String, bytes: [UInt8])?, taken: Instant
  ) throws(OrdersError) -> SnapshotReport {
    var orders: [Order] = []
    var findings: [Finding] = []
    for page in pages {
      do throws(OrdersError) {
        let decoded = try OrderDecoder.page(page.bytes, source: page.name, isSaved: true)
        orders += decoded.orders
        findings += decoded.findings
      } catch {
        throw OrdersError(code: .badFile, source: error.source, detail: error.detail)
      }
    }
    if let entries {
      let map: [String: JSONValue]
      do throws(OrdersError) {
        guard let object = try OrderDecoder.parse(entries.bytes, entries.name).object else {
          throw OrdersError(
            code: .badFile, source: entries.name, detail: "no object from order id to entries")
        }
        map = object
      } catch {
        throw OrdersError(code: .badFile, source: error.source, detail: error.detail)
      }
      for index in orders.indices {
        guard let answer = map[orders[index].id] ?? map[orders[index].code], !answer.isNull else { continue }
        do throws(OrdersError) {
          orders[index].entries = try OrderDecoder.entries(answer, source: entries.name).map(\.entry)
        } catch {
          // One order's lines that cannot be read leave that order without lines, not the shop without orders.
          findings.append(
            Finding(
              rule: "entries-not-read", severity: .warning, place: Place(entries.name),
              message: "The lines of order \(orders[index].code) were not read: \(error.detail)."))
        }
      }
    }
    var snapshot = OrderSnapshot(taken: taken, orders: orders)
    snapshot.isSaved = true
    return SnapshotReport(snapshot: snapshot, findings: findings, pages: pages.count, entriesAsked: 0)
  }
}
