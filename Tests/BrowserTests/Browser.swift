import Foundation
import TestSupport

/// A browser as a person uses it: goes to pages, finds controls by their names, types, presses keys and reads.
struct Browser: Sendable {
    let driver: WebDriver
    let site: String

    /// Opens a browser for `body`, and afterwards expects that nothing was wrong in it.
    static func open(
        _ tern: TernInstance, width: Int = 1280, height: Int = 900, toleratesLostConnections: Bool = false,
        _ body: (Browser) async throws -> Void
    ) async throws {
        let browser = Browser(driver: try await WebDriver.start(), site: tern.url)
        try await browser.resize(width: width, height: height)
        do {
            try await body(browser)
            try await browser.expectNoTrouble(toleratesLostConnections: toleratesLostConnections)
        } catch {
            try? await browser.saveScreenshot()
            let page = try? await browser.text("body")
            try? await browser.driver.quit()
            throw WebDriver.Failure(
                description: "\(error)\nThe page:\n\(page ?? "-")\nThe server:\n\(tern.log.suffix(4000))")
        }
        try await browser.driver.quit()
    }

    func go(to path: String) async throws {
        try await driver.call("POST", "/url", ["url": site + path])
    }

    func reload() async throws {
        try await driver.call("POST", "/refresh")
    }

    /// Path and query of the page.
    func address() async throws -> String {
        let url = try await driver.call("GET", "/url") as? String ?? ""
        return url.hasPrefix(site) ? String(url.dropFirst(site.count)) : url
    }

    /// A phone below 500 px, which a window can't be.
    func resize(width: Int, height: Int = 900) async throws {
        try await command(
            "Emulation.setDeviceMetricsOverride",
            ["width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500])
    }

    func forget(cookie name: String) async throws {
        try await driver.call("DELETE", "/cookie/\(name)")
    }

    func run(_ script: String) async throws -> Any {
        try await driver.call("POST", "/execute/sync", ["script": script, "args": [] as [Any]])
    }

    func command(_ name: String, _ parameters: [String: Any]) async throws {
        try await driver.call("POST", "/goog/cdp/execute", ["cmd": name, "params": parameters])
    }

    /// Into the folder that `BROWSER_SCREENSHOTS` names, if it does.
    private func saveScreenshot() async throws {
        guard let folder = ProcessInfo.processInfo.environment["BROWSER_SCREENSHOTS"],
            let text = try await driver.call("GET", "/screenshot") as? String, let image = Data(base64Encoded: text)
        else { return }
        try image.write(to: URL(fileURLWithPath: "\(folder)/failure-\(UInt32.random(in: 0...UInt32.max)).png"))
    }
}
