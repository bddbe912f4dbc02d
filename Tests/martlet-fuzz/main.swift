import CFuzzer
import FuzzTargets
import Glibc

// martlet-fuzz TARGET [libFuzzer's arguments]: feeds a target what libFuzzer makes up. Built by scripts/fuzz.

/// The target that is fed. Set once, before libFuzzer starts, which calls back on this thread.
nonisolated(unsafe) var chosen = FuzzTarget.input

guard CommandLine.arguments.count > 1, let target = FuzzTarget(rawValue: CommandLine.arguments[1]) else {
  print("usage: martlet-fuzz \(FuzzTarget.allCases.map(\.rawValue).joined(separator: "|")) [-runs=n …] [corpus …]")
  exit(64)
}
chosen = target

// libFuzzer sees the arguments behind the target's name, and may keep them for as long as the process lives.
let arguments = [CommandLine.arguments[0]] + CommandLine.arguments.dropFirst(2)
var count = CInt(arguments.count)
var pointers = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: arguments.count + 1)
for (at, argument) in arguments.enumerated() { (pointers + at).initialize(to: strdup(argument)) }
(pointers + arguments.count).initialize(to: nil)
var start: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = pointers

exit(
  LLVMFuzzerRunDriver(&count, &start) { data, size in
    chosen.run([UInt8](UnsafeBufferPointer(start: data, count: size)))
    return 0
  })
