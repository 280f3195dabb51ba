import Foundation

extension String {
    /// SHA-256 in hexadecimal by the system's own program, so that the API is not checked against itself.
    var sha256: String {
        get throws {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/sha256sum")
            let (input, output) = (Pipe(), Pipe())
            process.standardInput = input
            process.standardOutput = output
            try process.run()
            input.fileHandleForWriting.write(Data(utf8))
            try input.fileHandleForWriting.close()
            let digest = output.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return String(decoding: digest.prefix(64), as: UTF8.self)
        }
    }
}
