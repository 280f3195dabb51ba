import Foundation

/// A folder that goes with its owner.
package final class TemporaryDirectory: Sendable {
    package let path: String

    package init() throws {
        // Short, since the path of a Unix socket has 108 bytes.
        path = "/tmp/tern-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        Watchdog.adopt(folder: path)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
        Watchdog.release(folder: path)
    }

    /// The path of a file in the folder.
    package func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file in the folder and returns its path.
    @discardableResult
    package func write(_ text: String, to name: String) throws -> String {
        let path = file(name)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }
}
