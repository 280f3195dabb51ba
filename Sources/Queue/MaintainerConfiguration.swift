extension Maintainer {
    public struct Configuration: Sendable {
        /// The lease of the runners: nobody is taken for dead before Redis has answered for so long without a break.
        public var lease: Duration
        /// Deaths of a worker with a job alone that bury it.
        public var poisonLimit: Int
        /// Older deaths don't count.
        public var poisonWindow: Duration
        /// Dead jobs beyond these are forgotten, oldest first.
        public var deadLimit: Int
        public var deadRetention: Duration

        public init(
            lease: Duration = .seconds(12), poisonLimit: Int = 3, poisonWindow: Duration = .seconds(72 * 3600),
            deadLimit: Int = 10_000, deadRetention: Duration = .seconds(90 * 86_400)
        ) {
            self.lease = lease
            self.poisonLimit = max(2, poisonLimit)
            self.poisonWindow = poisonWindow
            self.deadLimit = deadLimit
            self.deadRetention = deadRetention
        }
    }
}
