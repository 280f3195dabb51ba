/// Puts the citations of a finished text in order.
package enum Citations {
    /// Recognises `[1]` and `[1, 2]`; drops numbers that were not offered; numbers the rest anew by first use. The cited
    /// sources come first, in that order; those only offered follow. `\\[1]` is text, not a citation.
    package static func settle(_ text: String, sources: [Source]) -> (text: String, sources: [Source]) {
        let offered = Dictionary(sources.map { ($0.n, $0) }) { first, _ in first }
        var order: [Int] = []
        var settled = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "[") {
            settled += rest[..<open]
            guard settled.last != "\\", let close = rest[open...].firstIndex(of: "]"),
                let numbers = numbers(in: rest[open...close]),
                close == rest.index(before: rest.endIndex) || rest[rest.index(after: close)] != "("
            else {
                settled += "["
                rest = rest[rest.index(after: open)...]
                continue
            }
            var kept: [Int] = []
            for number in numbers where offered[number] != nil {
                if !order.contains(number) { order.append(number) }
                if let place = order.firstIndex(of: number), !kept.contains(place + 1) { kept.append(place + 1) }
            }
            if kept.isEmpty {
                while settled.last == " " { settled.removeLast() }
            } else {
                settled += "[\(kept.map(String.init).joined(separator: ", "))]"
            }
            rest = rest[rest.index(after: close)...]
        }
        settled += rest
        let cited = order.compactMap { offered[$0] }
        let others = sources.filter { !order.contains($0.n) }
        let all = (cited + others).enumerated().map { place, source in
            var source = source
            source.n = place + 1
            source.isCited = place < cited.count
            return source
        }
        return (settled, all)
    }

    /// A quoted text whose own `[1]` are no citations.
    static func escaped(_ text: String) -> String {
        text.replacing("[", with: "\\[")
    }

    /// The numbers in `[1, 2]`; nil when it is anything else.
    private static func numbers(in brackets: Substring) -> [Int]? {
        let inside = brackets.dropFirst().dropLast()
        guard !inside.isEmpty, inside.count <= 40 else { return nil }
        var numbers: [Int] = []
        for part in inside.split(separator: ",", omittingEmptySubsequences: false) {
            let digits = part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
            guard let number = Int(String(digits)), number > 0 else { return nil }
            numbers.append(number)
        }
        return numbers
    }
}
