/// A part of a list that pages by key: `next` is the opaque cursor of the following part, nil at the end.
public struct Page<Element: Sendable>: Sendable {
    public var elements: [Element]
    public var next: String?

    public init(elements: [Element], next: String?) {
        self.elements = elements
        self.next = next
    }
}

extension Page {
    /// Makes a page of rows read with one more than the limit: the extra row only proves that more follow.
    init(reading rows: [Element], limit: Int, cursor: (Element) -> String) {
        let kept = Array(rows.prefix(limit))
        elements = kept
        next = rows.count > limit ? kept.last.map(cursor) : nil
    }
}

/// A cursor as the API hands it out: the key values of the last row, joined by dots.
struct Cursor {
    var values: [Substring]

    /// Nil for no cursor and for text that is none: then the list starts at the beginning.
    init?(_ text: String?, count: Int) {
        guard let parts = text?.split(separator: ".", omittingEmptySubsequences: false), parts.count == count else {
            return nil
        }
        values = parts
    }

    func integer(_ index: Int) -> Int64? { Int64(values[index]) }
}
