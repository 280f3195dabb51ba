import Foundation
import Glibc

/// Bytes as they are, for what no HTTP client would send.
enum RawConnection {
    struct Failure: Error {}

    /// Sends the bytes, says that no more will come when `cuts`, and gives the head of the answer; empty when the
    /// connection ended or was silent for ten seconds.
    static func send(_ text: String, to url: String, cuts: Bool = false) async throws -> String {
        guard let port = url.split(separator: ":").last.flatMap({ UInt16($0) }) else { throw Failure() }
        // The calls block, so they get a thread that no test needs.
        return try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try exchange(Array(text.utf8), port: port, cuts: cuts) })
            }
        }
    }

    private static func exchange(_ bytes: [UInt8], port: UInt16, cuts: Bool) throws -> String {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        var silence = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &silence, socklen_t(MemoryLayout<timeval>.size))
        guard isConnected, write(descriptor, bytes, bytes.count) == bytes.count else { throw Failure() }
        if cuts { shutdown(descriptor, Int32(SHUT_WR)) }
        var answer: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 16_384)
        while case let count = read(descriptor, &part, part.count), count > 0 {
            answer += part[..<count]
            let text = String(decoding: answer, as: UTF8.self)
            if let end = text.range(of: "\r\n\r\n") { return String(text[..<end.lowerBound]) }
        }
        return ""
    }
}
