import Foundation

/// The programs of this package, built beside the test bundle.
package enum Executable {
    package struct Missing: Error, CustomStringConvertible {
        package var description: String
    }

    /// The path of `api`, `worker`, `beat` or `manage`.
    package static func path(_ name: String) throws -> String {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        for start in [own, CommandLine.arguments.first ?? ""] {
            let path = URL(fileURLWithPath: start).deletingLastPathComponent().appendingPathComponent(name).path
            if FileManager.default.isExecutableFile(atPath: path) { return path }
        }
        throw Missing(description: "no \(name) beside \(own): run swift build --product \(name)")
    }
}
