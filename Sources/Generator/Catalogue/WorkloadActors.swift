/// The programs that run in the account, under roles of instances, containers and functions.
extension Persona {
  static var workloadActors: [Persona] {
    let objectContext = #""aws:s3:arn":"arn:aws:s3:::‹bucket›""#
    let parameterContext = #""PARAMETER_ARN":"arn:aws:ssm:‹region›:‹account›:parameter‹parameter›""#
    let noSuchKey = "The specified key does not exist."
    let storage: [Action] = [
      .object(150, "GetObject", prefix: "events").failing(28, "NoSuchKey", noSuchKey),
      .object(56, "GetObject", prefix: "media", suffix: ".webp").failing(25, "NoSuchKey", noSuchKey),
      .object(80, "PutObject", prefix: "events", isWrite: true),
      .object(40, "HeadObject", prefix: "exports", suffix: ".csv.gz").failing(60, "NoSuchKey", "Not Found"),
      .object(12, "DeleteObject", prefix: "tmp", suffix: ".json", isWrite: true),
      .s3(
        36, "ListObjects", request: #""prefix":"events/‹slashedDay›/","list-type":"2","max-keys":"1000""#,
        isObject: true, sent: "‹size›"
      ).named(permission: "s3:ListBucket"),
    ]
    let keys: [Action] = [
      .kms(120, "Decrypt", context: objectContext),
      .kms(60, "GenerateDataKey", context: objectContext, keySpec: true),
      .kms(26, "Decrypt", context: parameterContext),
    ]
    let agents: [Action] = [
      Action(
        90, "ssm", "UpdateInstanceInformation",
        #"{"instanceId":"‹instance›","agentVersion":"3.3.380.0","agentStatus":"Active","platformType":"Linux","#
          + #""platformName":"Amazon Linux","platformVersion":"2023","iPAddress":"10.20.‹number›.17","#
          + #""computerName":"‹instance›.‹region›.compute.internal","agentName":"amazon-ssm-agent"}"#
      ).writing(),
      Action(34, "ssm", "ListInstanceAssociations", #"{"instanceId":"‹instance›","maxResults":20}"#),
      Action(
        24, "ec2", "DescribeTags",
        #"{"maxResults":1000,"filterSet":{"items":[{"name":"resource-id","valueSet":{"items":[{"value":"‹instance›"}]}}]},"#
          + #""tagSet":{}}"#),
      Action(
        26, "ec2", "DescribeInstances", #"{"instancesSet":{"items":[{"instanceId":"‹instance›"}]},"filterSet":{}}"#),
    ]
    let configuration: [Action] = [
      Action(44, "ssm", "GetParameter", #"{"name":"‹parameter›","withDecryption":true}"#)
        .on(#"[{"accountId":"‹account›","ARN":"arn:aws:ssm:‹region›:‹account›:parameter‹parameter›"}]"#)
        .failing(20, "ParameterNotFound", "Parameter ‹parameter› not found."),
      Action(30, "ssm", "GetParameters", #"{"names":["‹parameter›","/shared/feature-flags"],"withDecryption":true}"#),
      .callerIdentity(30),
    ]
    let queues: [Action] = [
      Action(
        30, "sqs", "GetQueueAttributes",
        #"{"queueUrl":"https://sqs.‹region›.amazonaws.com/‹account›/‹queue›","attributeNames":["All"]}"#),
      Action(24, "dynamodb", "DescribeTable", #"{"tableName":"‹table›"}"#)
        .on(
          #"[{"accountId":"‹account›","type":"AWS::DynamoDB::Table","ARN":"#
            + #""arn:aws:dynamodb:‹region›:‹account›:table/‹table›"}]"#
        )
        .failing(
          12, "ResourceNotFoundException",
          "Requested resource not found: Table: ‹table› not found"),
      Action(
        20, "ecs", "DescribeTasks",
        #"{"cluster":"arn:aws:ecs:‹region›:‹account›:cluster/‹cluster›","tasks":["‹hexadecimal17›"]}"#),
    ]
    let functionLogs: [Action] = [
      Action(
        60, "logs", "CreateLogStream",
        #"{"logGroupName":"‹logGroup›","logStreamName":"‹slashedDay›/[$LATEST]‹hexadecimal17›"}"#
      ).writing().changed { $0.record.apiVersion = "20140328" },
      Action(6, "logs", "CreateLogGroup", #"{"logGroupName":"‹logGroup›"}"#).writing()
        .failing(700, "ResourceAlreadyExistsException", "The specified log group already exists"),
    ]
    return [
      Persona(
        cast: .workloads, weight: 300, rhythm: .traffic, run: 5, denied: 22, throttled: 5,
        actions: storage + keys + agents + configuration + queues),
      Persona(
        cast: .functions, weight: 120, rhythm: .traffic, run: 4, denied: 22, throttled: 3,
        actions: storage + keys + configuration + functionLogs),
      // Programs from before there were roles for everything, and those outside the cloud: users with long-lived keys.
      Persona(
        cast: .machineUsers, weight: 190, rhythm: .steady, run: 6, denied: 24, throttled: 4,
        actions: storage + keys.prefix(2) + queues.prefix(1) + [.callerIdentity(16)]),
      // Database proxies read the secrets that they log in with.
      Persona(
        cast: .secretReaders, weight: 3, rhythm: .steady, run: 1, isDirect: false,
        actions: [
          Action(
            1, "secretsmanager", "GetSecretValue",
            #"{"secretId":"arn:aws:secretsmanager:‹region›:‹account›:secret:‹secret›"}"#)
        ]),
    ]
  }
}
