import Curl
import Foundation
import TestSupport

/// One session of a headless Chromium, driven over the W3C WebDriver protocol by chromedriver.
final class WebDriver: Sendable {
    struct Failure: Error, CustomStringConvertible {
        var description: String
        /// The protocol's key, such as `no such element`.
        var code = ""
    }

    private let driver: ChildProcess
    private let base: String
    private let session: String

    private init(driver: ChildProcess, base: String, session: String) {
        self.driver = driver
        self.base = base
        self.session = session
    }

    static func start() async throws -> WebDriver {
        let port = try freePort()
        let driver = try ChildProcess("chromedriver", ["--port=\(port)"])
        let base = "http://127.0.0.1:\(port)"
        try await eventually(
            "chromedriver to listen", every: .milliseconds(20),
            isTrue: { (try? await send("GET", "\(base)/status", nil)) != nil })
        let arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--lang=en"]
        let answer = try await send(
            "POST", "\(base)/session",
            [
                "capabilities": [
                    "alwaysMatch": [
                        "browserName": "chrome", "goog:chromeOptions": ["args": arguments],
                        "goog:loggingPrefs": ["browser": "ALL", "performance": "ALL"],
                        "timeouts": ["pageLoad": 30_000, "script": 30_000],
                    ]
                ]
            ])
        guard let session = (answer as? [String: Any])?["sessionId"] as? String else {
            throw Failure(description: "no session: \(answer)")
        }
        return WebDriver(driver: driver, base: base, session: session)
    }

    /// Sends a command of the session and returns the answer's `value`.
    @discardableResult
    func call(_ method: String, _ path: String, _ body: [String: Any] = [:]) async throws -> Any {
        try await Self.send(method, "\(base)/session/\(session)\(path)", method == "POST" ? body : nil)
    }

    func quit() async throws {
        try await call("DELETE", "")
        try await driver.terminate()
    }

    private static func send(_ method: String, _ url: String, _ body: [String: Any]?) async throws -> Any {
        var request = HTTPRequest(method, url)
        if let body { request.body = Array(try JSONSerialization.data(withJSONObject: body)) }
        let response = try await HTTPClient().send(request)
        let bytes = try await response.body.collect(upTo: 1 << 26)
        let json = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
        let value = json?["value"] ?? NSNull()
        guard response.status == 200 else {
            let error = value as? [String: Any]
            throw Failure(
                description: "\(method) \(url): \(error?["message"] ?? value)", code: error?["error"] as? String ?? "")
        }
        return value
    }
}
