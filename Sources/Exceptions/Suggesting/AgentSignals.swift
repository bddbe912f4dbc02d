/// What a user agent says about who is at work.
enum AgentSignals {
  /// Tools that change infrastructure from a description of it, by what their user agents hold, in lower case.
  private static let infrastructureTools = [
    ("terraform", "Terraform"), ("opentofu", "OpenTofu"), ("pulumi", "Pulumi"),
    ("cloudformation.amazonaws.com", "CloudFormation"), ("aws-cdk", "AWS CDK"), ("ansible", "Ansible"),
    ("crossplane", "Crossplane"), ("upbound-provider-aws", "Crossplane"), ("eksctl", "eksctl"), ("kops", "kOps"),
    ("serverless", "Serverless Framework"),
  ]

  /// The name of the tool for infrastructure as code that a user agent belongs to.
  static func infrastructureTool(_ agent: String) -> String? {
    let agent = agent.lowercased()
    return infrastructureTools.first { agent.contains($0.0) }?.1
  }

  static func isAttackTool(_ agent: String) -> Bool {
    let agent = agent.lowercased()
    return AttackTools.words.contains { agent.contains($0) }
  }

  /// The first product of a user agent, for a title.
  static func title(_ agent: String) -> String {
    if let tool = infrastructureTool(agent) { return tool }
    let word = agent.split(whereSeparator: { " /[(".contains($0) }).first.map(String.init) ?? agent
    return String(word.prefix(40))
  }
}
