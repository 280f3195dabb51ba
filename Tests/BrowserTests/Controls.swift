import Foundation
import TestSupport

extension Browser {
    /// The first visible control with this accessible name, inside of `area` if one is given; waits until it is there.
    func control(_ name: String, in area: String = "") async throws -> String {
        try await eventually("a control named \(name)", within: .seconds(20), every: .milliseconds(50)) {
            for element in try await elements("\(area) :is(button, a[href], input, textarea)") {
                if try await label(of: element) == name, try await isShown(element) { return element }
            }
            return nil
        }
    }

    /// Tries again while the page replaces the control or something still covers it.
    func click(_ name: String, in area: String = "") async throws {
        try await eventually("\(name) to take a click", within: .seconds(20), every: .milliseconds(50)) {
            let element = try await control(name, in: area)
            return try await onPage { try await driver.call("POST", "/element/\(element)/click") }.map { _ in () }
        }
    }

    func type(_ text: String, into name: String) async throws {
        let element = try await control(name)
        try await driver.call("POST", "/element/\(element)/clear")
        try await driver.call("POST", "/element/\(element)/value", ["text": text])
    }

    /// Types at the place that has the focus; `Key` has the keys without a character.
    func press(_ text: String) async throws {
        guard let active = Self.id(try await driver.call("GET", "/element/active")) else { return }
        try await driver.call("POST", "/element/\(active)/value", ["text": text])
    }

    /// The visible text of the first element that matches.
    func text(_ selector: String) async throws -> String {
        guard let element = try await elements(selector).first else { return "" }
        return try await onPage { try await driver.call("GET", "/element/\(element)/text") } as? String ?? ""
    }

    /// Waits until the visible text of the first element that matches has all of `parts`.
    func see(_ parts: String..., in selector: String = "body", within limit: Duration = .seconds(30)) async throws {
        try await eventually(
            "\(parts) in \(selector)", within: limit, every: .milliseconds(50),
            isTrue: {
                let text = try await self.text(selector)
                return parts.allSatisfy(text.contains)
            })
    }

    /// Waits until the address is `path`, or begins with it when `path` ends in `*`.
    func arrive(at path: String) async throws {
        try await eventually(
            "the address \(path)", within: .seconds(20), every: .milliseconds(50),
            isTrue: {
                let address = try await address()
                return path.last == "*" ? address.hasPrefix(path.dropLast()) : address == path
            })
    }

    func elements(_ selector: String) async throws -> [String] {
        let found = try await driver.call("POST", "/elements", ["using": "css selector", "value": selector])
        return (found as? [Any] ?? []).compactMap(Self.id)
    }

    func isShown(_ element: String) async throws -> Bool {
        try await onPage { try await driver.call("GET", "/element/\(element)/displayed") } as? Bool ?? false
    }

    /// The accessible name.
    func label(of element: String) async throws -> String {
        try await onPage { try await driver.call("GET", "/element/\(element)/computedlabel") } as? String ?? ""
    }

    /// Nil when the page has replaced or covered the element in between.
    private func onPage(_ command: () async throws -> Any) async throws -> Any? {
        do {
            return try await command()
        } catch let failure as WebDriver.Failure where Self.passing.contains(failure.code) {
            return nil
        }
    }

    private static let passing: Set = [
        "stale element reference", "element click intercepted", "element not interactable",
    ]

    private static func id(_ value: Any) -> String? {
        (value as? [String: String])?.values.first
    }
}

enum Key {
    static let escape = "\u{E00C}"
    static let enter = "\u{E007}"
}
