/// The parts of one record, each as the JSON text that stands after its key, and the order in which CloudTrail writes them.
///
/// Used in two ways: with the text of an actual record, and with slots in it as the pattern of a `Template`.
/// Strings that stand between quotes in the record are escaped already.
struct RecordText {
  var version = "1.11"
  var identity = "‹identity›"
  var time = "‹time›"
  var service: String
  var name: String
  var region = "‹region›"
  var address = "‹address›"
  var agent = "‹agent›"
  var errorCode: String?
  var errorMessage: String?
  var request = "null"
  var response = "null"
  var additional: String?
  var requestID: String? = "‹uuid›"
  var eventID = "‹eventID›"
  var readOnly = true
  var resources: String?
  var eventType = "AwsApiCall"
  var apiVersion: String?
  var isData = false
  var recipient = "‹account›"
  var sharedEventID: String?
  var vpcEndpoint: String?
  /// The host that the client named in the TLS handshake; absent for calls that a service makes on its own.
  var host: String?
  var tlsVersion = "‹tls›"
  var fromConsole = false

  init(_ service: String, _ name: String) {
    self.service = service
    self.name = name
  }

  var json: String {
    var text = #"{"eventVersion":"\#(version)","userIdentity":\#(identity),"eventTime":"\#(time)""#
    text += #","eventSource":"\#(service).amazonaws.com","eventName":"\#(name)","awsRegion":"\#(region)""#
    text += #","sourceIPAddress":"\#(address)","userAgent":"\#(agent)""#
    if let errorCode { text += #","errorCode":"\#(errorCode)""# }
    if let errorMessage { text += #","errorMessage":"\#(errorMessage)""# }
    text += #","requestParameters":\#(request),"responseElements":\#(response)"#
    if let additional { text += #","additionalEventData":\#(additional)"# }
    if let requestID { text += #","requestID":"\#(requestID)""# }
    text += #","eventID":"\#(eventID)","readOnly":\#(readOnly)"#
    if let resources { text += #","resources":\#(resources)"# }
    text += #","eventType":"\#(eventType)""#
    if let apiVersion { text += #","apiVersion":"\#(apiVersion)""# }
    text += #","managementEvent":\#(!isData),"recipientAccountId":"\#(recipient)""#
    if let sharedEventID { text += #","sharedEventID":"\#(sharedEventID)""# }
    if let vpcEndpoint { text += #","vpcEndpointId":"\#(vpcEndpoint)""# }
    text += #","eventCategory":"\#(isData ? "Data" : "Management")""#
    if let host {
      text += #","tlsDetails":{\#(tlsVersion),"clientProvidedHostHeader":"\#(host)"}"#
    }
    if fromConsole { text += #","sessionCredentialFromConsole":"true""# }
    return text + "}"
  }
}
