import Bootstrap
import HTTPTypes

/// Finds the address a request came from, believing `X-Forwarded-For` only as far as trusted proxies wrote it.
struct ClientAddress: Sendable {
    let trustedProxies: [AddressRange]

    func resolve(peer: String, headers: HTTPFields) -> String {
        guard isTrusted(peer) else { return peer }
        var address = peer
        let hops = headers[values: .forwardedFor].flatMap { $0.split(separator: ",") }.map(\.trimmingSpaces)
        for hop in hops.reversed() {
            guard !hop.isEmpty else { break }
            address = hop
            if !isTrusted(hop) { break }
        }
        return address
    }

    private func isTrusted(_ address: String) -> Bool { trustedProxies.contains { $0.contains(address) } }
}
