import Inputs
import Outputs

extension NoticeOptions {
  /// Says what was found and is nothing that is read: a line with a count for each kind, and with `--verbose` a line for
  /// each file. It costs no status.
  func tell(_ passedOver: PassedOver) {
    guard !isQuiet, let sentence = passedOver.sentence else { return }
    StandardError.write(line: Terminal.safe("\(sentence)\(isVerbose ? ":" : "; -v names them")"))
    guard isVerbose else { return }
    for file in passedOver.files { StandardError.write(line: Terminal.safe("  \(file.name): \(file.kind)")) }
    let left = passedOver.count - passedOver.files.count
    if left > 0 { StandardError.write(line: "  and \(left) more") }
  }
}
