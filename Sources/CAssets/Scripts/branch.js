// A conversation is a tree: a retried answer stands beside the first. The page shows one branch of it.

/** The messages from the root to `leafID`, as far as they are loaded. */
export function activePath(messages, leafID) {
  const byID = new Map(messages.map((message) => [message.id, message]))
  const path = []
  let message = byID.get(leafID) ?? messages.at(-1)
  while (message) {
    path.unshift(message)
    message = byID.get(message.parent_id)
  }
  return path
}

/** A message and those that stand in its place in other branches, oldest first. */
export function siblings(messages, message) {
  return messages.filter((other) => other.parent_id === message.parent_id && other.role === message.role)
}

/** The last message of the newest branch that goes through `message`. */
export function newestLeaf(messages, message) {
  const next = messages.filter((other) => other.parent_id === message.id).at(-1)
  return next ? newestLeaf(messages, next) : message
}
