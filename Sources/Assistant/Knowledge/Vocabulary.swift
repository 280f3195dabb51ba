/// The pieces a WordPiece tokenizer knows, found by their bytes: an open hash table over the words in the model file.
struct Vocabulary: Sendable {
    private let memory: Memory
    private let first: Int
    private let offsets: [UInt32]
    /// Ids plus one, in slots; 0 is free. At most half full.
    private let slots: [UInt32]
    /// Bytes of the longest word.
    let longest: Int

    /// `words` lies in `memory`; word n is the bytes from offset n to offset n + 1.
    init(memory: Memory, words: UnsafeRawBufferPointer, offsets: [Int]) {
        self.memory = memory
        self.offsets = offsets.map { UInt32($0) }
        first = words.baseAddress.map { $0 - memory.start } ?? 0
        longest = zip(offsets, offsets.dropFirst()).map { $1 - $0 }.max() ?? 0
        var capacity = 64
        while capacity < offsets.count * 2 { capacity *= 2 }
        var slots = [UInt32](repeating: 0, count: capacity)
        for id in 0..<offsets.count - 1 {
            let word = UnsafeRawBufferPointer(rebasing: words[offsets[id]..<offsets[id + 1]])
            var slot = Int(truncatingIfNeeded: Self.hash(word)) & (capacity - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (capacity - 1) }
            slots[slot] = UInt32(id + 1)
        }
        self.slots = slots
    }

    /// The id of a word; the first one when the file has it twice.
    func id(of word: UnsafeRawBufferPointer) -> Int32? {
        guard word.count <= longest else { return nil }
        var slot = Int(truncatingIfNeeded: Self.hash(word)) & (slots.count - 1)
        while slots[slot] != 0 {
            let id = Int(slots[slot]) - 1
            let start = Int(offsets[id])
            if Int(offsets[id + 1]) - start == word.count,
                word.elementsEqual(UnsafeRawBufferPointer(start: memory.start + first + start, count: word.count))
            {
                return Int32(id)
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// FNV-1a with a last mix, for the low bits decide.
    private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash ^ (hash >> 32)
    }
}
