// A peer: Fastify on SQLite with better-sqlite3, write-ahead log and synchronous=FULL, statements prepared once.
import Database from 'better-sqlite3'
import { serve } from './operations.mjs'

const db = new Database(process.env.DATABASE)
db.pragma('journal_mode = WAL')
db.pragma('synchronous = FULL')

const customer = db.prepare('SELECT csid, international FROM customer WHERE csid = ?')
const check = db.prepare('SELECT outcome FROM privacy_check WHERE csid = ? ORDER BY csid DESC, checked_at DESC, check_id DESC LIMIT 1')
const accounts = db.prepare(`SELECT account_id AS accountId, status, status_since AS statusSince, linked_at AS linkedAt, version
  FROM online_account WHERE csid = ? ORDER BY csid, account_id LIMIT 1000`)
const preferences = db.prepare(`SELECT product, service, channel, updated_at AS updatedAt, updated_by AS updatedBy, reset_due AS resetDue, version
  FROM channel_preference WHERE csid = ? ORDER BY csid, product, service LIMIT 1000`)
const read = db.prepare('INSERT INTO customer_read (read_id, csid, what_was_read, read_at, read_by, request_id) VALUES (?, ?, ?, ?, ?, ?)')
const record = db.prepare(`INSERT INTO communication (communication_id, csid, comm_type, reason, category, issue, case_number, contact_with,
  subject, body, created_at, created_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
const order = db.prepare(`INSERT INTO causeway_outbox (route, partition, csid, source_key, origin, action, mapping, state, created_at,
  attempts, last_entry, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 1)`)
const both = db.transaction((of, asked) => {
  record.run(...of)
  order.run(...asked)
})

serve({
  customer: id => customer.get(id),
  account: id => ({ customer: customer.get(id), check: check.get(id), accounts: accounts.all(id), preferences: preferences.all(id) }),
  recordRead: row => read.run(...row),
  insert: (of, asked) => both.immediate(of, asked)
})
