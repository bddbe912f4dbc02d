extension SigmaMapping {
  /// Services of Windows whose events are told by their channels alone, and have the names of Windows below
  /// `winlog.event_data.`.
  ///
  /// Source: the log sources in tests/thor.yml of github.com/SigmaHQ/sigma, and those of pySigma's pipelines for Windows. What they
  /// name by the provider has a `*`, since the channels of some have more behind it.
  static let plainChannels: [(service: String, channels: [String])] = [
    ("application", ["Application"]), ("system", ["System"]),
    ("appmodel-runtime", ["Microsoft-Windows-AppModel-Runtime/Admin"]),
    (
      "application-experience",
      [
        "Microsoft-Windows-Application-Experience/Program-Telemetry",
        "Microsoft-Windows-Application-Experience/Program-Compatibility-Assistant",
      ]
    ),
    (
      "applocker",
      ["MSI and Script", "EXE and DLL", "Packaged app-Deployment", "Packaged app-Execution"].map {
        "Microsoft-Windows-AppLocker/\($0)"
      }
    ),
    ("appxdeployment-server", ["Microsoft-Windows-AppXDeploymentServer/Operational"]),
    ("appxpackaging-om", ["Microsoft-Windows-AppxPackaging/Operational"]),
    ("bitlocker", ["Microsoft-Windows-BitLocker/BitLocker Management"]),
    ("bits-client", ["Microsoft-Windows-Bits-Client/Operational"]),
    ("capi2", ["Microsoft-Windows-CAPI2/Operational"]),
    (
      "certificateservicesclient-lifecycle-system",
      ["Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational"]
    ),
    ("codeintegrity-operational", ["Microsoft-Windows-CodeIntegrity/Operational"]),
    ("dhcp", ["Microsoft-Windows-DHCP-Server/Operational"]),
    ("diagnosis-scripted", ["Microsoft-Windows-Diagnosis-Scripted/Operational"]),
    ("dns-client", ["Microsoft-Windows-DNS Client Events/Operational"]), ("dns-server", ["DNS Server"]),
    ("dns-server-analytic", ["Microsoft-Windows-DNS-Server/Analytical"]),
    ("dns-server-audit", ["Microsoft-Windows-DNS-Server/Audit"]),
    ("driver-framework", ["Microsoft-Windows-DriverFrameworks-UserMode/Operational"]),
    ("firewall-as", ["Microsoft-Windows-Windows Firewall With Advanced Security/Firewall"]),
    ("hyper-v-worker", ["Microsoft-Windows-Hyper-V-Worker*"]),
    ("iis-configuration", ["Microsoft-IIS-Configuration/Operational"]),
    ("kernel-event-tracing", ["Microsoft-Windows-Kernel-EventTracing*"]),
    (
      "kernel-shimengine",
      ["Microsoft-Windows-Kernel-ShimEngine/Operational", "Microsoft-Windows-Kernel-ShimEngine/Diagnostic"]
    ),
    ("ldap", ["Microsoft-Windows-LDAP-Client/Debug"]), ("lsa-server", ["Microsoft-Windows-LSA/Operational"]),
    ("microsoft-servicebus-client", ["Microsoft-ServiceBus-Client*"]),
    ("servicebus-client", ["Microsoft-ServiceBus-Client*"]),
    ("msexchange-management", ["MSExchange Management"]), ("ntfs", ["Microsoft-Windows-Ntfs/Operational"]),
    ("ntlm", ["Microsoft-Windows-NTLM/Operational"]), ("openssh", ["OpenSSH/Operational"]),
    ("printservice-admin", ["Microsoft-Windows-PrintService/Admin"]),
    ("printservice-operational", ["Microsoft-Windows-PrintService/Operational"]),
    (
      "security-mitigations",
      ["Microsoft-Windows-Security-Mitigations/Kernel Mode", "Microsoft-Windows-Security-Mitigations/User Mode"]
    ),
    ("sense", ["Microsoft-Windows-SENSE/Operational"]), ("shell-core", ["Microsoft-Windows-Shell-Core/Operational"]),
    ("smbclient-connectivity", ["Microsoft-Windows-SmbClient/Connectivity"]),
    ("smbclient-security", ["Microsoft-Windows-SmbClient/Security"]),
    ("taskscheduler", ["Microsoft-Windows-TaskScheduler/Operational"]),
    (
      "terminalservices-localsessionmanager",
      ["Microsoft-Windows-TerminalServices-LocalSessionManager/Operational"]
    ),
    ("vhdmp", ["Microsoft-Windows-VHDMP/Operational"]),
    ("windefend", ["Microsoft-Windows-Windows Defender/Operational"]),
    ("wmi", ["Microsoft-Windows-WMI-Activity/Operational"]),
  ]
}
