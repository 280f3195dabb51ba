import Bootstrap
import Glibc

/// Whether the mail server takes connections; no mail is sent.
struct MailCheck {
    var settings: Settings

    func run() async -> [Finding] {
        guard let server = settings.mail.server else {
            return [
                Finding(
                    check: "mail", level: .warn,
                    text: "EMAIL_HOST is not set, so mails become files in \(settings.mail.folder)")
            ]
        }
        let place = "\(server.host):\(server.port)"
        if let reason = Self.refusal(of: server.host, port: server.port) {
            return [
                Finding(
                    check: "mail", level: .fail,
                    text: "\(place): \(reason); check EMAIL_HOST and EMAIL_PORT and the firewall")
            ]
        }
        return [
            Finding(check: "mail", level: .ok, text: "\(place) takes connections; try manage send-test-email --to YOU")
        ]
    }

    /// Why no connection comes about within five seconds; nil when one does.
    private static func refusal(of host: String, port: Int) -> String? {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, "\(port)", &hints, &list)
        guard code == 0, let list else { return String(cString: gai_strerror(code)) }
        defer { freeaddrinfo(list) }
        var reason = "no address"
        for entry in sequence(first: list, next: { $0.pointee.ai_next }) {
            guard let failure = connectionFailure(entry.pointee) else { return nil }
            reason = failure
        }
        return reason
    }

    private static func connectionFailure(_ entry: addrinfo) -> String? {
        let descriptor = socket(entry.ai_family, entry.ai_socktype, entry.ai_protocol)
        guard descriptor >= 0 else { return String(cString: strerror(errno)) }
        defer { close(descriptor) }
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        guard connect(descriptor, entry.ai_addr, entry.ai_addrlen) != 0 else { return nil }
        return errno == EINPROGRESS ? "timed out" : String(cString: strerror(errno))
    }
}
