/// Every persona. The weights follow what trails of accounts in use hold: mostly machines that read.
extension Persona {
  static let all = serviceActors + workloadActors + linkedActors + humanActors + outsideActors
}
