/// Callers from other accounts, and the rare root and federated users.
extension Persona {
  static var outsideActors: [Persona] {
    [
      Persona(
        cast: .vendor, weight: 8, rhythm: .steady, run: 1, denied: 12,
        actions: [
          Action.assumeRole(1, session: "observability-integration").changed { $0.record.sharedEventID = "‹uuid›" }
        ]),
      Persona(
        cast: .outsiders, weight: 14, rhythm: .traffic, run: 3, denied: 40,
        actions: [
          Action.object(10, "GetObject", prefix: "published").changed { $0.record.sharedEventID = "‹uuid›" },
          Action.object(3, "HeadObject", prefix: "published").changed { $0.record.sharedEventID = "‹uuid›" },
        ]),
      Persona(
        cast: .roots, weight: 1, rhythm: .office, run: 4, isConsole: true, isHomeOnly: true,
        actions: [
          Action(4, "iam", "GetAccountSummary", global: true),
          Action(3, "health", "DescribeEventAggregates", #"{"aggregateField":"eventTypeCategory"}"#, global: true),
          Action(2, "ce", "GetCostAndUsage", #"{"granularity":"MONTHLY","metrics":["UnblendedCost"]}"#, global: true),
        ]),
      Persona(
        cast: .federated, weight: 2, rhythm: .office, run: 4, denied: 30,
        actions: [
          .callerIdentity(2),
          .object(6, "GetObject", prefix: "exports", suffix: ".csv.gz"),
          describe(3, "DescribeInstances", #"{"instancesSet":{},"filterSet":{}}"#),
        ]),
    ]
  }
}
