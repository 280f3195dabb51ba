import Bootstrap
import Testing

@Suite struct AddressRangeTests {
    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1", true), ("127.0.0.1", "127.0.0.2", false), ("10.0.0.0/8", "10.255.0.1", true),
        ("10.0.0.0/8", "11.0.0.1", false), ("192.168.4.0/22", "192.168.7.255", true),
        ("192.168.4.0/22", "192.168.8.0", false), ("0.0.0.0/0", "8.8.8.8", true), ("::1", "::1", true),
        ("fd00::/8", "fd12::1", true), ("fd00::/8", "fe00::1", false), ("127.0.0.1", "::ffff:127.0.0.1", true),
        ("::/0", "127.0.0.1", false), ("10.0.0.0/8", "not an address", false),
    ])
    func `a range holds its addresses and no others`(range: String, address: String, isInside: Bool) throws {
        #expect(try #require(AddressRange(range)).contains(address) == isInside)
    }

    @Test(arguments: ["", "10.0.0", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "::1/129", "a/8", "10.0.0.0/8/8"])
    func `another text is no range`(text: String) {
        #expect(AddressRange(text) == nil)
    }
}
