/// A feed as it stands now, read at once.
public struct FeedSnapshot: Sendable, Equatable {
    /// The last status event.
    public var status: FeedStatus?
    /// Grows with every visible change; a time in Unix milliseconds or a little more.
    public var version: Int64
    /// The text since the last reset.
    public var text: String
    /// The sources as JSON, once they are known.
    public var sources: String?
    /// How often the text started anew; together with a place in the text it names a place in the feed.
    public var resets: Int
    /// The event that all of this includes; follow on after it.
    public var lastEventID: String
    public var isDone: Bool

    public var stage: String? { status?.stage }
}

/// Events after a place in a feed, in order.
public struct FeedSlice: Sendable, Equatable {
    public struct Entry: Sendable, Equatable {
        /// Rises along the feed; `Last-Event-ID` of the stream of events.
        public var id: String
        public var event: FeedEvent
    }

    public var events: [Entry]
    /// Events between the place asked for and the first of these are lost: start from a snapshot, or from the Store's
    /// checkpoint when there is none.
    public var isTrimmed: Bool
    /// The feed has more than was read at once.
    public var hasMore: Bool
    /// The place to go on from; what was asked for when there is nothing new.
    public var next: String?
}
