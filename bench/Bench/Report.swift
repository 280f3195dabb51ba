import Foundation

/// The table on the terminal and the lines in `bench/results.jsonl`.
struct Report {
    private struct Row: Encodable {
        let line: Int
        let name: String
        let value: Double
        let unit: String
        let peer: String?
        let peerValue: Double?
        let ratio: Double?
        let runs: [Double]
        let at: String

        enum CodingKeys: String, CodingKey {
            case line, name, value, unit, peer, ratio, runs, at
            case peerValue = "peer_value"
        }
    }

    private static let path = "bench/results.jsonl"
    private let options: Options
    private let began = Date()

    init(_ options: Options) { self.options = options }

    func begin() throws {
        let redis = try Child.output("redis-server", ["--version"]).split(separator: " ").prefix(3).joined(
            separator: " ")
        print("\(ProcessInfo.processInfo.processorCount) cores, \(redis), appendonly yes, appendfsync everysec")
        print("medians of \(options.runs)\(options.isQuick ? ", quick" : ""); minimum–maximum in brackets\n")
        fflush(nil)
        if !FileManager.default.fileExists(atPath: "bench") {
            try FileManager.default.createDirectory(atPath: "bench", withIntermediateDirectories: true)
        }
    }

    /// - Parameter rounds: the same figures, measured again and again.
    func add(_ line: Int, _ rounds: [[Figure]]) throws {
        guard let first = rounds.first else { return }
        for (index, figure) in first.enumerated() {
            let values = rounds.map { $0[index].value }.sorted()
            let median = values[values.count / 2]
            let peers = rounds.compactMap { $0[index].peerValue }.sorted()
            let peer = peers.isEmpty ? nil : peers[peers.count / 2]
            let row = Row(
                line: line, name: figure.name, value: median, unit: figure.unit, peer: figure.peer, peerValue: peer,
                ratio: peer.map { median / $0 }, runs: [values[0], median, values[values.count - 1]],
                at: began.ISO8601Format())
            show(row)
            try save(row)
        }
    }

    func end() {
        print("\nresults are in \(Self.path)")
    }

    private func show(_ row: Row) {
        var text =
            "\(row.line)".padded(3) + row.name.padded(52) + Self.number(row.value).padded(10) + row.unit.padded(10)
        text += "[\(Self.number(row.runs[0]))–\(Self.number(row.runs[2]))]"
        if let peer = row.peer, let value = row.peerValue, let ratio = row.ratio {
            text += "  \(peer): \(Self.number(value)), ratio \(Self.number(ratio))"
        }
        print(text)
        fflush(nil)
    }

    private func save(_ row: Row) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let data = try encoder.encode(row) + Data("\n".utf8)
        if let file = FileHandle(forWritingAtPath: Self.path) {
            try file.seekToEnd()
            try file.write(contentsOf: data)
            try file.close()
        } else {
            try data.write(to: URL(fileURLWithPath: Self.path))
        }
    }

    private static func number(_ value: Double) -> String {
        value >= 1000 ? String(format: "%.0f", value) : String(format: value >= 10 ? "%.1f" : "%.2f", value)
    }
}

extension String {
    fileprivate func padded(_ width: Int) -> String {
        self + String(repeating: " ", count: max(1, width - count))
    }
}
