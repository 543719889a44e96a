// What both Fastify servers have in common: the operations' schemas, the key check, and what is answered. Serialisation is
// compiled from the schemas, as the framework's documentation advises for speed.
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import Fastify from 'fastify'

const text = { type: 'string' }
const orNull = { type: ['string', 'null'] }
const csid = { type: 'object', properties: { csid: { type: 'string', pattern: '^[0-9]{1,9}$' } }, required: ['csid'] }
const object = properties => ({ type: 'object', properties })

const accountAnswer = object({
  csid: text,
  accounts: { type: 'array', items: object({ accountId: text, status: text, statusSince: text, linkedAt: orNull }) },
  preferredChannels: { type: 'array', items: object({ product: text, service: text, channel: orNull, updatedAt: text, updatedBy: text }) },
  preferencesResetDue: { type: 'boolean' }
})

const codes = JSON.parse(readFileSync(process.env.CODES, 'utf8'))
const recordBody = {
  type: 'object',
  additionalProperties: false,
  required: ['type', 'reason', 'category', 'issue'],
  properties: {
    type: { type: 'string', enum: codes.commType },
    reason: { type: 'string', enum: codes.commReason },
    category: { type: 'string', enum: codes.commCategory },
    issue: { type: 'string', enum: codes.commIssue },
    caseNumber: { type: 'string', minLength: 1, maxLength: 20 },
    with: { type: 'string', minLength: 1, maxLength: 100 },
    subject: { type: 'string', maxLength: 100 },
    text: { type: 'string', maxLength: 4000 }
  }
}

const recordAnswer = object({
  communicationId: text, csid: text, store: text, type: text, reason: text, category: text, issue: text,
  caseNumber: orNull, with: orNull, subject: orNull, text: orNull, createdAt: text, createdBy: text,
  copy: object({ state: text, targetId: orNull, copiedAt: orNull }), notes: { type: 'array', items: {} }
})

// As the gateway divides customers, on 32 bits.
function partitionOf(id) {
  let value = 0x811c9dc5
  for (let i = 0; i < id.length; ++i) value = Math.imul(value ^ id.charCodeAt(i), 0x01000193)
  return (value >>> 0) % 16
}

const roles = new Set(['service-officer', 'ps-officer', 'service-manager'])

// `store`: customer(csid) to {csid, international} or undefined, account(csid) to {customer, check, accounts, preferences},
// recordRead(row), and insert(record, order) in one transaction; each may give a promise.
export function serve(store) {
  const keys = new Map([[process.env.KEY_SHA256, { name: 'PSO001', roles: ['ps-officer'] }]])
  const app = Fastify({ logger: false, genReqId: () => randomUUID(), requestTimeout: 10000, bodyLimit: 1048576 })

  app.decorateRequest('caller', null)
  app.addHook('onRequest', (request, reply, done) => {
    const given = request.headers.authorization
    const caller = given?.startsWith('Bearer ') && keys.get(createHash('sha256').update(given.slice(7)).digest('hex'))
    if (!caller) return void reply.code(401).type('application/problem+json').send({ title: 'Unauthorized', status: 401 })
    if (!caller.roles.some(role => roles.has(role)))
      return void reply.code(403).type('application/problem+json').send({ title: 'Forbidden', status: 403 })
    request.caller = caller
    reply.header('X-Request-Id', request.id)
    done()
  })

  const unknown = (reply, id) => reply.code(404).send({ title: 'Not Found', status: 404, detail: `There is no customer ${id}.` })

  app.get('/v1/customers/:csid/online-account', { schema: { params: csid, response: { 200: accountAnswer } } }, async (request, reply) => {
    const id = request.params.csid.padStart(9, '0')
    const { customer, check, accounts, preferences } = await store.account(id)
    if (!customer) return unknown(reply, id)
    if (check?.outcome === 'AT_RISK')
      await store.recordRead([randomUUID(), id, 'online-account', new Date().toISOString(), request.caller.name, request.id])
    const tag = createHash('sha1')
    for (const one of accounts) tag.update(`${one.accountId} ${one.version} `)
    for (const one of preferences) tag.update(`${one.service} ${one.version} `)
    reply.header('ETag', `"${tag.digest('hex').slice(0, 16)}"`)
    reply.header('Cache-Control', 'no-store')
    return { csid: id, accounts, preferredChannels: preferences, preferencesResetDue: preferences.some(one => one.resetDue) }
  })

  app.post('/v1/customers/:csid/communications', { schema: { params: csid, body: recordBody, response: { 201: recordAnswer } } }, async (request, reply) => {
    const id = request.params.csid.padStart(9, '0')
    const customer = await store.customer(id)
    if (!customer) return unknown(reply, id)
    const { type, reason, category, issue, caseNumber = null, with: contact = null, subject = null, text: body = null } = request.body
    const now = new Date().toISOString()
    const key = timeOrdered()
    await store.insert([key, id, type, reason, category, issue, caseNumber, contact, subject, body, now, request.caller.name],
      ['communications', partitionOf(id), id, key, 'POST', 'COPY', '9b6c198f1308', 'PENDING', now])
    reply.code(201).header('Location', `/v1/customers/${id}/communications/${key}`).header('Cache-Control', 'no-store')
    return {
      communicationId: key, csid: id, store: 'pluto', type, reason, category, issue, caseNumber, with: contact, subject, text: body,
      createdAt: now, createdBy: request.caller.name, copy: { state: 'PENDING', targetId: null, copiedAt: null }, notes: []
    }
  })

  app.listen({ host: '127.0.0.1', port: 0 }).then(address => console.log(`listening on ${address}`))
}

// UUIDv7: keys that rise in time, kind to the index.
function timeOrdered() {
  const hex = randomBytes(10).toString('hex')
  const time = Date.now().toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex.slice(0, 3)}-8${hex.slice(3, 6)}-${hex.slice(6, 18)}`
}
