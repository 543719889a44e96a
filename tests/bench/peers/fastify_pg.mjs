// A peer: Fastify on PostgreSQL with `pg` in pipeline mode. Statements are prepared once per connection; the reads of one
// request are sent together; record and outbox row are one statement, so one transaction in one round trip.
import pg from 'pg'
import { serve } from './operations.mjs'

const clients = []
for (let i = 0; i < Number(process.env.CONNECTIONS ?? 8); ++i) {
  const client = new pg.Client({ pipeline: true })
  await client.connect()
  clients.push(client)
}
let turn = 0
const next = () => clients[turn = (turn + 1) % clients.length]

const customer = id => ({ name: 'customer', text: 'SELECT csid, international FROM customer WHERE csid = $1', values: [id] })
const check = id => ({
  name: 'check', values: [id],
  text: 'SELECT outcome FROM privacy_check WHERE csid = $1 ORDER BY csid DESC, checked_at DESC, check_id DESC LIMIT 1'
})
const accounts = id => ({
  name: 'accounts', values: [id],
  text: `SELECT account_id AS "accountId", status, status_since AS "statusSince", linked_at AS "linkedAt", version
    FROM online_account WHERE csid = $1 ORDER BY csid, account_id LIMIT 1000`
})
const preferences = id => ({
  name: 'preferences', values: [id],
  text: `SELECT product, service, channel, updated_at AS "updatedAt", updated_by AS "updatedBy", reset_due AS "resetDue", version
    FROM channel_preference WHERE csid = $1 ORDER BY csid, product, service LIMIT 1000`
})
const both = `WITH record AS (
    INSERT INTO communication (communication_id, csid, comm_type, reason, category, issue, case_number, contact_with, subject, body, created_at, created_by)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12))
  INSERT INTO causeway_outbox (route, partition, csid, source_key, origin, action, mapping, state, created_at, attempts, last_entry, version)
  VALUES ($13, $14, $15, $16, $17, $18, $19, $20, $21, 0, 0, 1)`

serve({
  customer: async id => (await next().query(customer(id))).rows[0],
  account: async id => {
    const client = next()
    const [who, checks, has, prefers] = await Promise.all(
      [client.query(customer(id)), client.query(check(id)), client.query(accounts(id)), client.query(preferences(id))])
    return { customer: who.rows[0], check: checks.rows[0], accounts: has.rows, preferences: prefers.rows }
  },
  recordRead: row => next().query({
    name: 'read', values: row,
    text: 'INSERT INTO customer_read (read_id, csid, what_was_read, read_at, read_by, request_id) VALUES ($1, $2, $3, $4, $5, $6)'
  }),
  insert: (record, order) => next().query({ name: 'both', text: both, values: [...record, ...order] })
})
