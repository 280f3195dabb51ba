import FoundationEssentials
import Redis

extension FeedSnapshot {
    /// Reads the reply of the script `snapshot`; nil when there is no feed.
    init?(_ reply: RedisValue) throws {
        guard case .array(let parts) = reply, parts.count >= 1, case .array(let pairs) = parts[0] else {
            throw FeedError.unexpectedReply
        }
        guard !pairs.isEmpty else { return nil }
        let fields = parts[0].dictionary.compactMapValues(\.string)
        self.init(
            status: try fields["status"].map { try JSONDecoder().decode(FeedStatus.self, from: Data($0.utf8)) },
            version: fields["version"].flatMap(Int64.init) ?? 0,
            text: parts.count > 1 ? parts[1].string ?? "" : "",
            sources: fields["sources"],
            resets: fields["resets"].flatMap(Int.init) ?? 0,
            lastEventID: fields["last"] ?? "0-0",
            isDone: fields["done"] != nil)
    }
}

extension FeedSlice {
    /// Reads the reply of the script `read`.
    ///
    /// Something is lost when the place lies before the first event ever (an older feed, emptied with Redis), or when the
    /// stream's head was trimmed and the place lies before what is left of it.
    init(_ reply: RedisValue, after place: EventID?, limit: Int) throws {
        guard case .array(let parts) = reply else { throw FeedError.unexpectedReply }
        guard !parts.isEmpty else {
            self.init(events: [], isTrimmed: place != nil, hasMore: false, next: place?.description)
            return
        }
        guard parts.count == 3, let first = parts[0].string.flatMap(EventID.init), let left = parts[1].string,
            case .array(let entries) = parts[2]
        else { throw FeedError.unexpectedReply }
        let events = try entries.compactMap(Entry.init)
        let isHeadTrimmed = EventID(left).map { $0 > first } ?? true
        let isTrimmed =
            if let place {
                place < first || (isHeadTrimmed && EventID(left).map { place < $0 } ?? true)
            } else {
                isHeadTrimmed
            }
        let last = entries.last.flatMap { entry -> String? in
            guard case .array(let parts) = entry else { return nil }
            return parts.first?.string
        }
        self.init(
            events: events, isTrimmed: isTrimmed, hasMore: entries.count >= limit, next: last ?? place?.description)
    }
}

extension FeedSlice.Entry {
    /// Reads an entry of XRANGE; nil for an event of a newer version.
    init?(_ value: RedisValue) throws {
        guard case .array(let parts) = value, parts.count == 2, let id = parts[0].string,
            case .array(let fields) = parts[1], fields.count >= 2, let name = fields[0].string,
            let stored = fields[1].bytes
        else { throw FeedError.unexpectedReply }
        guard let event = try FeedEvent(name: name, storedValue: stored) else { return nil }
        self.init(id: id, event: event)
    }
}
