import Foundation
import Identifiers
import Testing

private enum Thing {}

/// A generator that always gives the same bits.
private struct FixedGenerator: RandomNumberGenerator {
    var bits: UInt64
    mutating func next() -> UInt64 { bits }
}

struct IDTests {
    @Test func `an id carries its time, version 7 and the RFC variant`() throws {
        var generator = FixedGenerator(bits: .max)
        let id = ID<Thing>.make(atMilliseconds: 0x0123_4567_89AB, using: &generator)
        #expect(id.description == "01234567-89ab-7fff-bfff-ffffffffffff")
        #expect(id.milliseconds == 0x0123_4567_89AB)
    }

    @Test func `text and id are one another's reverse, also for Foundation`() throws {
        for _ in 0..<100 {
            let id = ID<Thing>.make()
            #expect(ID<Thing>(id.description) == id)
            #expect(ID<Thing>(id.description.uppercased()) == id)
            #expect(UUID(uuidString: id.description)?.uuidString.lowercased() == id.description)
        }
    }

    @Test(
        arguments: [
            "", "x", "01234567-89ab-7fff-bfff-fffffffffff", "01234567-89ab-7fff-bfff-fffffffffffff",
            "0123456789ab7fffbfffffffffffffff0000", "g1234567-89ab-7fff-bfff-ffffffffffff",
            "01234567_89ab-7fff-bfff-ffffffffffff", "01234567-89ab-7fff-bfff-ffffffffff\u{e9}",
        ])
    func `anything but a UUID's text is refused`(text: String) {
        #expect(ID<Thing>(text) == nil)
    }

    @Test func `later ids sort after earlier ones, as ids and as texts`() {
        var generator = SystemRandomNumberGenerator()
        let ids = (0..<50).map { ID<Thing>.make(atMilliseconds: 1_700_000_000_000 + Int64($0), using: &generator) }
        #expect(ids.shuffled().sorted() == ids)
        #expect(ids.map(\.description).sorted() == ids.map(\.description))
    }

    @Test func `JSON holds the text, and a bad text is a decoding error`() throws {
        let id = ID<Thing>.make()
        let data = try JSONEncoder().encode([id])
        #expect(String(decoding: data, as: UTF8.self) == "[\"\(id)\"]")
        #expect(try JSONDecoder().decode([ID<Thing>].self, from: data) == [id])
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([ID<Thing>].self, from: Data("[\"no\"]".utf8))
        }
    }
}
