// Calls the API with the page's session: renews it once when it has run out, then asks for a login and comes back.

/** The API's refusal, with the fields of its problem document. */
export class Refusal extends Error {
  constructor(status, problem, retryAfter) {
    super(problem.detail ?? problem.title ?? `The server answered ${status}.`)
    this.status = status
    this.code = problem.code ?? ''
    this.errors = problem.errors ?? {}
    this.links = problem.links ?? {}
    this.requestID = problem.request_id ?? ''
    this.retryAfter = retryAfter
  }
}

/** The server could not be reached. */
export class Unreachable extends Error {
  constructor() {
    super('The server can’t be reached.')
  }
}

let renewal = null

/** Renews the session; all callers that need it at the same time share one request. */
function renew() {
  renewal ??= send('POST', '/api/auth/refresh', {}).finally(() => { renewal = null })
  return renewal.then((response) => response.ok)
}

async function send(method, path, { body, headers = {}, signal } = {}) {
  const all = { Accept: 'application/json', ...headers }
  if (body !== undefined) all['Content-Type'] = 'application/json'
  try {
    return await fetch(path, {
      method, headers: all, signal, credentials: 'same-origin', cache: 'no-store',
      body: body === undefined ? undefined : JSON.stringify(body),
    })
  } catch (error) {
    if (error.name === 'AbortError') throw error
    throw new Unreachable()
  }
}

/** Leaves for the login page, which leads back here. */
function signIn() {
  location.assign(`/api/auth/login?next=${encodeURIComponent(location.pathname + location.search)}`)
  return new Promise(() => {})
}

/** The answer's JSON; null when it has none (204) or nothing has changed (304). */
export async function call(method, path, options = {}) {
  let response = await send(method, path, options)
  if (response.status === 401 && options.session !== false) {
    if (!(await renew())) return signIn()
    response = await send(method, path, options)
    if (response.status === 401) return signIn()
  }
  if (response.status === 204 || response.status === 304) return null
  const json = await response.json().catch((error) => {
    if (!response.ok) return {}
    throw error.name === 'AbortError' ? error : new Unreachable()
  })
  if (response.ok) return json
  const retryAfter = Number.parseInt(response.headers.get('Retry-After') ?? '', 10)
  throw new Refusal(response.status, json, Number.isFinite(retryAfter) ? retryAfter : null)
}

/** A key that makes a repeated POST harmless. (`randomUUID` needs https, which a server at home may not have.) */
export function idempotencyKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
