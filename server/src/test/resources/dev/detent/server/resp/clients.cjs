// SPDX-License-Identifier: Apache-2.0
// Leads the two clients of Node through the same session.
const assert = require('node:assert');
const port = Number(process.argv[2]);
const map = JSON.stringify({ initial: 'bar', map: { bar: ['blee', 'boo'], boo: ['blee'] } });

async function session(call) {
  assert.equal(await call('SM.SET', 'mystatemachine', map), 'OK');
  assert.equal(await call('SM.MUTATE', 'mystatemachine', 'notastate'), null);
  assert.equal(await call('SM.MUTATE', 'mystatemachine', 'blee'), 'OK');
  assert.equal(JSON.parse(await call('SM.GET', 'mystatemachine')).current, 'blee');
  const sets = [];
  for (let i = 0; i < 1000; i++) sets.push(call('SM.SET', 'k' + i, map));
  assert.ok((await Promise.all(sets)).every((answer) => answer === 'OK'));
}

async function nodeRedis(protocol) {
  const options = { url: 'redis://127.0.0.1:' + port };
  if (protocol) options.RESP = protocol;
  const client = require('redis').createClient(options);
  await client.connect();
  await session((...words) => client.sendCommand(words));
  const answers = await client
    .multi()
    .addCommand(['SM.MUTATE', 'k1', 'boo'])
    .addCommand(['SM.MUTATE', 'k2', 'nowhere'])
    .exec();
  assert.deepEqual(answers, ['OK', null]);
  await client.close();
}

async function ioredis() {
  const Redis = require('ioredis');
  const client = new (Redis.default || Redis)(port, '127.0.0.1');
  await session((...words) => client.call(...words));
  const answers = await client.multi().call('SM.MUTATE', 'k3', 'boo').call('SM.STATE', 'k3').exec();
  assert.deepEqual(answers, [[null, 'OK'], [null, ['boo']]]);
  await client.quit();
}

nodeRedis()
  .then(() => nodeRedis(2))
  .then(() => nodeRedis(3))
  .then(ioredis)
  .then(() => console.log('done'));
