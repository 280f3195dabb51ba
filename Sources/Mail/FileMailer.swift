import FoundationEssentials
import Glibc

/// Puts mails into a folder as `.eml` files, for development without a server.
public struct FileMailer: Mailer {
    public var folder: String

    public init(folder: String) {
        self.folder = folder
    }

    /// A mail that is sent again replaces its file; the file appears whole or not at all.
    public func send(_ message: MailMessage) async throws -> String {
        let bytes = try message.rendered()
        let path = "\(folder)/\(UTCTime(message.date).stamp)-\(message.id).eml"
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw MailError.later("the folder \(folder) can't be made")
        }
        // Links in mails are credentials: nobody else may read them.
        let part = "\(path).\(UInt32.random(in: 0...UInt32.max)).part"
        let descriptor = open(part, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        guard descriptor >= 0 else { throw MailError.later("\(path) can't be written: \(Self.reason)") }
        let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        guard close(descriptor) == 0, written == bytes.count, rename(part, path) == 0 else {
            unlink(part)
            throw MailError.later("\(path) can't be written: \(Self.reason)")
        }
        return path
    }

    private static var reason: String { String(cString: strerror(errno)) }
}
