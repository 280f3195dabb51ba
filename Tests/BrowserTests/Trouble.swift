import Foundation
import Testing

extension Browser {
    /// Neither an error in the console, which is where violations of the content security policy stand, too, nor a request to
    /// another host.
    ///
    /// A refused request is also an error in Chromium's console; the tests refuse some on purpose, so those do not count.
    func expectNoTrouble(toleratesLostConnections: Bool) async throws {
        let errors = try await log("browser").filter { entry in
            entry.level == "SEVERE" && !entry.message.contains("the server responded with a status of 4")
                && !(toleratesLostConnections && entry.message.contains("net::ERR_"))
        }
        #expect(errors.map(\.message).isEmpty, "errors in the console: \(errors.map(\.message))")
        let foreign = try await requestedURLs().filter { url in
            !url.hasPrefix(site) && !["data:", "blob:", "about:", "chrome"].contains { url.hasPrefix($0) }
        }
        #expect(foreign.isEmpty, "requests to other hosts: \(foreign)")
    }

    private func log(_ type: String) async throws -> [(level: String, message: String)] {
        let entries = try await driver.call("POST", "/se/log", ["type": type]) as? [[String: Any]] ?? []
        return entries.map { ($0["level"] as? String ?? "", $0["message"] as? String ?? "") }
    }

    private func requestedURLs() async throws -> [String] {
        try await log("performance").compactMap { entry in
            let event = try JSONSerialization.jsonObject(with: Data(entry.message.utf8)) as? [String: Any]
            guard let message = event?["message"] as? [String: Any],
                message["method"] as? String == "Network.requestWillBeSent",
                let request = (message["params"] as? [String: Any])?["request"] as? [String: Any]
            else { return nil }
            return request["url"] as? String
        }
    }
}
