import Alerts
import Detection
import Events

/// The alerts that a folder keeps, for rules over alerts that are asked by themselves.
public struct KeptAlerts: Sendable {
  /// Without alerts that are contradicted.
  public var supply = AlertSupply()
  /// Those of the rules asked for that have run in the folder: what they raise is there.
  public var haveRun: Set<String>
  /// Alerts that are damaged, which are left out.
  public var damaged: [DamagedAlert] = []

  /// Reads them. Throws `AlertStoreError`.
  ///
  /// - Parameters:
  ///   - remade: the ids of rules whose alerts are made anew, and are left out.
  ///   - names: the names of rules by their ids, as far as they are known.
  public init(_ store: AlertStore, without remade: Set<String>, names: [String: String]) throws {
    haveRun = Set(try store.knownStates(of: names.keys.sorted()).filter { $0.value.lastTick != nil }.keys)
      .subtracting(remade)
    var (bytes, counts): (Int, [String: Int]) = (0, [:])
    let damaged = try store.forEachAlert(from: Timestamp(milliseconds: .min)) { stored in
      guard !remade.contains(stored.ruleID) else { return }
      let document = try stored.document()
      guard bytes + document.count <= AlertSupply.mostBytes else {
        supply.account.left += 1
        return
      }
      bytes += document.count
      counts[stored.ruleID, default: 0] += 1
      supply.alerts.append(
        KnownAlert(id: stored.id, ruleID: stored.ruleID, tick: stored.tick, document: document))
    }
    self.damaged = damaged.filter { !remade.contains($0.ruleID) }
    supply.account.kept = AlertSupply.sorted(
      counts.map { AlertSupply.Source(ruleID: $0, ruleName: names[$0] ?? $0, alerts: $1) })
  }
}
