import Bootstrap
import Foundation
import Testing

/// `.env.example` and the variables that are read can't drift apart.
@Suite struct ExampleFileTests {
    private func lines() throws -> [String] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: root.appendingPathComponent(".env.example"), encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    private func assignments() throws -> [(name: String, value: String, comment: String)] {
        let lines = try lines()
        return lines.indices.compactMap { index in
            let line = lines[index].hasPrefix("# ") ? String(lines[index].dropFirst(2)) : lines[index]
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0].allSatisfy({ $0.isUppercase || $0 == "_" }) else { return nil }
            return (String(parts[0]), String(parts[1]), lines[index - 1])
        }
    }

    @Test func `every variable stands in the example and no other`() throws {
        #expect(try assignments().map(\.name).sorted() == Settings.variables.map(\.name).sorted())
    }

    @Test func `every default in the example is the one that holds`() throws {
        let shown = Dictionary(uniqueKeysWithValues: try assignments().map { ($0.name, $0.value) })
        for variable in Settings.variables {
            if let fallback = variable.fallback { #expect(shown[variable.name] == fallback, "\(variable.name)") }
        }
    }

    @Test func `every variable has a line of text`() throws {
        for (name, _, comment) in try assignments() {
            let isText = comment.hasPrefix("# ") && comment.hasSuffix(".") || comment.contains("openssl")
            #expect(isText || comment.hasPrefix("# ADMIN_"), "\(name)")
        }
    }

    @Test func `the example without a secret is refused for the secret only`() throws {
        let text = try lines().map { $0.hasPrefix("# ") ? String($0.dropFirst(2)) : $0 }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let kept = text.filter {
            $0.contains("=") && $0.prefix { $0 != "=" }.allSatisfy { $0.isUppercase || $0 == "_" }
        }
        try kept.joined(separator: "\n").write(
            to: folder.appendingPathComponent(".env"), atomically: true, encoding: .utf8)
        do {
            _ = try Settings.load(environment: [:], directory: folder.path)
            Issue.record("there is no secret")
        } catch {
            #expect(error.problems.count == 1)
            #expect(error.problems.first?.hasPrefix("SECRET_KEY is not set") == true)
        }
    }
}
