extension JSONWriter {
    /// The members of a stored JSON object, into the object being written; anything else is left out.
    mutating func members(of stored: String?) {
        guard var stored else { return }
        let parsed = stored.withUTF8 { try? JSONParser.parse($0) }
        guard case .object(let members)? = parsed else { return }
        for (name, value) in members.sorted(by: { $0.key < $1.key }) { member(name, value) }
    }

    private mutating func member(_ name: String, _ value: JSONValue) {
        switch value {
        case .null: member(name, nil as String?)
        case .bool(let flag): member(name, flag)
        case .number(let number):
            if let integer = Int64(exactly: number) { member(name, integer) } else { member(name, number) }
        case .string(let text): member(name, text)
        case .array(let elements): array(name, elements) { $0.value($1) }
        case .object(let members):
            object(name) { json in
                for (name, value) in members.sorted(by: { $0.key < $1.key }) { json.member(name, value) }
            }
        }
    }

    private mutating func value(_ value: JSONValue) {
        switch value {
        case .null: self.value(nil as String?)
        case .bool(let flag): self.value(flag)
        case .number(let number): self.value(number)
        case .string(let text): self.value(text)
        case .array(let elements): array(elements) { $0.value($1) }
        case .object(let members):
            object { json in
                for (name, value) in members.sorted(by: { $0.key < $1.key }) { json.member(name, value) }
            }
        }
    }
}
